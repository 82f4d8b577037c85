"""`notesfleet client`: one client, as the helpdesk sees it."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from notesfleet.cli.settings import Json, Lang, language_of, the_store

app = typer.Typer(
    help="One client. Example: notesfleet client show jdupont", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def client() -> None:
    """One client. Example: notesfleet client show jdupont"""


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A client, PC or person, or a part of a name that only one has.")],
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """How a client stands, what to tell its user and what to do, what was done. 1: several have this name.

    Example: notesfleet client show "Jean Dupont"
    """
    from notesfleet import clock
    from notesfleet.reports.client_page import read_pages
    from notesfleet.reports.client_show import print_client, print_matches
    from notesfleet.reports.lookup import find_clients, nobody
    from notesfleet.store.standing import read_standings

    language, store = language_of(lang), the_store()
    standings = read_standings(store)
    found = find_clients(name, standings)
    if not found:
        raise nobody(name, standings)
    if len(found) > 1:
        typer.echo(f"notesfleet: {len(found)} fit {name!r}; name one of them", err=True)
        if as_json:
            names = [each.client or each.pc for each in found]
            typer.echo(json.dumps({"schema": 1, "matches": names}, indent=2))
        else:
            print_matches(found, language, sys.stdout)
        raise typer.Exit(1)
    page = read_pages(store, found, language, clock.now(), found[0].client or found[0].pc)[0]
    if as_json:
        typer.echo(json.dumps(page.document(), indent=2))
    else:
        print_client(page, language, sys.stdout)
