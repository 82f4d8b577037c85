"""Notes' automation objects on the model, with their traps (notes_client 5 and 6).

Values are always lists; a written integer makes a number item; a change is kept only by Save; a database that
does not open is None; CreateReplica raises where the file exists and makes neither icon nor entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from notesfleet.actions.notes_api import (
    DATETIMES,
    NUMBERS,
    RICHTEXT,
    TEXT,
    ItemValue,
    NotesDatabase,
    NotesDocument,
    NotesDocumentCollection,
    NotesItem,
    NotesView,
)
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import life
from notesfleet.simulator.model.pc import PcModel, same_path
from notesfleet.simulator.model.power import Power
from notesfleet.simulator.state import Database, Item, NotesClient, NotesDoc, Person, Server

TYPES = {"text": TEXT, "number": NUMBERS, "datetime": DATETIMES, "richtext": RICHTEXT, "outline": 26}
NAMES = "names.nsf"


@dataclass(frozen=True)
class Door:
    """Through which a session came: the PC, its user's client, and by `ole` or `com`."""

    pc: PcModel
    client: NotesClient
    way: str
    power: Power

    def check(self) -> None:
        """An object of a client that was closed answers no more."""
        self.power.check()
        if self.way == "ole" and not self.pc.notes_is_open(self.client.sid):
            raise ActionFailure(Code.RUNNER_ERROR, "the Notes client is no longer there")


class ModelItem:
    """A copy of an item."""

    def __init__(self, item: Item) -> None:
        self.Name, self.Type = item.name, TYPES[item.type]
        self.Values: Sequence[ItemValue] = list(item.values)


class ModelDocument:
    """A working copy of a document; `Save` puts it into its database. Items are replaced, never changed."""

    def __init__(self, door: Door, database: Database | None, document: NotesDoc) -> None:
        self._door, self._database, self._document = door, database, document
        self._items = list(document.items)
        self.UniversalID, self.NoteID = document.unid, document.note_id

    @property
    def Items(self) -> Sequence[NotesItem]:
        self._door.check()
        return [ModelItem(item) for item in self._items]

    def HasItem(self, name: str) -> bool:
        self._door.check()
        return self._item(name) is not None

    def GetItemValue(self, name: str) -> Sequence[ItemValue]:
        self._door.check()
        item = self._item(name)
        return list(item.values) if item else [""]

    def GetFirstItem(self, name: str) -> NotesItem | None:
        self._door.check()
        item = self._item(name)
        return ModelItem(item) if item else None

    def ReplaceItemValue(self, name: str, value: ItemValue | Sequence[ItemValue]) -> NotesItem:
        self._door.check()
        values = [value] if isinstance(value, str | int | float) else list(value)
        numbers = bool(values) and all(not isinstance(each, str) for each in values)
        new = Item(name=name, type="number" if numbers else "text", values=values)
        old = self._item(name)
        if old is None:
            self._items.append(new)
        else:
            self._items[self._items.index(old)] = new.model_copy(update={"name": old.name})
        return ModelItem(new)

    def RemoveItem(self, name: str) -> None:
        self._door.check()
        self._items = [item for item in self._items if item.name.lower() != name.lower()]

    def Save(self, force: bool, create_response: bool) -> bool:
        self._door.check()
        if self._database is None:
            return False

        def keep() -> None:
            self._document.items = list(self._items)

        self._door.power.write(keep)
        return True

    def _item(self, name: str) -> Item | None:
        return next((item for item in self._items if item.name.lower() == name.lower()), None)


class ModelCollection:
    """What a search found. `Count` may be more: mail documents that nobody looks into."""

    def __init__(self, count: int, documents: list[ModelDocument]) -> None:
        self.Count, self._documents = count, documents

    def GetFirstDocument(self) -> NotesDocument | None:
        return self._documents[0] if self._documents else None

    def GetNextDocument(self, document: NotesDocument) -> NotesDocument | None:
        place = [each.UniversalID for each in self._documents].index(document.UniversalID) + 1
        return self._documents[place] if place < len(self._documents) else None


