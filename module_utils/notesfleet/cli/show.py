"""`notesfleet report` and `notesfleet inventory`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from notesfleet.cli.settings import the_store
from notesfleet.errors import InputError


class Format(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"


class Lang(StrEnum):
    """A language of reports; without it, that of LANG."""

    EN = "en"
    FR = "fr"


def report(
    wave: Annotated[str, typer.Option(help="Only this wave.")] = "",
    form: Annotated[Format, typer.Option("--format", help="A table, or JSON for programs.")] = Format.TABLE,
    lang: Annotated[Lang | None, typer.Option(help="Language; without it, that of LANG.")] = None,
) -> None:
    """How each client stands: done, pending and why, absent, failed; what is left.

    Example: notesfleet report --wave pilot --format json
    """
    from notesfleet.reports.status import print_status, status_json
    from notesfleet.reports.words import Language
    from notesfleet.store.standing import read_standings, wave_names

    language = Language(lang.value) if lang else Language.of_environment()
    store = the_store()
    standings = read_standings(store)
    if wave:
        known = wave_names(store)
        if wave not in known:
            raise InputError(f"there is no wave {wave}; there are {', '.join(known) or 'none: load a campaign'}")
        standings = [each for each in standings if each.wave == wave]
    if form is Format.JSON:
        typer.echo(status_json(standings, language))
    else:
        print_status(standings, language, sys.stdout)


def inventory() -> None:
    """The hosts that the inventory plugin `fleet` makes of the store, JSON.

    Example: notesfleet inventory
    """
    from notesfleet.store.inventory import read

    typer.echo(json.dumps(read(the_store()).document(), indent=2))
