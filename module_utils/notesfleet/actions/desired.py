"""`desired`: what a part should be, a pure function of arguments and value (action-engine section 3)."""

from __future__ import annotations

from collections.abc import Callable

from notesfleet.actions.client import Arguments, Value
from notesfleet.actions.kinds.contract import PartKind
from notesfleet.actions.kinds.document import DocumentKind
from notesfleet.actions.kinds.entry import EntryKind
from notesfleet.actions.kinds.ini import IniKind
from notesfleet.actions.kinds.replica import ReplicaKind
from notesfleet.actions.names import same
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

INI_VALUE_LIMIT = 255
"""Characters of a notes.ini value that Notes can read (notes_client 2)."""

KINDS: dict[str, PartKind] = {
    "ini": IniKind(),
    "document": DocumentKind(),
    "replica": ReplicaKind(),
    "entry": EntryKind(),
}


def ini_set(arguments: Arguments, value: Value) -> Value:
    if len(arguments["value"]) > INI_VALUE_LIMIT:
        raise ActionFailure(Code.TOO_LONG, f"{len(arguments['value'])} characters, Notes reads {INI_VALUE_LIMIT}")
    return {"values": [arguments["value"]]}


def set_items(arguments: Arguments, value: Value) -> Value:
    given = {item["name"]: item for item in (value or {"items": []})["items"]}
    wanted = {item["name"]: item for item in arguments["items"]}
    items = given | wanted
    return {"form": (value or {})["form"], "items": [items[name] for name in sorted(items)]}


def replace_value(arguments: Arguments, value: Value) -> Value:
    """`to` where `from` stood; further values and other items as they are."""
    items = []
    for item in (value or {"items": []})["items"]:
        if item["type"] == "text" and item["name"] == arguments["item"]:
            values = [
                arguments["to"] if same(text, arguments["from"], arguments["as"]) else text for text in item["values"]
            ]
            item = item | {"values": values}
        elif item["type"] == "other":
            raise ActionFailure(Code.UNREADABLE, f"the item {item['name']} is neither text nor number")
        items.append(item)
    return {"form": (value or {})["form"], "items": items}


def replica_ensure(arguments: Arguments, value: Value) -> Value:
    if value is not None and value["replica_id"] != arguments["replica_id"]:
        raise ActionFailure(Code.REFUSED, f"{arguments['path']} is a replica of {value['replica_id']}")
    return {"replica_id": arguments["replica_id"]}


def replicator_ensure(arguments: Arguments, value: Value) -> Value:
    """An entry that is there stays as its user has it."""
    return value or {"server": arguments["server"], "send": True, "receive": True, "enabled": True}


def replicator_replace_server(arguments: Arguments, value: Value) -> Value:
    if value is None or not same(value["server"], arguments["from"], "name"):
        return value
    return value | {"server": arguments["to"]}


DESIRED: dict[str, Callable[[Arguments, Value], Value]] = {
    "ini.set": ini_set,
    "document.set_items": set_items,
    "document.replace_value": replace_value,
    "replica.ensure": replica_ensure,
    "replicator.ensure": replicator_ensure,
    "replicator.replace_server": replicator_replace_server,
}
