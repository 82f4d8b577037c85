"""`notesfleet order`: one order as it was sent, and what came of it."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import Lang, language_of, the_store
from notesfleet.errors import InputError

if TYPE_CHECKING:
    from notesfleet.store.histories import FullOrder

app = typer.Typer(
    help="Orders. Example: notesfleet order show 373c66a2357f", no_args_is_help=True, rich_markup_mode=None
)


class Format(StrEnum):
    """How an order is shown."""

    TEXT = "text"
    JSON = "json"
    JOURNAL = "journal"


@app.callback()
def order() -> None:
    """Orders. Example: notesfleet order show 373c66a2357f"""


@app.command()
def show(
    beginning: Annotated[str, typer.Argument(metavar="ID", help="The id, or a beginning that only one order has.")],
    form: Annotated[Format, typer.Option("--format", help="Text, JSON, or the journal line by line.")] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """An order with its arguments and state, what each action changed, and its journal with checksums.

    Example: notesfleet order show 373c66a2357f --format journal
    """
    from notesfleet import clock
    from notesfleet.reports.order_show import order_document, print_journal, print_order
    from notesfleet.store.histories import find_orders, read_histories

    language, store = language_of(lang), the_store()
    with store.snapshot() as connection:
        found = _one(beginning, find_orders(connection, beginning.strip().lower()))
        places = read_histories(connection, found.record.client)[found.record.client].locations
    if form is Format.JSON:
        typer.echo(json.dumps(order_document(found, language, clock.now()), indent=2))
    elif form is Format.JOURNAL:
        print_journal(found, language, sys.stdout)
    else:
        print_order(found, places, language, clock.now(), sys.stdout)


def _one(beginning: str, found: list[FullOrder]) -> FullOrder:
    if len(found) == 1 and beginning.strip():
        return found[0]
    if not found or not beginning.strip():
        raise InputError(f"no order begins with {beginning!r}", remedy="`notesfleet client show NAME` lists them")
    ids = ", ".join(f"{each.record.id[:16]} ({each.record.client})" for each in found[:5])
    raise InputError(f"several orders begin with {beginning!r}", remedy=f"give more of the id: {ids}")
