"""PowerShell processes that call the model over loopback, each one job at a time.

A process is kept for the next job, because starting and warming one takes seconds; `Worker.ps1` gives each job a
runspace of its own, so nothing leaks from one to the next. A process whose job did not end well is not used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notesfleet.simulator.rpc import Rpc, table
from notesfleet.simulator.wire.shells import Output

SCRIPTS = Path(__file__).parent.parent / "powershell"
LINE_LIMIT = 64 * 1024 * 1024
CONNECT_LIMIT = 60.0
# A payload mostly waits for the runner that it started. One process more costs seconds to warm up.
RUNNERS = max(1, (os.cpu_count() or 2) // 2)
PAYLOADS = RUNNERS + 1
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "DOTNET_ROOT", "SystemRoot")

BeforeCall = Callable[[dict[str, Any]], Awaitable[None]]
"""Called before each call reaches the model; lets a started runner run first."""

Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class _Worker:
    """A process, its call to the model, and the one reader of what it prints beside its jobs: why it died."""

    process: asyncio.subprocess.Process
    connected: asyncio.Future[Connected]
    output: asyncio.Future[tuple[bytes, bytes]]


class Processes:
    """PowerShell processes and the loopback port on which they call the model."""

    def __init__(self, powershell: str, temporary: Path) -> None:
        self._program, self._temporary = powershell, temporary
        self._payloads, self._runners = asyncio.Semaphore(PAYLOADS), asyncio.Semaphore(RUNNERS)
        self._waiting: dict[str, asyncio.Future[Connected]] = {}
        self._idle: list[_Worker] = []
        self._running: set[_Worker] = set()
        self._spawning = asyncio.Lock()
        self._is_closing = False
        self._server: asyncio.Server | None = None
        self._table = table()

    async def start(self) -> None:
        self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=LINE_LIMIT)
        async with self._spawning:
            self._idle.append(await self._spawn())

    async def close(self) -> None:
        """End all processes; nothing of them is left, and none begins any more."""
        self._is_closing = True
        async with self._spawning:
            workers = [*self._idle, *self._running]
        for worker in workers:
            await _end(worker)
        self._idle.clear()
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
            output = await _serve(reader, writer, rpc, before)
            if output is None:
                stdout, stderr = await asyncio.shield(worker.output)
                output = Output(stdout, stderr, worker.process.returncode or 1)
            return output

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        worker = await self._take()
        try:
            yield worker
        except BaseException:
            await _end(worker)
            raise
        finally:
            self._running.discard(worker)
        if worker.process.returncode is None and not self._is_closing:
            self._idle.append(worker)
        else:
            await _end(worker)

    async def _take(self) -> _Worker:
        async with self._spawning:
            while self._idle and self._idle[-1].process.returncode is not None:
                await _end(self._idle.pop())
            worker = self._idle.pop() if self._idle else await self._spawn()
            self._running.add(worker)
        return worker

    async def _spawn(self) -> _Worker:
        if self._server is None or self._is_closing:
            raise RuntimeError("the engine is not started or ends")
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
        return _Worker(process, self._waiting[token], asyncio.ensure_future(process.communicate()))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = (await reader.readline()).decode("ascii", "replace").strip()
        waiting = self._waiting.pop(token, None)
        if waiting is None or waiting.done():
            writer.close()
        else:
            waiting.set_result((reader, writer))


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rpc: Rpc, before: BeforeCall
) -> Output | None:
    """Answer calls until the job has ended; None where the process went before it had."""
    while line := await _next(reader):
        request = json.loads(line)
        if "ended" in request:
            return Output(request["stdout"].encode(), request["stderr"].encode(), request["ended"])
        await before(request)
        writer.write(_line(rpc.call(request)))
        await writer.drain()
    return None


async def _next(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


async def _end(worker: _Worker) -> None:
    """Also where it has ended already, or is being ended by another."""
    if not worker.connected.cancel() and not worker.connected.cancelled():
        worker.connected.result()[1].close()
    if worker.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()
    await asyncio.wait([worker.output])


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
