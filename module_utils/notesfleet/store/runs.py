"""The runs of playbooks that the store knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from notesfleet.store.connection import Store
from notesfleet.store.tables import runs


@dataclass(frozen=True)
class RunRecord:
    """A run. `stats`: host to Ansible's sums (ok, changed, failures, unreachable, ...), empty until it ended."""

    id: str
    playbook: str
    started: str
    ended: str | None
    check: bool
    controller: str
    stats: dict[str, Any]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def read_runs(store: Store) -> list[RunRecord]:
    """All runs, oldest first."""
    with store.transaction() as connection:
        rows = connection.execute(sa.select(runs).order_by(runs.c.started, runs.c.id))
        return [
            RunRecord(row.id, row.playbook, row.started, row.ended, row.check, row.controller, row.stats or {})
            for row in rows
        ]
