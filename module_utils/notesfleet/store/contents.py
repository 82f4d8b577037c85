"""What a store holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from notesfleet.store.connection import Store
from notesfleet.store.databases import is_sqlite, shown
from notesfleet.store.tables import REVISION, clients, orders, pcs, runs


@dataclass(frozen=True)
class Contents:
    """`orders`: how many in each state. `bytes`: on disk; None where the database does not say."""

    address: str
    revision: str
    pcs: int
    clients: int
    orders: dict[str, int]
    runs: int
    bytes: int | None


def read_contents(store: Store) -> Contents:
    """Count what is in the store. Raises StoreError."""
    with store.snapshot() as connection:
        states = connection.execute(sa.select(orders.c.state, sa.func.count()).group_by(orders.c.state))
        return Contents(
            address=shown(store.engine.url),
            revision=REVISION,
            pcs=_count(connection, pcs),
            clients=_count(connection, clients),
            orders={str(state): int(count) for state, count in sorted(tuple(row) for row in states)},
            runs=_count(connection, runs),
            bytes=_bytes(connection, store.engine.url),
        )


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _bytes(connection: sa.Connection, url: sa.URL) -> int | None:
    if not is_sqlite(url):
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    if url.database:
        # What was written last may still lie in the log beside the file.
        files = [Path(url.database + end) for end in ("", "-wal")]
        return sum(file.stat().st_size for file in files if file.is_file())
    return None
