"""Writes `runner/actions.json` from the schemas of the actions: `python -m notesfleet.powershell.generate`."""

from __future__ import annotations

from notesfleet.actions.schemas import runner_table
from notesfleet.canonical import canonical_text
from notesfleet.powershell.package import RUNNER_FOLDER

TABLE = RUNNER_FOLDER / "actions.json"


def table_text() -> str:
    """The table that the runner reads, as the file must be."""
    return canonical_text(runner_table()) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table_text(), encoding="ascii")
