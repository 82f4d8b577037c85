"""`notesfleet store info` on a terminal."""

from __future__ import annotations

from typing import IO

from notesfleet.reports.tables import Cell, Column, print_table
from notesfleet.store.contents import Contents


def print_contents(contents: Contents, file: IO[str]) -> None:
    """A line for each thing that is known of the store."""
    states = ", ".join(f"{state} {count}" for state, count in contents.orders.items())
    rows: list[list[Cell]] = [
        ["address", contents.address],
        ["revision", contents.revision],
        ["PCs", str(contents.pcs)],
        ["clients", str(contents.clients)],
        ["orders", f"{sum(contents.orders.values())}{f' ({states})' if states else ''}"],
        ["runs", str(contents.runs)],
        ["size", _size(contents.bytes)],
    ]
    print_table([Column(""), Column("", breaks=True)], rows, file, titles=False)


def _size(count: int | None) -> str:
    if count is None:
        return "not known"
    size, units = float(count), ["bytes", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} {units[0]}" if units[0] == "bytes" else f"{size:.1f} {units[0]}"
