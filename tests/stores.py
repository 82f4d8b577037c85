"""A store with clients, orders and reports, as tests need them, on SQLite or where the fixture `database` says."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from notesfleet.store.connection import Store, make_store, open_store
from notesfleet.store.spool import Spool
from notesfleet.store.tables import campaigns, clients, orders, pcs, reports, runs, targets, waves

if TYPE_CHECKING:
    from postgresql import PostgreSql

AT = "2026-11-26T08:00:00Z"
SID = "S-1-5-21-1-2-3-1001"
CLIENT = "pc1~jdupont"


class Databases:
    """The databases of one test in PostgreSQL: one for each folder that would have a store.db."""

    def __init__(self, server: PostgreSql) -> None:
        self._server, self._stack, self._known = server, ExitStack(), dict[Path, str]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def address(self, folder: Path) -> str:
        if folder not in self._known:
            self._known[folder] = self._stack.enter_context(self._server.store())
        return self._known[folder]


_databases: Databases | None = None


def store_address(folder: Path) -> str:
    """The address of the store that belongs to a home."""
    return _databases.address(folder) if _databases else f"sqlite:///{folder / 'store.db'}"


def store_variables(folder: Path) -> dict[str, str]:
    """What programs must be told to find the store of a home."""
    return {"NOTESFLEET_STORE": store_address(folder)} if _databases else {}


def new_store(folder: Path) -> Store:
    """An empty store. In SQLite it is a copy of one that was made once: the migrations have tests of their own."""
    if _databases:
        make_store(store_address(folder))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "store.db").write_bytes(_made_once())
    return open_store(store_address(folder))


@cache
def _made_once() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "store.db")
        make_store(f"sqlite:///{path}")
        return path.read_bytes()


def add_pc(store: Store, name: str = "pc1", **values: Any) -> None:
    with store.transaction() as connection:
        connection.execute(sa.insert(pcs).values(**({"name": name, "address": "127.0.0.1", "site": "Lyon"} | values)))


def add_client(store: Store, name: str = CLIENT, sid: str = SID, pc: str = "") -> None:
    own_pc, account = name.split("~")
    pc = pc or own_pc
    with store.transaction() as connection:
        connection.execute(sa.insert(clients).values(name=name, pc=pc, account=account, sid=sid, audited_at=AT))


def add_target(store: Store, client: str = CLIENT, left_out: str | None = None) -> None:
    mailbox = None if left_out else {"from": "CN=Old01/O=Acme"}
    with store.transaction() as connection:
        if not connection.execute(sa.select(campaigns.c.name)).first():
            connection.execute(sa.insert(campaigns).values(name="c", round="1", loaded_at=AT, document=CAMPAIGN))
            connection.execute(sa.insert(waves).values(campaign="c", name="pilot", position=0, date="2026-11-30"))
        row = {"client": client, "campaign": "c", "wave": "pilot", "person": "CN=J Dupont/O=Acme", "prompt_free": False}
        connection.execute(sa.insert(targets).values(**row, mailbox=mailbox, left_out=left_out))


def add_order(
    store: Store, step: str, state: str, reason: str | None = None, client: str = CLIENT, **values: Any
) -> str:
    """An order with a report whose `left` is given."""
    left = values.pop("left", [])
    order = f"{abs(hash((client, step, str(values)))):032x}"[-32:]
    row = {"id": order, "client": client, "campaign": "c", "step": step, "round": "1", "mode": "apply", "text": "{}"}
    row |= {"staging": "{}", "sent_at": AT, "run": "r1", "state": state, "reason": reason, "attempt": 1}
    with store.transaction() as connection:
        connection.execute(sa.insert(orders).values(**(row | {"reported_at": AT} | values)))
        counts = {"left": len(left) - left.count("not_compared"), "not_compared": "not_compared" in left}
        connection.execute(sa.insert(reports).values(order=order, document={}, journal=b"", **counts))
    return order


def add_run(store: Store, name: str = "r1") -> None:
    row = {"id": name, "playbook": "migrate.yml", "started": AT, "check": False, "controller": "c", "imported": 0}
    with store.transaction() as connection:
        connection.execute(sa.insert(runs).values(**row))


CAMPAIGN = {
    "schema": 1,
    "name": "c",
    "server_move": "manual",
    "round": "1",
    "not_after_days": 3,
    "wait": 40,
    "stop_file": None,
    "prompt_free": {"sites": [], "persons": []},
    "servers": [{"from": "CN=Old01/O=Acme", "to": "CN=New01/O=Acme", "from_host": "", "to_host": ""}],
    "waves": [{"name": "pilot", "date": "2026-11-30", "sites": ["Lyon"], "pcs": [], "persons": []}],
}


def write_many(path: Path, writer: int) -> None:
    """A hundred long results of one writer, in a process of its own: such a function must be in a module by name."""
    for number in range(100):
        Spool("r1", path).append("result", writer=writer, number=number, msg="x" * 5000)
