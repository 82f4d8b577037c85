"""Conditions: what an action may only look at. `met` None: it cannot be known (action-engine section 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notesfleet.actions.client import Arguments, Client, shown
from notesfleet.actions.desired import KINDS
from notesfleet.actions.kinds.contract import PART_LIMIT
from notesfleet.actions.kinds.document import documents, item_value, matches, text_of
from notesfleet.actions.kinds.entry import NAMES, entry_value, page_of
from notesfleet.actions.names import among, same
from notesfleet.actions.notes_api import NotesDocument
from notesfleet.canonical import canonical_text
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

NRPC_PORT = 1352
PERSONS = "($Users)"
ROAMING = "RoamingUser"
"""Of a Person document: "1" = a roaming user. Known from experience; no page that was found documents the name."""


@dataclass(frozen=True)
class Finding:
    """What a condition found."""

    met: bool | None
    saw: dict[str, Any]


def mailbox_at(client: Client, way: str, arguments: Arguments) -> Finding:
    """The Person document names the server (safety 3.7). Asked of the directory on a server."""
    person = _person(client, way, arguments)
    if person is None:
        return Finding(None, {"mail_server": None, "mail_file": None, "roaming": None})
    names = {"mail_server": "MailServer", "mail_file": "MailFile", "roaming": ROAMING}
    saw = {key: shown(text_of(person, name)) for key, name in names.items()}
    return Finding(same(text_of(person, "MailServer"), arguments["server"], "name"), saw)


def _person(client: Client, way: str, arguments: Arguments) -> NotesDocument | None:
    """The Person document of `user`, or of the session's own user; None where there is none to be seen."""
    directory = client.database(way, arguments["directory"], NAMES)
    view = directory.GetView(PERSONS) if directory is not None else None
    if view is None:
        return None
    user = arguments["user"]
    return view.GetDocumentByKey(client.session(way).UserName if user is None else user, True)


def server_opens(client: Client, way: str, arguments: Arguments) -> Finding:
    """The port answers and the mail file opens there, before anything is switched (safety 3.14)."""
    port = client.seams.test_server_port(arguments["host"], NRPC_PORT) if arguments["host"] else None
    found = client.database(way, arguments["server"], arguments["path"]) if port is not False else None
    if found is None:
        return Finding(False, {"port": port, "opens": False, "replica_id": None, "size": None})
    replica_id = shown(found.ReplicaID)
    saw = {"port": port, "opens": True, "replica_id": replica_id, "size": int(found.Size)}
    return Finding(arguments["replica_id"] in (None, replica_id), saw)


def same_replica_id(client: Client, way: str, arguments: Arguments) -> Finding:
    found = client.database(way, arguments["server"], arguments["path"])
    if found is None:
        return Finding(None, {"replica_id": None})
    return Finding(found.ReplicaID == arguments["replica_id"], {"replica_id": shown(found.ReplicaID)})


def outbox_empty(client: Client, way: str, arguments: Arguments) -> Finding:
    """No mail waits in the local mail.box (safety 3.2); no file is none waiting, one that does not open is not."""
    found = client.database(way, "", arguments["path"])
    if found is not None:
        count = found.AllDocuments.Count
        return Finding(count == 0, {"exists": True, "count": count})
    if client.seams.get_client_file(client.path(arguments["path"]), 1) is None:
        return Finding(True, {"exists": False, "count": 0})
    return Finding(None, {"exists": True, "count": None})


def replica_complete(client: Client, way: str, arguments: Arguments) -> Finding:
    """The local replica has as many documents as the server's, within the tolerance (safety 3.4)."""
    local = client.database(way, "", arguments["path"])
    remote = client.database(way, arguments["server"], arguments["server_path"])
    saw = {
        "replica_id": None if local is None else shown(local.ReplicaID),
        "local": None if local is None else local.AllDocuments.Count,
        "remote": None if remote is None else remote.AllDocuments.Count,
    }
    if saw["local"] is None or saw["replica_id"] != arguments["replica_id"]:
        return Finding(False, saw)
    if saw["remote"] is None:
        return Finding(None, saw)
    return Finding(bool(saw["local"] + arguments["tolerance"] >= saw["remote"]), saw)