class ModelPersons:
    """The view `($Users)` of the directory: by the full name, with or without labels."""

    def __init__(self, door: Door, persons: list[Person]) -> None:
        self._door, self._persons = door, persons

    def GetDocumentByKey(self, key: str, exact: bool) -> NotesDocument | None:
        self._door.check()
        plain = plain_name(key)
        for person in self._persons:
            if plain_name(person.name) == plain:
                values = {"Form": "Person", "FullName": person.name, "MailServer": person.mail_server}
                items = [Item(name=name, values=[value]) for name, value in values.items()]
                items.append(Item(name="MailFile", values=[person.mail_file]))
                roaming = {"RoamingUser": person.roaming, "RoamSrvr": person.roaming_server}
                items += [Item(name=name, values=[value]) for name, value in roaming.items() if value]
                return ModelDocument(self._door, None, NotesDoc(unid=f"{len(plain):032X}", items=items))
        return None


@lru_cache(maxsize=1 << 17)
def plain_name(name: str) -> str:
    return re.sub(r"(^|/)(cn|ou|o|c)=", r"\1", name.strip().lower())


class ModelDatabase:
    """A database, local or on a server."""

    def __init__(self, door: Door, server: Server | None, database: Database) -> None:
        self.IsOpen = True
        self._door, self._server, self._database = door, server, database
        self.ReplicaID, self.Title, self.FilePath = database.replica_id, database.title, database.path
        self.Size = float(database.size)

    @property
    def AllDocuments(self) -> NotesDocumentCollection:
        self._door.check()
        return ModelCollection(self._database.count + len(self._database.documents), self._all())

    def Search(self, formula: str, since: None, limit: int) -> NotesDocumentCollection:
        self._door.check()
        found = re.fullmatch(r'Form="([^"]*)"', formula)
        if found is None:
            raise ActionFailure(Code.RUNNER_ERROR, f"the model does not know the formula {formula}")
        hits = [each for each in self._all() if str(each.GetItemValue("Form")[0]).lower() == found[1].lower()]
        return ModelCollection(len(hits), hits)

    def GetDocumentByUNID(self, unid: str) -> NotesDocument | None:
        self._door.check()
        return next((each for each in self._all() if each.UniversalID == unid), None)

    def GetView(self, name: str) -> NotesView | None:
        self._door.check()
        if self._server is None or name != "($Users)" or not same_path(self._database.path, NAMES):
            return None
        return ModelPersons(self._door, self._door.pc.world.domino.persons)

    def CreateReplica(self, server: str, file: str) -> NotesDatabase:
        self._door.check()
        pc, client = self._door.pc, self._door.client
        file = life.with_extension(file)
        if server or life.local_database(client, file) is not None:
            raise ActionFailure(Code.REFUSED, f"{file} already exists")
        source, switches = self._database, pc.world.switches
        drive = next((each for each in pc.pc.drives if each.name.lower() == client.data[:2].lower()), None)
        if drive is not None and drive.free < source.size:
            raise ActionFailure(Code.DISK_FULL, f"{drive.name} has no room for {file}")
        replica = source.model_copy(update={"path": file, "documents": [], "count": 0, "initialised": False})

        def make() -> None:
            client.databases.append(replica)
            if switches.create_replica_fills:
                life.fill_replica(pc, client.sid, file)
            else:
                life.schedule(pc, "replica_filled", client.sid, file, switches.fill_delay)

        self._door.power.write(make)
        return ModelDatabase(self._door, None, replica)

    def _all(self) -> list[ModelDocument]:
        documents = sorted(self._database.documents, key=lambda document: document.unid)
        writable = self._database if self._server is None else None
        return [ModelDocument(self._door, writable, document) for document in documents]
