"""Vectors: one file a rule, run by every engine on the same model (README.md beside this file)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonpatch
from conformance.bases import DATA, INI, MACHINE, PC, SID, USER, base, is_prompt_free

from notesfleet.actions.schemas import validate
from notesfleet.orders.journal import Journal, Record, read_journal
from notesfleet.orders.model import Order, Staging
from notesfleet.orders.report import Report, fold
from notesfleet.simulator.state import File, World

FOLDER = Path(__file__).parent / "vectors"
ROOT = "C:\\ProgramData\\notesfleet\\clients"
RUNNER = "0" * 64
NOT_COMPARED = ("t", "id", "ms", "pid", "runner", "resumed", "text")
"""Fields of records that may differ between languages (action-engine section 7)."""


@dataclass(frozen=True)
class StagedOrder:
    """An order of a vector under the vector's own name for it."""

    key: str
    id: str
    order: Order
    staging: Staging
    content: bytes


@dataclass(frozen=True)
class Vector:
    """One file of `vectors/`."""

    name: str
    document: dict[str, Any]

    @property
    def base(self) -> str:
        return str(self.document["start"]["base"])

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What happens, in order; by default one look of the runner."""
        return list(self.document.get("run", [{"runner": 0}]))

    @property
    def expect(self) -> dict[str, Any]:
        return dict(self.document["expect"])

    def orders(self) -> list[StagedOrder]:
        """The orders, with what their vector leaves out."""
        found: list[StagedOrder] = []
        for number, each in enumerate(self.document["orders"]):
            found.append(_order(each, number, found, is_prompt_free(self.base)))
        return found

    def start(self) -> World:
        """The world before the runner runs: the base, its patch, and the orders' files."""
        state = jsonpatch.apply_patch(base(self.base), self.document["start"].get("patch", []), in_place=True)
        world = World.model_validate(state)
        for order in self.orders():
            put_order(world, order)
        return world


@cache
def vectors() -> list[Vector]:
    """All vectors, by name."""
    paths = sorted(FOLDER.glob("*.json"))
    return [Vector(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def put_order(world: World, order: StagedOrder) -> None:
    """The files that an exchange stages: order, staging and an empty journal."""
    folder = f"{ROOT}\\{SID}"
    put_file(world, f"{folder}\\orders\\{order.id}.json", order.content)
    put_file(world, f"{folder}\\orders\\{order.id}.staging.json", order.staging.content.encode("ascii"))
    if journal_bytes(world, order.id) is None:
        put_file(world, f"{folder}\\journals\\{order.id}.journal", b"", writers=[SID])


def put_file(world: World, path: str, content: bytes, writers: list[str] | None = None) -> None:
    """`writers`: a journal is the administrators' file, into which its user may write (safety 2.2)."""
    pc = world.pcs[0]
    pc.files = [file for file in pc.files if file.path != path]
    pc.files.append(File(path=path, base64=base64.b64encode(content).decode("ascii"), writers=writers or []))


def journal_bytes(world: World, order_id: str) -> bytes | None:
    path = f"{ROOT}\\{SID}\\journals\\{order_id}.journal"
    return next((base64.b64decode(file.base64) for file in world.pcs[0].files if file.path == path), None)


def journal(world: World, order: StagedOrder) -> Journal:
    return read_journal(journal_bytes(world, order.id) or b"")


def compared(records: list[Record]) -> list[Record]:
    """Records without the fields that are not compared."""
    return [{key: value for key, value in record.items() if key not in NOT_COMPARED} for record in records]


def report(world: World, order: StagedOrder) -> Report:
    return fold(order.order, journal(world, order), order.staging)


def view(world: World) -> dict[str, Any]:
    """The whole state, readable, without the journals and orders and without what only time changes.

    Lists with names become objects, so that a vector's `changed` (RFC 6902) can name what it changes.
    """
    state = world.model_dump(mode="json", by_alias=True)
    for pc in state["pcs"]:
        for key in ("ahead", "waiters", "tasks", "events"):
            del pc[key]
        pc["processes"] = sorted(pc["processes"], key=json.dumps)
        pc["files"] = {
            file["path"]: file | {"base64": base64.b64decode(file["base64"]).decode("latin-1")}
            for file in pc["files"]
            if not file["path"].startswith(ROOT)
        }
        for client in pc["clients"]:
            del client["memory_changed"]
            client["databases"] = {each["path"]: _database(each) for each in client["databases"]}
            if client["location_memory"] is not None:
                client["location_memory"] = _items(client["location_memory"])
            client["icons"] = sorted(client["icons"], key=json.dumps)
            client["replicator"] = sorted(client["replicator"], key=json.dumps)
    del state["now"]
    return dict(state)


def changed(before: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """The view that a vector expects: the one from the start with its `changed`.

    A path that does not begin with `/pcs` is one of the client's.
    """
    full = [
        op | {"path": op["path"] if op["path"].startswith(("/pcs", "/domino")) else "/pcs/0/clients/0" + op["path"]}
        for op in patch
    ]
    return dict(jsonpatch.apply_patch(before, full))


def _database(database: dict[str, Any]) -> dict[str, Any]:
    documents = {document["unid"]: _items(document["items"]) for document in database["documents"]}
    return database | {"documents": documents}


def _items(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {item["name"]: {"type": item["type"], "values": item["values"]} for item in items}


def _order(each: dict[str, Any], number: int, before: list[StagedOrder], prompt_free: bool) -> StagedOrder:
    key = each.get("key", f"o{number}")
    ids = {order.key: order.id for order in before}
    actions = (
        each["actions"]
        if each.get("raw")
        else [action.model_dump(mode="json", by_alias=True) for action in validate(each["actions"])]
    )
    order = Order.model_validate(
        {
            "campaign": "acme",
            "step": each.get("step", key),
            "client": f"{PC}~jdupont",
            "owner": {"sid": SID, "user": USER, "data": DATA} | each.get("owner", {}),
            "incarnation": {"machine": each.get("machine", MACHINE)},
            "mode": each.get("mode", "apply"),
            "of": each.get("of"),
            "after": [ids[name] for name in each.get("after", [])],
            "actions": actions,
        }
    )
    staging = Staging(
        **(
            {"ini": INI, "prompt_free": prompt_free, "issued_at": f"2026-11-26T07:0{number}:00Z"}
            | each.get("staging", {})
        )
    )
    content = order.text.encode("ascii") + (b" " if each.get("tampered") else b"")
    return StagedOrder(key, order.id, order, staging, content)
