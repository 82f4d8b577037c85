"""Part kind `document`: the items of one document that an action governs (notes_client 3 and 6).

Item values are always lists; an integer given to ReplaceItemValue would make a number item where Notes
expects text, so texts are written as texts. The active Location is held in memory by the client: it is
selected anew after the write (notes_client 3, safety 3.5: unproven).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.actions.kinds.contract import PART_LIMIT, Reading, in_order
from notesfleet.actions.names import among
from notesfleet.actions.notes_api import NUMBERS, TEXT, NotesDocument
from notesfleet.audit.notes_ini import lower
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure


class DocumentKind:
    """`at` {db, unid}, value {form, items: [{name, type, values}]}, keep {clear: [names]}."""

    exact = True
    later = False

    def find(self, client: Client, way: str, arguments: Arguments) -> list[At]:
        found = [
            {"db": arguments["db"], "unid": document.UniversalID}
            for document in documents(client, way, arguments["db"], arguments["form"])
            if matches(document, selection(arguments))
        ]
        if len(found) > PART_LIMIT:
            raise ActionFailure(Code.TOO_MANY, f"{len(found)} documents of {arguments['db']} match")
        return in_order(found)

    def read(self, client: Client, way: str, arguments: Arguments, at: At) -> Reading:
        document = self._document(client, way, at)
        names = sorted(governed(arguments))
        items = [item_value(document, name) for name in names if document.HasItem(name)]
        value = {"form": text_of(document, "Form"), "items": items}
        return Reading(value, {"clear": cleared(document, arguments)})

    def write(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        document = self._document(client, way, at)
        wanted = {item["name"]: item for item in (value or {"items": []})["items"]}
        for name in governed(arguments):
            if document.HasItem(name) and item_value(document, name)["type"] == "other":
                raise ActionFailure(Code.UNREADABLE, f"the item {name} is neither text nor number")
        for name in sorted(governed(arguments)):
            if name in wanted:
                document.ReplaceItemValue(name, list(wanted[name]["values"]))
            elif document.HasItem(name):
                document.RemoveItem(name)
        for name in keep["clear"]:
            document.RemoveItem(name)
        if not document.Save(True, False):
            raise ActionFailure(Code.NO_RIGHTS, f"the document {at['unid']} was not saved")
        self.settle(client, way, arguments, at)

    def settle(self, client: Client, way: str, arguments: Arguments, at: At) -> None:
        """The active Location is selected anew, so that the client does not go on with the old one in memory."""
        document = self._document(client, way, at)
        if way == "ole" and is_active_location(client, document):
            client.ole().workspace.SetCurrentLocation(text_of(document, "Name"))

    def restore(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        """The items as they were; what was dropped is a cache that Notes rebuilds."""
        self.write(client, way, arguments, at, value, {"clear": []})

    def unproven(self, client: Client, way: str, arguments: Arguments, at: At) -> bool:
        return way == "ole" and is_active_location(client, self._document(client, way, at))

    def _document(self, client: Client, way: str, at: At) -> NotesDocument:
        found = client.local_database(way, at["db"]).GetDocumentByUNID(at["unid"])
        if found is None:
            raise ActionFailure(Code.NOT_FOUND, f"the document {at['unid']} of {at['db']} is gone")
        return found


def documents(client: Client, way: str, db: str, form: str) -> Iterator[NotesDocument]:
    """All documents of a form in a local database."""
    found = client.local_database(way, db).Search(f'Form="{form}"', None, 0)
    document = found.GetFirstDocument()
    while document is not None:
        yield document
        document = found.GetNextDocument(document)


def selection(arguments: Arguments) -> list[dict[str, Any]]:
    """The conditions on a document; the changed item matches by its old and its new value alike."""
    wanted = list(arguments.get("match", []))
    if "from" in arguments and "item" in arguments:
        wanted.append(
            {"item": arguments["item"], "as": arguments["as"], "any_of": [arguments["from"], arguments["to"]]}
        )
    return wanted


def matches(document: NotesDocument, wanted: list[dict[str, Any]]) -> bool:
    """Whether every condition holds for one of the item's values; a missing item is an empty text."""
    return all(
        any(among(text, each["any_of"], each["as"]) for text in texts_of(document, each["item"])) for each in wanted
    )


def governed(arguments: Arguments) -> set[str]:
    """The names of the items that the action looks after."""
    if "item" in arguments:
        return {arguments["item"]}
    return {item["name"] if isinstance(item, dict) else item for item in arguments.get("items", [])}


def cleared(document: NotesDocument, arguments: Arguments) -> list[str]:
    """The items of the document that go with the write: `clear` names or their beginnings (`$Saved*`)."""
    wanted = [lower(name) for name in arguments.get("clear", [])]
    return sorted(
        {
            item.Name
            for item in document.Items
            if any(
                lower(item.Name).startswith(name[:-1]) if name.endswith("*") else lower(item.Name) == name
                for name in wanted
            )
        }
    )


def item_value(document: NotesDocument, name: str) -> dict[str, Any]:
    """{name, type, values}; neither text nor whole numbers: type `other`, no values."""
    item = document.GetFirstItem(name)
    values = list(document.GetItemValue(name))
    if item is not None and item.Type == TEXT:
        return {"name": name, "type": "text", "values": [str(value) for value in values]}
    if item is not None and item.Type == NUMBERS and all(float(value).is_integer() for value in values):
        return {"name": name, "type": "number", "values": [int(value) for value in values]}
    return {"name": name, "type": "other", "values": []}


def texts_of(document: NotesDocument, name: str) -> list[str]:
    """The item's values as texts; a missing item is one empty text."""
    if not document.HasItem(name):
        return [""]
    return [str(value) for value in document.GetItemValue(name)]


def text_of(document: NotesDocument, name: str) -> str:
    return texts_of(document, name)[0] if texts_of(document, name) else ""


def is_active_location(client: Client, document: NotesDocument) -> bool:
    """Whether it is the Location in use: notes.ini's `Location`, before its first comma (notes_client 2)."""
    if text_of(document, "Form") != "Location":
        return False
    current = client.session("ole").GetEnvironmentString("Location", True).split(",", 1)[0]
    return text_of(document, "Name") == current
