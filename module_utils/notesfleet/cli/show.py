"""`notesfleet report` and `notesfleet inventory`."""

from __future__ import annotations

import io
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import Lang, language_of, the_store
from notesfleet.errors import InputError

if TYPE_CHECKING:
    from notesfleet.reports.words import Language
    from notesfleet.store.connection import Store
    from notesfleet.store.standing import Standing


class Format(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


FORMAT_HELP = "A table, JSON for programs, or one HTML file for people."


def report(
    wave: Annotated[str, typer.Option(help="Only this wave.")] = "",
    form: Annotated[Format, typer.Option("--format", help=FORMAT_HELP)] = Format.TABLE,
    lang: Lang = None,
    output: Annotated[Path | None, typer.Option(help="The file to write, instead of printing.")] = None,
) -> None:
    """How each client stands: done, pending and why, absent, failed; what is left. HTML: also all that was done.

    Example: notesfleet report --format html --output report.html
    """
    language, store = language_of(lang), the_store()
    standings = _chosen(store, wave)
    if output is None and form is Format.TABLE:
        # Printed by itself: only then it is fitted to the terminal.
        _table(standings, language, sys.stdout)
        return
    text = _text(store, standings, form, language)
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"it cannot be written ({error.strerror})", where=f"--output {output}") from error
    typer.echo(f"{output} is written: {len(standings)} clients and PCs.")


def _chosen(store: Store, wave: str) -> list[Standing]:
    from notesfleet.store.standing import read_standings, wave_names

    standings = read_standings(store)
    if not wave:
        return standings
    known = wave_names(store)
    if wave not in known:
        raise InputError(f"there is no wave {wave}; there are {', '.join(known) or 'none: load a campaign'}")
    return [each for each in standings if each.wave == wave]


def _text(store: Store, standings: list[Standing], form: Format, language: Language) -> str:
    if form is Format.HTML:
        from notesfleet import clock
        from notesfleet.reports.fleet_page import read_fleet
        from notesfleet.reports.html import render

        return render(read_fleet(store, standings, language, clock.now()), language)
    if form is Format.JSON:
        from notesfleet.reports.status import status_json

        return status_json(standings, language)
    file = io.StringIO()
    _table(standings, language, file)
    return file.getvalue()


def _table(standings: list[Standing], language: Language, file: IO[str]) -> None:
    from notesfleet.reports.status import print_status

    print_status(standings, language, file)


def inventory() -> None:
    """The hosts that the inventory plugin `fleet` makes of the store, JSON.

    Example: notesfleet inventory
    """
    from notesfleet.store.inventory import read

    typer.echo(json.dumps(read(the_store()).document(), indent=2))
