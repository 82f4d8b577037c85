"""The python engine behind the wire: a module is known by its text, and its result is printed."""

from __future__ import annotations

from collections.abc import Callable

from notesfleet.errors import DocumentError, NotesfleetError
from notesfleet.simulator.engines.contract import RunScript
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.wire import payload
from notesfleet.simulator.wire.shells import Output, PowerLost


class CommandEngine:
    """Takes commands of Ansible to the Python engine; runners are `run_runner`'s business."""

    def __init__(self, scripts: RunScript, run_runner: Callable[[str, str, int], None]) -> None:
        self._scripts, self._run_runner = scripts, run_runner

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""

    async def execute(self, pc: str, line: str, stdin: bytes) -> Output:
        """Run one of our modules. Anything else fails with a sentence on stderr and exit code 1."""
        try:
            if not stdin:
                raise DocumentError(
                    f"the simulated PC does not know the command {payload.decoded_command(line)[:80]!r}"
                )
            run = payload.read_payload(stdin)
            result = await self._scripts.run_script(pc, payload.shipped_script(run), run.arguments)
        except PowerCut as cut:
            raise PowerLost(pc) from cut
        except NotesfleetError as error:
            return Output(b"", f"{error}\r\n".encode(), 1)
        return Output(payload.as_output(result), exit_code=1 if result.get("failed") else 0)

    async def run_runner(self, pc: str, sid: str, budget: int) -> None:
        try:
            self._run_runner(pc, sid, budget)
        except PowerCut as cut:
            raise PowerLost(pc) from cut