def opens(client: Client, way: str, arguments: Arguments) -> Finding:
    found = client.database(way, arguments["server"], arguments["path"])
    replica_id = None if found is None else shown(found.ReplicaID)
    return Finding(replica_id == arguments["replica_id"], {"opens": found is not None, "replica_id": replica_id})


def value(client: Client, way: str, arguments: Arguments) -> Finding:
    """Each part found has one of the values; without `any_of`: each part found is there."""
    kind, find = KINDS[arguments["kind"]], arguments["find"] | {"items": [arguments["item"]]}
    parts = kind.find(client, way, find)
    values = [_values(arguments, kind.read(client, way, find, at).value) for at in parts]
    met = bool(values) and all(
        each is not None
        and (not arguments["any_of"] or any(among(text, arguments["any_of"], arguments["as"]) for text in each))
        for each in values
    )
    saw = [
        {"at": at, "values": None if each is None else [shown(text) for text in each]}
        for at, each in zip(parts, values, strict=True)
    ]
    return Finding(met, {"values": saw})


def _values(arguments: Arguments, found: dict[str, Any] | None) -> list[str] | None:
    """The texts that `any_of` is compared with; None where the part is not there."""
    if found is None:
        return None
    match arguments["kind"]:
        case "ini":
            return list(found["values"]) or None
        case "document":
            items = [item for item in found["items"] if item["name"] == arguments["item"]]
            return [str(each) for each in items[0]["values"]] if items else None
        case "replica":
            return [str(found["replica_id"])]
    return [str(found["server"])]


def read_documents(client: Client, way: str, arguments: Arguments) -> Finding:
    """The named items of all documents that match, at most 500."""
    found = [
        {
            "unid": document.UniversalID,
            "items": [
                _shown_item(item_value(document, name)) for name in sorted(arguments["items"]) if document.HasItem(name)
            ],
        }
        for document in documents(client, way, arguments["db"], arguments["form"])
        if matches(document, arguments["match"])
    ]
    if len(found) > PART_LIMIT:
        raise ActionFailure(Code.TOO_MANY, f"{len(found)} documents of {arguments['db']} match")
    return Finding(True, {"documents": sorted(found, key=canonical_text)})


def read_replicator(client: Client, way: str, arguments: Arguments) -> Finding:
    """The databases on the replicator page of each Location that matches."""
    locations = [
        {
            "unid": document.UniversalID,
            "name": shown(text_of(document, "Name")),
            "entries": _entries(client, way, document.UniversalID),
        }
        for document in documents(client, way, NAMES, "Location")
        if matches(document, arguments["match"])
    ]
    return Finding(True, {"locations": sorted(locations, key=canonical_text)})


def _entries(client: Client, way: str, unid: str) -> list[dict[str, Any]] | None:
    """None where the page cannot be decoded: unknown is said as unknown."""
    try:
        page = page_of(client, way, unid)
    except ActionFailure:
        return None
    return [{"replica_id": entry.replica_id} | entry_value(entry) for entry in page]


def _shown_item(item: dict[str, Any]) -> dict[str, Any]:
    values = [shown(each) if isinstance(each, str) else each for each in item["values"]]
    return item | {"values": values}


TESTS: dict[str, Callable[[Client, str, Arguments], Finding]] = {
    "document.read": read_documents,
    "replicator.read": read_replicator,
    "require.mailbox_at": mailbox_at,
    "require.outbox_empty": outbox_empty,
    "require.replica_complete": replica_complete,
    "require.same_replica_id": same_replica_id,
    "require.server_opens": server_opens,
    "verify.opens": opens,
    "verify.value": value,
}
