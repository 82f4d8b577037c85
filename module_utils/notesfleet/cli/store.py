"""`notesfleet store`: make it, migrate it, import spools into it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from notesfleet.cli.settings import Json, settings, the_store

app = typer.Typer(help="The store. Example: notesfleet store init", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def init() -> None:
    """Make the store that NOTESFLEET_STORE names, else store.db in NOTESFLEET_HOME.

    Example: NOTESFLEET_HOME=/srv/notesfleet notesfleet store init
    """
    from notesfleet.store.connection import make_store, shown_address

    address = settings().store_address
    made = make_store(address)
    typer.echo(f"The store {shown_address(address)} {'is made' if made else 'is there already'}.")


@app.command()
def migrate() -> None:
    """Bring an existing store to the revision of this release.

    Example: notesfleet store migrate
    """
    from notesfleet.store.connection import migrate_store, shown_address

    address = settings().store_address
    changed = migrate_store(address)
    typer.echo(f"The store {shown_address(address)} {'is migrated' if changed else 'has this revision already'}.")


@app.command()
def info(as_json: Json = False) -> None:
    """Where the store is, its revision, how much it holds and how large it is.

    Example: notesfleet store info --json
    """
    from notesfleet.reports.store_show import print_contents
    from notesfleet.store.contents import read_contents

    contents = read_contents(the_store())
    if as_json:
        typer.echo(json.dumps({"schema": 1, **asdict(contents)}, indent=2))
    else:
        print_contents(contents, sys.stdout)


@app.command("import-spool")
def import_spool(
    path: Annotated[Path | None, typer.Argument(help="A spool file or folder; without it all of the home's.")] = None,
) -> None:
    """Import what runs left in their spools; what is imported already is not imported again.

    Example: notesfleet store import-spool
    """
    from notesfleet.fleet.waves import resolve
    from notesfleet.store import imports

    store = the_store()
    place = path or settings().spool_folder
    if place.is_dir() or path is None:
        done = imports.import_folder(store, place, settings().aside_folder)
    else:
        done = [imports.import_spool(store, place, settings().aside_folder)]
    resolve(store)
    for each in done:
        typer.echo(f"{each.run}: {each.records} new records")
    problems = [sentence for each in done for sentence in (*each.asides, *each.refused)]
    for sentence in problems:
        typer.echo(f"notesfleet: {sentence}", err=True)
    if problems:
        raise typer.Exit(1)
