"""Appends records to an order's journal, each flushed before what follows it (action-engine section 7)."""

from __future__ import annotations

from typing import Any

from notesfleet import clock
from notesfleet.actions.progress import Progress
from notesfleet.actions.seams import Seams
from notesfleet.orders.journal import Journal, Record, seal


class JournalWriter:
    """One open journal: what is in it counts in `progress` as soon as it is on the disk."""

    def __init__(self, seams: Seams, path: str, journal: Journal, conditions: list[bool]) -> None:
        self._seams, self._path = seams, path
        self._digits, self._lacks_newline = journal.digits, journal.lacks_newline
        self.progress = Progress.of(journal.records, conditions)

    def append(self, kind: str, **fields: Any) -> Record:
        """Write one record; gives it back as it stands in the journal."""
        record: Record = {"k": kind, "t": clock.text(self._seams.get_runner_time()), **fields}
        digits, line = seal(self._digits, record)
        self._seams.add_journal_line(self._path, b"\n" + line if self._lacks_newline else line)
        self._digits, self._lacks_newline = digits, False
        self.progress.take(record)
        return record
