"""`notesfleet clients`: the list of PCs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from notesfleet.cli.settings import the_store

app = typer.Typer(
    help="The list of PCs. Example: notesfleet clients import pcs.csv", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def clients() -> None:
    """The list of PCs. Example: notesfleet clients import pcs.csv"""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with the header pc,address,site; `,` or `;`.")],
) -> None:
    """Take PCs into the store. With one wrong line in the file nothing is taken.

    Example: notesfleet clients import pcs.csv
    """
    from notesfleet.fleet.clients_file import import_clients, read_clients_file

    store = the_store()
    count = import_clients(store, read_clients_file(file))
    typer.echo(f"{count.new} PCs are new, {count.changed} changed, {count.same} are as they were.")
