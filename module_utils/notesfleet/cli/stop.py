"""`notesfleet stop`: no order of a campaign begins a stage on any PC, until that is lifted."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import the_store
from notesfleet.errors import InputError

if TYPE_CHECKING:
    from notesfleet.store.recalls import OpenOrders


def stop(
    campaign: Annotated[str, typer.Argument(help="The campaign, as it is loaded.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the file and in reports, with your name.")],
    lift: Annotated[bool, typer.Option("--lift", help="Let it go on.")] = False,
) -> None:
    """Write the campaign's stop file: wherever its orders lie, none begins a further stage. `--lift` removes it.

    Example: notesfleet stop consolidation --reason "mail03 is down"
    """
    from notesfleet.orders.recall import one_sentence

    try:
        sentence = one_sentence(reason)
    except ValueError as error:
        raise InputError(f"--reason: {error}") from error
    (_lift if lift else _stop)(campaign, sentence)


def _stop(campaign: str, reason: str) -> None:
    from notesfleet.fleet.stop import stop_campaign

    done = stop_campaign(the_store(), campaign, reason=reason, author=getpass.getuser())
    if done.already:
        since = f"{done.stop.at} by {done.stop.author}: {done.stop.reason}"
        gone = f"; {done.path} had gone and is written again" if done.restored else ""
        typer.echo(f"{campaign} is stopped already, since {since}{gone}")
    else:
        typer.echo(f"{campaign} is stopped: {done.path} is written, which PCs see as {done.pc}.")
    typer.echo(f"{_counted(done.orders)} begin no further stage; a stage that was begun is ended.")
    if done.orders.blind:
        cancel = f"ansible-playbook playbooks/stop.yml -e cancel=<wave> -e \"reason='{campaign} is stopped'\""
        blind = f"{done.orders.blind} of them were sent before the campaign had this stop file and go on"
        typer.echo(f"{blind}; cancel them: {cancel}")


def _lift(campaign: str, reason: str) -> None:
    from notesfleet.fleet.stop import lift_stop

    done = lift_stop(the_store(), campaign, reason=reason, author=getpass.getuser())
    if done is None:
        typer.echo(f"notesfleet: {campaign} is not stopped, so there is nothing to lift", err=True)
        raise typer.Exit(1)
    what = f"{done.path} had gone already" if done.had_gone else f"{done.path} is removed"
    typer.echo(f"{campaign} goes on: {what}. It was stopped since {done.stop.at}: {done.stop.reason}")
    typer.echo(f"{_counted(done.orders)} go on when their runners look next.")


def _counted(orders: OpenOrders) -> str:
    states = ", ".join(f"{count} {state.value}" for state, count in sorted(orders.states.items()))
    return f"{orders.count} open orders of it" + (f" ({states})" if states else "")
