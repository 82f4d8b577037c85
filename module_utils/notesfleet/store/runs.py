"""The runs of playbooks that the store knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from notesfleet.store.connection import Store
from notesfleet.store.tables import absences, plays, results, runs


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
    with store.snapshot() as connection:
        rows = connection.execute(sa.select(runs).order_by(runs.c.started, runs.c.id))
        return [
            RunRecord(row.id, row.playbook, row.started, row.ended, row.check, row.controller, row.stats or {})
            for row in rows
        ]


@dataclass(frozen=True)
class ResultRecord:
    """A task that ended on a host. `status`: changed, ok, skipped, absent, held, failed or unreachable."""

    host: str
    task: str
    action: str
    at: str
    status: str
    msg: str


@dataclass(frozen=True)
class FullRun:
    """A run with its plays (name and hosts), its results and who was absent and why, in their order."""

    record: RunRecord
    plays: list[tuple[str, list[str]]]
    results: list[ResultRecord]
    absences: list[tuple[str, str]]


def find_runs(store: Store, beginning: str) -> list[RunRecord]:
    """The runs whose ids begin so, oldest first."""
    return [run for run in read_runs(store) if run.id.lower().startswith(beginning.lower())]


def read_run(store: Store, run: RunRecord) -> FullRun:
    """All that the store has of a run."""
    with store.snapshot() as connection:
        return FullRun(
            record=run,
            plays=[(row.name, list(row.hosts)) for row in connection.execute(_of(plays, run.id))],
            results=[
                ResultRecord(row.host, row.task, row.action, row.at, row.status, row.msg)
                for row in connection.execute(_of(results, run.id))
            ],
            absences=[(row.host, row.why) for row in connection.execute(_of(absences, run.id))],
        )


def count_hosts(store: Store, names: list[str]) -> dict[str, int]:
    """How many hosts each of these runs had: those of its largest play."""
    found: dict[str, int] = {}
    with store.snapshot() as connection:
        for row in connection.execute(sa.select(plays.c.run, plays.c.hosts).where(plays.c.run.in_(names))):
            found[row.run] = max(found.get(row.run, 0), len(row.hosts))
    return found


def _of(table: sa.Table, run: str) -> sa.Select[Any]:
    return sa.select(table).where(table.c.run == run).order_by(table.c.position)
