"""PowerShell processes that do one job after another, each on a wire of its own that nobody else can reach.

The wire is one end of a pair of sockets that the process inherits: no port, so no other process can speak in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from notesfleet.simulator.wire.shells import Output

SCRIPTS = Path(__file__).parent.parent / "powershell"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "DOTNET_ROOT", "SystemRoot")


@dataclass(eq=False)
class Worker:
    """A process, this end of its wire, and what it prints beside its jobs: why it died."""

    process: subprocess.Popen[bytes]
    wire: socket.socket
    printed: tuple[IO[bytes], IO[bytes]]
    _words: tuple[bytes, bytes] = (b"", b"")

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def end(self, grace: float = 0) -> Output:
        """What it printed, and its exit code; it is killed if it lives on for `grace` s. Also where it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(grace)
        self.process.kill()
        code = self.process.wait()
        if self.wire.fileno() >= 0:
            self.wire.close()
            self._words = _read(self.printed[0]), _read(self.printed[1])
        return Output(*self._words, code)


@dataclass
class Spares:
    """Processes that wait for a job. Starting and warming one takes seconds, so engines may share them in turn."""

    powershell: str
    _idle: list[Worker] = field(default_factory=list)

    def take(self) -> Worker:
        """One that waits, else a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.lives:
                return worker
            worker.end()
        return _started(self.powershell)

    def keep(self, worker: Worker) -> None:
        """For the next job; its last one has ended."""
        self._idle.append(worker)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()


def _read(file: IO[bytes]) -> bytes:
    with file:
        file.seek(0)
        return file.read()


def _started(powershell: str) -> Worker:
    here, there = socket.socketpair()
    printed = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with there:
        process = subprocess.Popen(
            [powershell, "-NoProfile", "-NonInteractive", "-File", str(SCRIPTS / "Worker.ps1")],
            stdin=subprocess.DEVNULL,
            stdout=printed[0],
            stderr=printed[1],
            env=environment | {"NOTESFLEET_WIRE": str(there.fileno())},
            pass_fds=[there.fileno()],
        )
    return Worker(process, here, printed)
