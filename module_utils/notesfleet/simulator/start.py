"""Starting a simulator in the foreground: the company made or read, the engine chosen, the folder written."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.settings import Settings
from notesfleet.simulator.engines.contract import Engine
from notesfleet.simulator.engines.powershell import PowerShellEngine, program
from notesfleet.simulator.faults import Fault, FaultyScripts, read_faults
from notesfleet.simulator.model.shares import NETLOGON
from notesfleet.simulator.server import Simulator, write_folder
from notesfleet.simulator.state import World

if TYPE_CHECKING:
    from notesfleet.simulator.model.world import ModelWorld


@dataclass(frozen=True)
class Start:
    """How to start. `engine`: python or powershell; `state`: a state document instead of the company.

    `faults`: a file of PCs that answer wrongly, for the Python engine.
    """

    clients: int
    seed: int
    port: int
    engine: str
    folder: Path
    state: Path | None
    faults: Path | None = None


def run(start: Start) -> None:
    """Serve until TERM or the control stops it. Raises `InputError`; Ctrl-C is `KeyboardInterrupt` as elsewhere."""
    from notesfleet.simulator.model.world import ModelWorld

    asyncio.run(_serve(start, ModelWorld(world_of(start))))


def world_of(start: Start) -> World:
    """The world to simulate. Raises `InputError` for a document that is none."""
    if start.state is None:
        from notesfleet.simulator.company import demo_company

        return demo_company(start.seed, start.clients)
    try:
        return World.model_validate_json(start.state.read_bytes())
    except OSError as error:
        raise InputError("cannot be read", where=str(start.state), remedy=str(error.strerror)) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{field}: {first['msg']}", where=str(start.state)) from error


def engine_of(start: Start, world: ModelWorld) -> Engine:
    """The engine for all PCs. Raises `InputError` where there is no PowerShell, or for a wrong file of faults."""
    faults = _faults(start, world)
    if start.engine == "powershell":
        return PowerShellEngine(world, program(Settings().powershell), start.folder / "processes")
    from notesfleet.simulator.engines.command import CommandEngine
    from notesfleet.simulator.engines.python import PythonEngine

    engine = PythonEngine(world)
    return CommandEngine(FaultyScripts(engine, faults), engine.run_runner)


def _faults(start: Start, world: ModelWorld) -> dict[str, Fault]:
    if start.faults is None:
        return {}
    if start.engine != "python":
        raise InputError("--faults needs --engine python")
    faults = read_faults(start.faults)
    if unknown := sorted(faults.keys() - {pc.name for pc in world.state.pcs}):
        raise InputError(f"there is no PC {unknown[0]} among those that are simulated", where=str(start.faults))
    return faults


async def _serve(start: Start, world: ModelWorld) -> None:
    simulator = Simulator(world, engine_of(start, world), start.port)
    await simulator.start()
    try:
        # Ctrl-C is asyncio's own: it cancels this, so that all is closed, and is raised when nothing runs any more.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, simulator.stop)
        write_folder(simulator, start.folder)
        now = clock.parse(world.state.now)
        print(
            f"{len(world.state.pcs)} PCs on port {simulator.listener.port},"
            f" it is {now:%Y-%m-%d %H:%M:%S} UTC there;"
            f" {start.folder / 'connection.yml'} says how Ansible reaches them;"
            f" {start.folder / 'netlogon'} is their {NETLOGON}.",
            flush=True,
        )
        await simulator.wait()
    finally:
        await simulator.close()
