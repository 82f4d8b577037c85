"""`notesfleet runs`: what playbooks came to."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import Json, Lang, language_of, the_store
from notesfleet.errors import InputError

if TYPE_CHECKING:
    from notesfleet.store.connection import Store
    from notesfleet.store.runs import RunRecord

app = typer.Typer(
    help="Runs of playbooks.\n\nExample: notesfleet runs list", no_args_is_help=True, rich_markup_mode=None
)
_NEWEST = 30


@app.command("list")
def list_runs(
    everything: Annotated[bool, typer.Option("--all", help=f"All runs, not the newest {_NEWEST}.")] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """The newest runs, oldest first: when, on how many hosts, how many of them were changed or failed.

    Example: notesfleet runs list --all --json
    """
    from notesfleet.reports.run_show import print_runs, run_document
    from notesfleet.store.runs import count_hosts, read_runs

    language, store = language_of(lang), the_store()
    known = read_runs(store)
    found = known if everything else known[-_NEWEST:]
    hosts = count_hosts(store, [run.id for run in found])
    if as_json:
        typer.echo(json.dumps([run_document(run, hosts.get(run.id, 0)) for run in found], indent=2))
    else:
        print_runs(found, hosts, len(known), language, sys.stdout)


@app.command()
def show(
    beginning: Annotated[str, typer.Argument(metavar="ID", help="The id, or a beginning that only one run has.")],
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """A run: its plays, its hosts grouped by cause, and each host that is not done with the reason.

    Example: notesfleet runs show 20261126T0800
    """
    from notesfleet.reports.run_show import full_document, print_run
    from notesfleet.store.runs import read_run

    language, store = language_of(lang), the_store()
    run = read_run(store, _one(store, beginning.strip()))
    if as_json:
        typer.echo(json.dumps(full_document(run, language), indent=2))
    else:
        print_run(run, language, sys.stdout)


def _one(store: Store, beginning: str) -> RunRecord:
    from notesfleet.store.runs import find_runs

    found = find_runs(store, beginning) if beginning else []
    if not found:
        raise InputError(f"no run begins with {beginning!r}", remedy="`notesfleet runs list` shows them")
    exact = [run for run in found if run.id == beginning] or found
    if len(exact) > 1:
        ids = ", ".join(run.id for run in found[-5:])
        raise InputError(f"several runs begin with {beginning!r}", remedy=f"give more of the id: {ids}")
    return exact[0]
