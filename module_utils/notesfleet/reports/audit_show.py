"""`notesfleet audit list|show|diff` on a terminal and as JSON."""

from __future__ import annotations

from typing import IO, Any

from notesfleet.reports.audits import Difference, Field, fields_of
from notesfleet.reports.client_page import moment
from notesfleet.reports.page_words import phrases
from notesfleet.reports.tables import Cell, Column, Styled, print_line, print_table
from notesfleet.reports.words import Language
from notesfleet.store.histories import AuditRecord
from notesfleet.store.readings import Reading


def print_audits(found: list[AuditRecord], language: Language, file: IO[str]) -> None:
    words = phrases(language)
    columns = [Column(words[name]) for name in ("client", "at", "depth")]
    rows = [(each.client, moment(each.at), words[each.depth], ", ".join(each.sections)) for each in found]
    print_table([*columns, Column(words["sections"], breaks=True)], rows, file)


def print_sections(client: str, sections: dict[str, Reading], language: Language, file: IO[str]) -> None:
    """Each section under its date and depth, unknown values with their reasons."""
    words = phrases(language)
    print_line(client, file, "bold")
    for name, reading in sorted(sections.items()):
        print_line("", file)
        print_line(f"{name} ({moment(reading.at)}, {words[reading.depth]})", file, "bold")
        rows: list[tuple[Cell, Cell]] = [(field.path, _cell(field, language)) for field in fields_of(reading.document)]
        print_table([Column(""), Column("", breaks=True)], rows, file, titles=False)


def print_differences(found: list[Difference], sections: list[str], language: Language, file: IO[str]) -> None:
    """`sections`: those that there are two readings of."""
    words = phrases(language)
    if not found:
        print_line(words["no_differences" if sections else "no_two_readings"], file)
        return
    columns = [Column(words["section"]), Column(words["field"])]
    both = [Column(words["before"], breaks=True), Column(words["after"], breaks=True)]
    rows = [
        [each.section, each.path, *(_either(side, language) for side in (each.before, each.after))] for each in found
    ]
    print_table([*columns, *both], rows, file)


def section_document(reading: Reading) -> dict[str, Any]:
    return {"at": reading.at, "depth": reading.depth, "facts": reading.document}


def difference_document(each: Difference) -> dict[str, Any]:
    sides = {name: _side(side) for name, side in (("before", each.before), ("after", each.after))}
    return {"section": each.section, "field": each.path, **sides}


def _side(side: Field | None) -> dict[str, Any] | None:
    """Null where a reading does not have the field; else its value, or why it is unknown."""
    if side is None:
        return None
    return {"unknown": side.unknown} if side.unknown is not None else {"value": side.value}


def _either(side: Field | None, language: Language) -> Cell:
    return Styled(phrases(language)["nothing_there"], "dim") if side is None else _cell(side, language)


def _cell(field: Field, language: Language) -> Cell:
    text = field.text(language)
    return Styled(text, "yellow") if field.unknown is not None else text
