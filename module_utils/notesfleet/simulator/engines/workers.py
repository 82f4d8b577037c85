"""PowerShell processes that do one job after another, each on a wire of its own that nobody else can reach.

The wire is one end of a pair of sockets that the process inherits: no port, so no other process can speak in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from enum import Enum
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


class Kind(Enum):
    """What a process does. One that has done a kind is warm for it, and for it alone."""

    PAYLOAD = "payload"
    RUNNER = "runner"


class Spares:
    """Processes that wait for a job. Starting and warming one takes seconds, so engines may share them in turn."""

    def __init__(self, powershell: str) -> None:
        self._powershell = powershell
        self._idle: dict[Kind, list[Worker]] = {kind: [] for kind in Kind}

    def take(self, kind: Kind) -> Worker:
        """One that waits for this kind, else a new one."""
        while self._idle[kind]:
            worker = self._idle[kind].pop()
            if worker.lives:
                return worker
            worker.end()
        return _started(self._powershell)

    def keep(self, kind: Kind, worker: Worker) -> None:
        """For the next job; its last one has ended."""
        self._idle[kind].append(worker)

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().end()


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
