"""`notesfleet exclude` and `notesfleet include`: clients set aside and let in by hand."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Annotated

import typer

from notesfleet.cli.settings import the_store
from notesfleet.errors import InputError

Client = Annotated[str, typer.Argument(help="The client as reports name it, such as pc-0101~jdupont.")]
Reason = Annotated[str, typer.Option(help="Why; reports show it with your name.")]


def exclude(
    client: Client,
    reason: Reason,
    until: Annotated[str, typer.Option(help="The day (UTC) at which it ends by itself, such as 2026-12-24.")] = "",
) -> None:
    """Set a client aside from its wave until it is let in again, or until a day.

    Example: notesfleet exclude pc-0101~jdupont --reason "on leave" --until 2026-12-24
    """
    from notesfleet.fleet.waves import resolve
    from notesfleet.store.exclusions import exclude

    day = _day(until) if until else None
    store = the_store()
    exclude(store, client, reason=_sentence(reason), author=getpass.getuser(), until=day)
    # Other clients of its mailbox are set aside with it.
    resolve(store)
    typer.echo(f"{client} is excluded{f' until {day}' if day else ''}: {reason}")


def include(client: Client, reason: Reason) -> None:
    """End the exclusions of a client; a rule that excluded it no longer counts for it.

    Example: notesfleet include pc-0101~jdupont --reason "looked at with the user"
    """
    from notesfleet.fleet.campaign_file import BUILT_IN
    from notesfleet.fleet.waves import resolve
    from notesfleet.store.exclusions import include

    store = the_store()
    ended = include(store, client, reason=_sentence(reason), author=getpass.getuser(), never_waived=BUILT_IN)
    resolve(store)
    for sentence in ended:
        typer.echo(f"{client} is let in; ended: {sentence}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--until: {text!r} is no day such as 2026-12-24") from error


def _sentence(text: str) -> str:
    """One line that says something."""
    sentence = " ".join(text.split())
    if not sentence or len(sentence) > 500 or not sentence.isprintable():
        raise InputError("--reason: one sentence of at most 500 printable characters is needed")
    return sentence
