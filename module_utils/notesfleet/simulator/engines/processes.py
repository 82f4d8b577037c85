"""Jobs of simulated PCs in PowerShell processes, whose calls reach the model.

A process is kept for the next job; `Worker.ps1` gives each job a runspace of its own, so nothing leaks from one to the
next. A process whose job did not end well is not used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from notesfleet.simulator.engines.workers import Kind, Spares, Worker
from notesfleet.simulator.rpc import Rpc, table
from notesfleet.simulator.wire.shells import Output

LAST_WORDS = 5.0
"""A process whose wire has ended ends, too, within a moment; s."""
LINE_LIMIT = 64 * 1024 * 1024
# A payload mostly waits for the runner that it started. One process more costs seconds to warm up.
RUNNERS = max(1, (os.cpu_count() or 2) // 2)
PAYLOADS = RUNNERS + 1

BeforeCall = Callable[[dict[str, Any]], Awaitable[None]]
"""Called before each call reaches the model; lets a started runner run first."""


class Processes:
    """The processes of one engine. Its jobs see `temporary` as their temporary folder."""

    def __init__(self, spares: Spares, temporary: Path) -> None:
        self._spares, self._temporary = spares, temporary
        self._payloads, self._runners = asyncio.Semaphore(PAYLOADS), asyncio.Semaphore(RUNNERS)
        self._running: set[Worker] = set()
        self._is_closing = False
        self._table = table()

    def start(self) -> None:
        self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._spares.keep(Kind.PAYLOAD, self._spares.take(Kind.PAYLOAD))

    def close(self) -> None:
        """End all jobs; nothing of them is left, and none begins any more. Spare processes are their owner's."""
        self._is_closing = True
        for worker in self._running:
            worker.end()

    async def payload(self, command: str, payload: str, rpc: Rpc, before: BeforeCall) -> Output:
        """Run what ansible-core sent: the decoded command, with the payload as its input."""
        async with self._payloads:
            return await self._run(Kind.PAYLOAD, {"command": f"={command}", "payload": f"={payload}"}, rpc, before)

    async def runner(self, folder: Path, rpc: Rpc, before: BeforeCall) -> Output:
        """Run the runner whose files lie in `folder`."""
        async with self._runners:
            return await self._run(Kind.RUNNER, {"folder": f"={folder}"}, rpc, before)

    async def _run(self, kind: Kind, job: dict[str, Any], rpc: Rpc, before: BeforeCall) -> Output:
        job |= {"job": kind.value, "table": self._table, "temporary": f"={self._temporary}"}
        async with self._worker(kind) as worker:
            reader, writer = await asyncio.open_unix_connection(sock=worker.wire.dup(), limit=LINE_LIMIT)
            try:
                writer.write(_line(job))
                return await _serve(reader, writer, rpc, before) or worker.end(LAST_WORDS)
            finally:
                writer.close()

    @contextlib.asynccontextmanager
    async def _worker(self, kind: Kind) -> AsyncIterator[Worker]:
        if self._is_closing:
            raise RuntimeError("the engine ends")
        worker = self._spares.take(kind)
        self._running.add(worker)
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        finally:
            self._running.discard(worker)
        if worker.lives:
            self._spares.keep(kind, worker)
        else:
            worker.end()


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


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
