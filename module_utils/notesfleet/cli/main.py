"""`notesfleet`: the commands and their groups."""

from __future__ import annotations

import importlib.util

import typer

from notesfleet.cli import audit, campaign, client, clients, exclusions, findings, orders, runs, show, stop, store
from notesfleet.cli.errors import Group
from notesfleet.errors import InputError

app = typer.Typer(
    cls=Group,
    help="Audit and migrate fleets of HCL Notes clients. Example: notesfleet report --format html --output report.html",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(store.app, name="store")
app.add_typer(clients.app, name="clients")
app.add_typer(client.app, name="client")
app.add_typer(audit.app, name="audit")
app.add_typer(campaign.app, name="campaign")
app.add_typer(runs.app, name="runs")
app.add_typer(orders.app, name="order")
app.command("findings")(findings.findings)
app.command("exclude")(exclusions.exclude)
app.command("include")(exclusions.include)
app.command("stop")(stop.stop)
app.command("report")(show.report)
app.command("inventory")(show.inventory)


_ANY_WORDS = {"allow_extra_args": True, "ignore_unknown_options": True}


def _without_simulator(context: typer.Context) -> None:
    """Virtual Windows PCs with Notes clients; needs the extra `simulator`."""
    raise InputError("simulate needs the extra `simulator`; install it: pip install 'notesfleet[simulator]'")


def _without_console(context: typer.Context) -> None:
    """Web pages behind a sign-in; needs the extra `console`."""
    raise InputError("console needs the extra `console`; install it: pip install 'notesfleet[console]'")


if importlib.util.find_spec("aiohttp") and importlib.util.find_spec("trustme"):
    from notesfleet.cli import simulate

    app.add_typer(simulate.app, name="simulate")
else:
    app.command("simulate", context_settings=_ANY_WORDS)(_without_simulator)

if importlib.util.find_spec("django") and importlib.util.find_spec("uvicorn"):
    from notesfleet.cli import console

    app.add_typer(console.app, name="console")
else:
    app.command("console", context_settings=_ANY_WORDS)(_without_console)

if __name__ == "__main__":
    app()
