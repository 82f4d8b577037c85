"""Recorded runs, as plugins write them into spools: orders, journals and answers of one PC with two clients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stores import CLIENT, SID

from notesfleet.orders.journal import seal
from notesfleet.orders.model import Order, Staging
from notesfleet.packed import pack
from notesfleet.store.connection import Store
from notesfleet.store.imports import Imported, import_spool
from notesfleet.store.spool import Spool

AT = "2026-11-26T09:00:00Z"
LATER = "2026-11-26T17:00:00Z"
OTHER = "pc1~other"
OTHER_SID = "S-1-5-21-1-2-3-1002"


def order_of(client: str = CLIENT, sid: str = SID, step: str = "switch_server") -> Order:
    return Order.model_validate(
        {
            "campaign": "c",
            "step": step,
            "client": client,
            "owner": {"sid": sid, "user": "CN=J Dupont/O=Acme", "data": "C:\\Notes\\Data"},
            "incarnation": {"machine": "m"},
            "actions": [{"name": "ini.set", "with": {"name": "A", "value": "1"}}],
        }
    )


ORDER = order_of()


def journal_of(order: Order = ORDER, *more: dict[str, Any]) -> bytes:
    data, digits = b"", ""
    for record in ({"k": "start", "id": order.id, "runner": "r", "pid": 1}, *more):
        digits, line = seal(digits, {"t": AT, **record})
        data += line
    return data


DONE = (
    {"k": "stage", "s": 0, "moment": "closed", "last": 0},
    {"k": "found", "a": 0, "parts": [{"ini": "a"}]},
    {"k": "ended", "a": 0, "same": 1, "unsupported": 0, "unproven": 0},
    {"k": "finished", "state": "done", "left": []},
)
PENDING = {"k": "pending", "reason": "notes_open", "a": 0}


class Run:
    """Writes a spool as the plugins do, and imports it."""

    def __init__(self, store: Store, folder: Path, name: str = "r1") -> None:
        self.store, self.folder = store, folder
        self.spool = Spool(name, folder / f"{name}.jsonl")
        self.spool.append("run", id=name, playbook="migrate.yml", started=AT, check=False, controller="here")

    def sent(self, *sent: Order, attempt: int = 1) -> None:
        staging = Staging(ini="C:\\Notes\\notes.ini", attempt=attempt).content
        listed = [{"client": each.client, "id": each.id, "text": each.text, "staging": staging} for each in sent]
        self.spool.append("sent", host=CLIENT, pc="pc1", at=AT, orders=listed)

    def answer(
        self,
        journals: dict[tuple[str, str], bytes],
        *,
        at: str = AT,
        logged_on: bool = True,
        names: dict[str, str] | None = None,
    ) -> None:
        """`journals`: (SID, order id) to the journal's bytes."""
        clients = [
            {
                "sid": sid,
                "logged_on": logged_on,
                "orders": [{"id": order, "staged": "new", "journal": pack(data) if data else ""}],
            }
            for (sid, order), data in journals.items()
        ]
        names = names or {SID: CLIENT, OTHER_SID: OTHER}
        answer = {"runner": "present", "time": at, "clients": clients, "changed": False}
        self.spool.append("answer", host=CLIENT, pc="pc1", at=at, clients=names, answer=answer)

    def imported(self) -> Imported:
        return import_spool(self.store, self.spool.path, self.folder / "aside")
