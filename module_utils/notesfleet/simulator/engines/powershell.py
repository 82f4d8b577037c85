"""The powershell engine: what travelled is really executed, by a PowerShell process on the model's seams.

The program is NOTESFLEET_POWERSHELL, else `pwsh`. Each process does one job and ends, so nothing leaks from
one run to the next; a spare one is kept started, because starting takes most of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notesfleet.errors import DocumentError, InputError
from notesfleet.simulator.engines.contract import Model
from notesfleet.simulator.rpc import Rpc, table
from notesfleet.simulator.wire import payload
from notesfleet.simulator.wire.shells import Output

SCRIPTS = Path(__file__).parent.parent / "powershell"
LINE_LIMIT = 64 * 1024 * 1024
CONNECT_LIMIT = 60.0
FILE_LIMIT = 4 * 1024 * 1024
TASK_FOLDER = re.compile(r'-File "(?P<folder>[^"]+\\(?P<hash>[0-9a-f]{64}))\\runner\.ps1"')
FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64})?\.(ps1|psm1|json|xml)")
PAYLOADS, RUNNERS, SPARES = 2, 2, 1
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "DOTNET_ROOT", "SystemRoot")

log = logging.getLogger(__name__)

BeforeCall = Callable[[dict[str, Any]], Awaitable[None]]
"""Called before each call reaches the model; lets a started runner run first."""


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


@dataclass(eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


class Processes:
    """PowerShell processes and the loopback port on which they call the model."""

    def __init__(self, powershell: str, temporary: Path) -> None:
        self._program, self._temporary = powershell, temporary
        self._payloads, self._runners = asyncio.Semaphore(PAYLOADS), asyncio.Semaphore(RUNNERS)
        self._waiting: dict[str, asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}
        self._spares: list[_Worker] = []
        self._running: set[_Worker] = set()
        self._server: asyncio.Server | None = None
        self._table = table()

    async def start(self) -> None:
        self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=LINE_LIMIT)
        await self._refill()

    async def close(self) -> None:
        """End all processes; nothing of them is left."""
        for worker in [*self._spares, *self._running]:
            await _end(worker)
        self._spares.clear()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def payload(self, command: str, payload: str, rpc: Rpc, before: BeforeCall) -> Output:
        """Run what ansible-core sent: the decoded command, with the payload as its input."""
        async with self._payloads:
            return await self._run({"job": "payload", "command": f"={command}", "payload": f"={payload}"}, rpc, before)

    async def runner(self, folder: Path, rpc: Rpc, before: BeforeCall) -> Output:
        """Run the runner whose files lie in `folder`."""
        async with self._runners:
            return await self._run({"job": "runner", "folder": f"={folder}"}, rpc, before)

    async def _run(self, job: dict[str, Any], rpc: Rpc, before: BeforeCall) -> Output:
        async with self._worker() as worker:
            reader, writer = await asyncio.wait_for(worker.connected, CONNECT_LIMIT)
            writer.write(_line(job | {"table": self._table}))
            output = asyncio.ensure_future(worker.process.communicate())
            try:
                await _serve(reader, writer, rpc, before)
                stdout, stderr = await output
            finally:
                writer.close()
                output.cancel()
            return Output(stdout, stderr, worker.process.returncode or 0)

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        worker = self._spares.pop() if self._spares else await self._spawn()
        self._running.add(worker)
        try:
            yield worker
        finally:
            self._running.discard(worker)
            await _end(worker)
            await self._refill()

    async def _refill(self) -> None:
        while len(self._spares) < SPARES and self._server is not None and self._server.is_serving():
            self._spares.append(await self._spawn())

    async def _spawn(self) -> _Worker:
        if self._server is None:
            raise RuntimeError("not started")
        token = secrets.token_urlsafe(24)
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {
            "NOTESFLEET_STANDIN_PORT": str(self._server.sockets[0].getsockname()[1]),
            "NOTESFLEET_STANDIN_TOKEN": token,
            "TEMP": str(self._temporary),
            "TMPDIR": str(self._temporary),
        }
        self._waiting[token] = asyncio.get_running_loop().create_future()
        process = await asyncio.create_subprocess_exec(
            *(self._program, "-NoProfile", "-NonInteractive", "-File", str(SCRIPTS / "Worker.ps1")),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        return _Worker(process, self._waiting[token])

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = (await reader.readline()).decode("ascii", "replace").strip()
        waiting = self._waiting.pop(token, None)
        if waiting is None:
            writer.close()
        else:
            waiting.set_result((reader, writer))


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rpc: Rpc, before: BeforeCall) -> None:
    """Answer calls until the process closes its connection."""
    while line := await _next(reader):
        request = json.loads(line)
        await before(request)
        writer.write(_line(rpc.call(request)))
        await writer.drain()


async def _next(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


async def _end(worker: _Worker) -> None:
    if not worker.connected.cancel() and not worker.connected.cancelled():
        worker.connected.result()[1].close()
    if worker.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()
        await worker.process.communicate()


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


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
    """Commands and runners of all PCs, in PowerShell processes on the one model."""

    def __init__(self, world: Model, powershell: str, folder: Path) -> None:
        self._world, self._folder = world, folder / "runners"
        self._processes = Processes(powershell, folder / "temporary")
        self._machines: dict[str, asyncio.Lock] = {}
        self._runs: dict[str, asyncio.Lock] = {}

    async def start(self) -> None:
        await self._processes.start()

    async def close(self) -> None:
        await self._processes.close()
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
        finally:
            if machine.release():
                seams.exit_machine_lock()
        await self._run_started(pc, started, budget)
        return output

    async def run_runner(self, pc: str, sid: str, budget: int) -> None:
        """Run the user's runner from the files that lie on the PC, one at a time per PC."""
        folder = self._lay_out(pc, sid)
        if folder is None:
            return
        async with self._runs.setdefault(pc, asyncio.Lock()):
            output = await self._processes.runner(folder, Rpc(self._world.runner_seams(pc, sid, budget)), _nothing)
        if output.exit_code or output.stderr:
            text = output.stderr.decode("utf-8", "replace").strip()
            log.warning("the runner on %s ended with exit code %d: %s", pc, output.exit_code, text[:2000])

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
        target = self._folder / pc / found["hash"]
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in seams.get_client_file_list(found["folder"]):
            content = seams.get_client_file(f"{found['folder']}\\{name}", FILE_LIMIT)
            if FILE_NAME.fullmatch(name) and content is not None:
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
