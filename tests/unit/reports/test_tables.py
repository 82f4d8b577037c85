"""Tables: plain and aligned off a terminal, coloured and fitted on one; cells neither steer it nor are markup."""

from __future__ import annotations

import io
import re

import pytest

from notesfleet.reports.tables import Column, Styled, print_line, print_table
from notesfleet.reports.terminal import columns_of, fitted, shown

COLUMNS = [Column("name"), Column("count", right=True), Column("why", breaks=True)]
ROWS = [
    ["pc1~a", 7, "x" * 300],
    ["pc22~b", 1234, None],
    [Styled("pc3", "red"), None, "[bold]a\x1b[31m\r\nb\u202ec[/bold]"],
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")


def printed(file: io.StringIO) -> list[str]:
    print_table(COLUMNS, ROWS, file)
    return file.getvalue().splitlines()


def test_without_a_terminal_a_row_is_a_line_and_columns_are_aligned() -> None:
    lines = printed(io.StringIO())
    assert len(lines) == 1 + len(ROWS)
    assert lines[1] == f"pc1~a       7  {'x' * 300}"
    assert lines[2] == "pc22~b   1234"
    assert "\x1b" not in "".join(lines)


def test_nothing_of_a_cell_is_markup_or_control() -> None:
    assert "[bold]a [31m  b c[/bold]" in printed(io.StringIO())[3]
    on_a_terminal = "\n".join(printed(Terminal()))
    assert "[bold]a [31m" in on_a_terminal
    assert "\u202e" not in on_a_terminal


def test_on_a_terminal_lines_fit_and_styles_are_colours() -> None:
    lines = printed(Terminal())
    assert any("\x1b[31mpc3" in line for line in lines)
    assert max(len(re.sub("\x1b.*?m", "", line)) for line in lines) == 60
    assert "\x1b" not in "".join(printed(io.StringIO()))


def test_a_line_is_one_line_however_long() -> None:
    file = io.StringIO()
    print_line("a\nb " * 5000, file)
    assert file.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("text", "columns", "kept"),
    [("abcdef", 6, "abcdef"), ("abcdef", 5, "ab..."), ("日本語", 6, "日本語"), ("日本語", 5, "日..."), ("abc", 1, ".")],
)
def test_a_text_is_cut_to_its_columns(text: str, columns: int, kept: str) -> None:
    assert fitted(text, columns) == kept
    assert columns_of(kept) <= columns


def test_what_is_shown_has_no_control_characters() -> None:
    assert shown("a\x1b]0;t\x07b\x9bc\nd\u2028e\u202ef\u200bg\x00h\ud800i") == "a ]0;t b c d e f g h i"
