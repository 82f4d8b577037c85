"""One PowerShell process for a test session: the shipped runner's modules, on whatever model a test gives it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conformance.vectors import ROOT, RUNNER

from notesfleet.actions.seams import Seams, SystemSeams
from notesfleet.powershell.package import runner_files
from notesfleet.simulator.engines.workers import SCRIPTS, Spares
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.rpc import Rpc, table

DRIVER = Path(__file__).parent / "powershell_driver.ps1"
START_LIMIT = 60.0


class ScriptFailed(Exception):
    """The script or the runner threw; the text is PowerShell's."""


def powershell_program() -> str:
    """NOTESFLEET_POWERSHELL, else `pwsh`; else the test is skipped, or fails where PowerShell is required."""
    program = os.environ.get("NOTESFLEET_POWERSHELL") or shutil.which("pwsh")
    if not program:
        if "powershell" in os.environ.get("NOTESFLEET_REQUIRE", ""):
            pytest.fail(
                "PowerShell is required (NOTESFLEET_REQUIRE), and there is neither NOTESFLEET_POWERSHELL nor pwsh"
            )
        pytest.skip("no PowerShell: set NOTESFLEET_POWERSHELL or install pwsh")
    return program


@cache
def spares(program: str) -> Spares:
    """Processes for all simulators of this run of tests, one after another; each ends with the run."""
    kept = Spares(program)
    atexit.register(kept.close)
    return kept


@cache
def engine_folder() -> Path:
    """For all engines of this run of tests that share `spares`: PowerShell compiles a script once for each path."""
    folder = tempfile.mkdtemp(prefix="notesfleet-engines-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def runner_folder(folder: Path) -> Path:
    """The runner's files in a new folder there, as they lie on a PC."""
    runner = folder / "runner"
    runner.mkdir()
    for file in runner_files():
        (runner / file.name).write_bytes(file.content)
    return runner


class PowerShell:
    """The process. Also a conformance `Engine`: `run(seams)`. `folder`: where the runner's files may be laid."""

    name = "powershell"

    def __init__(self, program: str, folder: Path) -> None:
        self.runner = runner_folder(folder)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_LIMIT)
            environment = os.environ | {"NOTESFLEET_DRIVER_PORT": str(listener.getsockname()[1])}
            arguments = ["-StandIn", str(SCRIPTS / "StandIn.ps1"), "-Runner", str(self.runner)]
            self._process = subprocess.Popen(
                [program, "-NoProfile", "-NonInteractive", "-File", str(DRIVER), *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
            )
            connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection, self._lines = connection, connection.makefile("rb")
        self._send({"table": table()})

    def close(self) -> None:
        self._lines.close()
        self._connection.close()
        self._process.wait(10)

    def run(self, seams: Seams) -> None:
        """The user's runner until it ends. Raises PowerCut where its power went, ScriptFailed where it threw."""
        self._do({"job": "runner", "root": ROOT, "runner": RUNNER}, Rpc(seams))

    def evaluate(self, script: str, value: object = None, seams: SystemSeams | None = None) -> Any:
        """What a script makes of `$Value`, and of a PC where it may call that PC's seams."""
        return json.loads(self._do({"job": "script", "text": script, "value": value}, Rpc(seams) if seams else None))

    def _do(self, job: dict[str, Any], rpc: Rpc | None) -> str:
        cut: PowerCut | None = None
        self._send(job)
        while line := self._lines.readline():
            message = json.loads(line)
            if "done" in message or "failed" in message:
                if cut is not None:
                    raise cut
                if "failed" in message:
                    raise ScriptFailed(message["failed"])
                return str(message["done"])
            assert rpc is not None, f"a script called {message}"
            try:
                self._send(rpc.call(message))
            except PowerCut as power:
                cut = power
                self._send({"error": "=power_cut"})
        raise AssertionError(f"PowerShell ended with {self._process.wait(10)}")

    def _send(self, message: dict[str, Any]) -> None:
        self._connection.sendall(json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n")


@pytest.fixture(scope="session")
def powershell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerShell]:
    process = PowerShell(powershell_program(), tmp_path_factory.mktemp("powershell"))
    try:
        yield process
    finally:
        process.close()
