"""Tables for people: coloured and fitted on a terminal, plain aligned text elsewhere.

Cells may come from a PC. They are printed as they are: nothing in them is markup, none of them steers a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import IO, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from notesfleet.reports.terminal import shown

# Without a terminal a line is never broken: programs and logs want one line each.
_PLAIN_WIDTH = 10_000


@dataclass(frozen=True)
class Column:
    """`right`: numbers. `breaks`: long texts go on in the next line; other columns are never broken."""

    title: str
    right: bool = False
    breaks: bool = False


@dataclass(frozen=True)
class Styled:
    """A cell in a style of Rich, such as `green`; off a terminal it is plain."""

    text: str
    style: str


Cell: TypeAlias = str | int | None | Styled


def print_table(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], file: IO[str], *, titles: bool = True
) -> None:
    """A line of titles and a line for each row; None is an empty cell."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold", show_header=titles)
    for column in columns:
        table.add_column(
            Text(shown(column.title)),
            justify="right" if column.right else "left",
            no_wrap=not column.breaks,
            overflow="fold" if column.breaks else "ellipsis",
        )
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    console = _console(file)
    if console.is_terminal:
        console.print(table)
        return
    # Rich fills the last column, too: blanks that only get in the way of who copies or compares a line.
    lines = StringIO()
    _console(lines).print(table)
    file.writelines(f"{line.rstrip(' ')}\n" for line in lines.getvalue().splitlines())
    # As Rich does: what cannot be written is known here, not when Python ends.
    file.flush()


def print_line(text: str, file: IO[str], style: str = "") -> None:
    """A line beside tables: a title, a sum."""
    console = _console(file)
    console.print(Text(shown(text), style=style), soft_wrap=not console.is_terminal)


def _text(cell: Cell) -> Text:
    if isinstance(cell, Styled):
        return Text(shown(cell.text), style=cell.style)
    return Text("" if cell is None else shown(str(cell)))


def _console(file: IO[str]) -> Console:
    console = Console(file=file, highlight=False)
    if console.is_terminal:
        return console
    return Console(file=file, highlight=False, no_color=True, color_system=None, width=_PLAIN_WIDTH)
