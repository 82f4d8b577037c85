"""The powershell engine: what travelled is really executed, by a PowerShell process on the model's seams.

The program is NOTESFLEET_POWERSHELL, else `pwsh`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import shutil
from pathlib import Path
from typing import Any

from notesfleet.errors import DocumentError, InputError
from notesfleet.simulator.engines.contract import Model
from notesfleet.simulator.engines.processes import Processes
from notesfleet.simulator.engines.workers import Spares
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.rpc import Rpc
from notesfleet.simulator.wire import payload
from notesfleet.simulator.wire.shells import Output, PowerLost

FILE_LIMIT = 4 * 1024 * 1024
TASK_FOLDER = re.compile(r'-File "(?P<folder>[^"]+\\(?P<hash>[0-9a-f]{64}))\\runner\.ps1"')
FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64})?\.(ps1|psm1|json|xml)")

log = logging.getLogger(__name__)


def program(configured: str) -> str:
    """The PowerShell program. Raises `InputError` where there is none."""
    found = shutil.which(configured or "pwsh")
    if not found:
        where = "NOTESFLEET_POWERSHELL" if configured else ""
        raise InputError(
            f"there is no program {configured or 'pwsh'}",
            where=where,
            remedy="install PowerShell or name its program in NOTESFLEET_POWERSHELL, or use --engine python",
        )
    return found


class MachineLock:
    """Waits for a PC's machine-wide mutex, as Enter-MachineLock does on Windows, while other scripts go on."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock, self._held = lock, False

    async def before(self, seam: str) -> None:
        if seam == "Enter-MachineLock" and not self._held:
            await self._lock.acquire()
            self._held = True
        elif seam == "Exit-MachineLock":
            self.release()

    def release(self) -> bool:
        """Whether it was held: Windows frees a mutex whose process has ended."""
        held, self._held = self._held, False
        if held:
            self._lock.release()
        return held


class PowerShellEngine:
    """Commands and runners of all PCs, in PowerShell processes on the one model.

    `spares`: where the processes come from and go back to, if they shall live on after it.
    """

    def __init__(self, world: Model, powershell: str, folder: Path, spares: Spares | None = None) -> None:
        self._world, self._folder = world, folder / "runners"
        self._own = Spares(powershell)
        self._processes = Processes(spares or self._own, folder / "temporary")
        self._machines: dict[str, asyncio.Lock] = {}
        self._runs: dict[str, asyncio.Lock] = {}

    async def start(self) -> None:
        self._processes.start()

    async def close(self) -> None:
        self._processes.close()
        self._own.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def execute(self, pc: str, line: str, stdin: bytes) -> Output:
        """Run a command in session 0. A runner that it starts runs at its first wait, or at its end."""
        budget = _wait_of(stdin)
        seams = self._world.system_seams(pc)
        machine = MachineLock(self._machines.setdefault(pc, asyncio.Lock()))
        started: list[str] = []
        try:
            command, sent = payload.decoded_command(line), stdin.decode("utf-8")
        except (DocumentError, UnicodeDecodeError) as error:
            return Output(b"", f"{error}\r\n".encode(), 1)

        async def before(request: dict[str, Any]) -> None:
            await machine.before(str(request.get("seam")))
            if request.get("seam") == "Wait-Runner":
                await self._run_started(pc, started, budget)
            elif request.get("seam") == "Start-RunnerTask":
                started.append(_first_text(request))

        try:
            output = await self._processes.payload(command, sent, Rpc(seams), before)
        except PowerCut as cut:
            raise self._power_lost(pc) from cut
        finally:
            if machine.release():
                seams.exit_machine_lock()
        await self._run_started(pc, started, budget)
        return output

    async def run_runner(self, pc: str, sid: str, budget: int) -> None:
        """Run the user's runner from the files that lie on the PC, one at a time per PC."""
        async with self._runs.setdefault(pc, asyncio.Lock()):
            folder = self._lay_out(pc, sid)
            if folder is None:
                return
            try:
                output = await self._processes.runner(folder, Rpc(self._world.runner_seams(pc, sid, budget)), _nothing)
            except PowerCut as cut:
                raise self._power_lost(pc) from cut
        if output.exit_code or output.stderr:
            text = output.stderr.decode("utf-8", "replace").strip()
            log.warning("the runner on %s ended with exit code %d: %s", pc, output.exit_code, text[:2000])

    def _power_lost(self, pc: str) -> PowerLost:
        self._world.lose_power(pc)
        return PowerLost(pc)

    async def _run_started(self, pc: str, started: list[str], budget: int) -> None:
        while started:
            await self.run_runner(pc, started.pop(0), budget)

    def _lay_out(self, pc: str, sid: str) -> Path | None:
        """The files of the folder that the user's task names, as real files; None where there is no task."""
        state = next(each for each in self._world.state.pcs if each.name == pc)
        tasks = [task.arguments for task in state.tasks if task.sid == sid]
        found = TASK_FOLDER.search(tasks[0]) if tasks else None
        if found is None:
            return None
        seams = self._world.system_seams(pc)
        files = {}
        for name in seams.get_client_file_list(found["folder"]):
            content = seams.get_client_file(f"{found['folder']}\\{name}", FILE_LIMIT)
            if FILE_NAME.fullmatch(name) and content is not None:
                files[name] = content
        return self._folder_of(found["hash"], files)

    def _folder_of(self, version: str, files: dict[str, bytes]) -> Path:
        """A folder for each content: PowerShell compiles a script once for each path that it has."""
        digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
        target = self._folder / digest / version
        if not target.exists():
            target.mkdir(parents=True)
            for name, content in files.items():
                (target / name).write_bytes(content)
        return target


async def _nothing(request: dict[str, Any]) -> None:
    """A runner's calls need nothing first."""


def _wait_of(stdin: bytes) -> int:
    """How long the exchange in this payload waits: the budget of the runners that it starts."""
    try:
        request = payload.read_payload(stdin).arguments.get("request")
        return max(0, int(request["wait"])) if isinstance(request, dict) else 0
    except (DocumentError, KeyError, TypeError, ValueError):
        return 0


def _first_text(request: dict[str, Any]) -> str:
    arguments = request.get("arguments", {})
    values = arguments.get("list", []) if isinstance(arguments, dict) else []
    return str(values[0]) if values else ""
