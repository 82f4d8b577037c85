"""What the server asks of the model and of an engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from notesfleet.actions.seams import Seams, SystemSeams
from notesfleet.simulator.state import World
from notesfleet.simulator.wire.shells import Output


class Model(Protocol):
    """The world of Windows, Notes and Domino, loaded from a state document."""

    @property
    def state(self) -> World: ...
    def runner_seams(self, pc_name: str, sid: str, budget: int) -> Seams: ...
    def system_seams(self, pc_name: str) -> SystemSeams: ...
    def dump(self) -> World: ...
    def due(self, to: datetime) -> Iterator[tuple[str, str]]: ...
    def mount(self, name: str, folder: Path) -> None: ...
    def lose_power(self, pc_name: str) -> None: ...


class RunScript(Protocol):
    """The Python engine: does on a PC what a shipped script would, and gives its result."""

    async def run_script(self, pc: str, script_name: str, complex_args: dict[str, Any]) -> dict[str, Any]: ...


class Engine(Protocol):
    """Runs commands and runners on simulated PCs; PowerLost where a PC's power goes meanwhile."""

    async def start(self) -> None: ...
    async def close(self) -> None: ...

    async def execute(self, pc: str, line: str, stdin: bytes) -> Output:
        """Run a command line with its standard input."""

    async def run_runner(self, pc: str, sid: str, budget: int) -> None:
        """Run the user's runner until it ends or parks; `budget`: simulated seconds that it may wait."""
