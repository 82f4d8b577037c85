"""`notesfleet simulate`: virtual PCs on the loopback device, and the control of those that run."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from notesfleet import clock
from notesfleet.errors import InputError

app = typer.Typer(
    help="Virtual Windows PCs with Notes clients, reached by WS-Management. Example: notesfleet simulate --clients 200",
    no_args_is_help=False,
    rich_markup_mode=None,
)
FOLDER_VARIABLE = "NOTESFLEET_SIMULATOR"
DURATION = re.compile(r"(?P<count>[0-9]{1,5})(?P<unit>[smhd])")
CLIENTS_HELP = "How many Notes clients: the first of the demo's 40, or further ones like them; two may share a PC."
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class EngineName(StrEnum):
    """What runs the scripts that travel."""

    PYTHON = "python"
    POWERSHELL = "powershell"


@app.callback(invoke_without_command=True)
def simulate(
    context: typer.Context,
    clients: Annotated[int, typer.Option(min=1, max=25_000, help=CLIENTS_HELP)] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = 0,
    engine: Annotated[EngineName, typer.Option(help="What runs the scripts that travel.")] = EngineName.PYTHON,
    inventory: Annotated[Path, typer.Option(help="Where pcs.csv, CA and settings are written.")] = Path(".simulator"),
    faults: Annotated[Path | None, typer.Option(help="PCs that answer wrongly: YAML, `PC: fault` a line.")] = None,
    state: Annotated[Path | None, typer.Option(help="A state document instead of --clients and --seed.")] = None,
) -> None:
    """Run the virtual PCs until TERM, Ctrl-C or `simulate stop`.

    Example: notesfleet simulate --clients 200 --seed 7 --inventory .simulator
    """
    if context.invoked_subcommand:
        return
    # aiohttp and the model are loaded only where PCs are really simulated.
    from notesfleet.simulator.start import Start, run

    run(Start(clients, seed, port, engine.value, inventory, state, faults))


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="Such as 90m, 15h or 2d, or a moment 2026-11-27T08:00:00Z.")],
) -> None:
    """Move the simulated time on: users come and go, servers change, runners run.

    Example: notesfleet simulate advance 15h
    """
    from notesfleet.simulator.control import Control
    from notesfleet.simulator.server import advance_clock

    folder = _folder()
    control = Control(folder)
    found = DURATION.fullmatch(by)
    try:
        now = clock.parse(control.now())
        to = now + timedelta(seconds=int(found["count"]) * SECONDS[found["unit"]]) if found else clock.parse(by)
    except ValueError as error:
        raise InputError(f"{by!r} is neither a duration such as 15h nor a moment in UTC") from error
    after = control.advance(to)
    advance_clock(folder, clock.parse(after))
    typer.echo(f"It is {clock.parse(after):%Y-%m-%d %H:%M:%S} UTC now.")


@app.command("state")
def show_state(
    client: Annotated[str, typer.Argument(help="Only this client's Notes, such as pc-0101~jdupont.")] = "",
) -> None:
    """Print the whole state document, or one client's part of it.

    Example: notesfleet simulate state pc-0101~jdupont
    """
    from notesfleet.simulator.control import Control

    control = Control(_folder())
    typer.echo(control.client_state(client) if client else control.state())


@app.command("counts")
def show_counts() -> None:
    """Print requests and bytes per PC and per operation, JSON.

    Example: notesfleet simulate counts
    """
    from notesfleet.simulator.control import Control

    typer.echo(Control(_folder()).counts())


@app.command()
def stop() -> None:
    """End the simulator.

    Example: notesfleet simulate stop
    """
    from notesfleet.simulator.control import Control

    Control(_folder()).stop()


def _folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or ".simulator")
