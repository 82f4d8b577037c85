"""`notesfleet runs`: what playbooks came to."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from notesfleet.cli.settings import the_store

app = typer.Typer(help="Runs of playbooks. Example: notesfleet runs list", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def runs() -> None:
    """Runs of playbooks. Example: notesfleet runs list"""


@app.command("list")
def list_runs(as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False) -> None:
    """All runs, oldest first.

    Example: notesfleet runs list --json
    """
    from notesfleet.store.runs import read_runs

    found = read_runs(the_store())
    if as_json:
        typer.echo(json.dumps([run.document() for run in found], indent=2))
        return
    for run in found:
        typer.echo(f"{run.id}  {run.started}  {run.ended or 'not ended'}  {run.playbook}")
