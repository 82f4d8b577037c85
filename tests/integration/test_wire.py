"""Real `ansible` over real WS-Management to both engines; the model is as small as a test can have it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import prepared
import pytest
from powershell import engine_folder, powershell_program, spares

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.powershell.package import script_text
from notesfleet.simulator.control import Control
from notesfleet.simulator.engines.command import CommandEngine
from notesfleet.simulator.engines.powershell import PowerShellEngine
from notesfleet.simulator.server import Simulator, write_folder
from notesfleet.simulator.state import Domino, Pc, World

ANSIBLE = Path(sys.executable).parent / "ansible"
TINY = """#Requires -Version 5.1
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$bytes = Get-ClientFile -Path $complex_args.path -Limit 100
$failure = ''
try { $null = Get-ClientFile -Path 'locked' -Limit 1 } catch { $failure = $_.Exception.Message }
$sessions = @(Get-UserSession)
$text = if ($null -eq $bytes) { 'nothing' } else { [System.Text.Encoding]::UTF8.GetString($bytes) }
ConvertTo-Json -Compress -InputObject @{
    changed = $false; text = $text; failure = $failure; sessions = $sessions.Count
    time = (Get-RunnerTime).ToString('yyyy-MM-ddTHH:mm:ss') }
"""


class Seams:
    """The few seams that the tiny module asks."""

    def __init__(self, pc: str) -> None:
        self.pc = pc

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        from notesfleet.codes import Code
        from notesfleet.errors import ActionFailure

        if path == "locked":
            raise ActionFailure(Code.LOCKED_FILE, "somebody has it open")
        return f"{self.pc} reads {path}".encode()[:limit] if path else None

    def get_user_session(self) -> list[Any]:
        return []

    def get_runner_time(self) -> datetime:
        return clock.parse("2026-11-26T20:00:00Z")


class Model:
    def mount(self, name: str, folder: Path) -> None:
        """These PCs look at no share."""

    def __init__(self) -> None:
        self.state = World(
            now="2026-11-26T20:00:00Z",
            domino=Domino(),
            pcs=[
                Pc(name=name, address=address, power=power, machine_guid="guid")
                for name, address, power in (
                    ("pc1", "127.77.0.1", "on"),
                    ("pc2", "127.77.0.2", "on"),
                    ("pcoff", "127.77.0.3", "off"),
                    ("pcdark", "127.77.0.4", "dark"),
                )
            ],
        )

    def system_seams(self, pc_name: str) -> Seams:
        return Seams(pc_name)

    def runner_seams(self, pc_name: str, sid: str, budget: int) -> Seams:
        return Seams(pc_name)

    def dump(self) -> World:
        return self.state

    def due(self, to: datetime) -> Iterator[tuple[str, str]]:
        self.state.now = clock.text(to)
        yield from ()


class Scripts:
    async def run_script(self, pc: str, script_name: str, complex_args: dict[str, Any]) -> dict[str, Any]:
        return {"changed": False, "pc": pc, "script": script_name, "request": complex_args.get("request")}


@dataclass
class Running:
    simulator: Simulator
    folder: Path
    modules: Path

    def ansible(
        self, pcs: str, module: str, arguments: dict[str, Any] | None = None
    ) -> subprocess.CompletedProcess[str]:
        hosts = {name: {"ansible_host": pc.address} for pc in self.simulator.world.state.pcs for name in [pc.name]}
        inventory = self.folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
        command = [
            *(str(ANSIBLE), pcs, "-i", str(inventory)),
            *("-m", module, "-a", json.dumps(arguments or {"path": "x"})),
            *("-e", f"@{self.folder}/connection.yml"),
            *("-e", "ansible_winrm_read_timeout_sec=3", "-e", "ansible_winrm_operation_timeout_sec=2"),
        ]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ANSIBLE_LIBRARY": str(self.modules),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_LOCALHOST_WARNING": "0",
        }
        return prepared.run(command, self.folder, environment, timeout=120)


@pytest.fixture(scope="module", params=["python", "powershell"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("simulator")
    modules = folder / "modules"
    modules.mkdir()
    (modules / "tiny.ps1").write_text(TINY)
    (modules / "exchange.ps1").write_text(script_text("exchange.ps1"))
    model = Model()
    if request.param == "python":
        engine: Any = CommandEngine(Scripts(), lambda pc, sid, budget: None)
    else:
        program = powershell_program()
        engine = PowerShellEngine(model, program, engine_folder(), spares(program))
    ready: threading.Event = threading.Event()
    made: list[Simulator] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        simulator = Simulator(model, engine)
        await simulator.start()
        write_folder(simulator, folder)
        made.append(simulator)
        loops.append(asyncio.get_running_loop())
        ready.set()
        await simulator.wait()
        await simulator.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    yield Running(made[0], folder, modules)
    loops[0].call_soon_threadsafe(made[0].stop)
    thread.join(30)
    assert not thread.is_alive()


def engine_of(running: Running) -> str:
    return type(running.simulator.engine).__name__


def test_a_module_is_answered_by_the_pc_of_its_address(running: Running) -> None:
    if engine_of(running) == "CommandEngine":
        done = running.ansible("pc1,pc2", "exchange", {"request": {"wait": 1}})
        assert '"pc": "pc1"' in done.stdout
        assert '"pc": "pc2"' in done.stdout
        assert '"wait": 1' in done.stdout
    else:
        done = running.ansible("pc1,pc2", "tiny", {"path": "C:\\é.txt"})
        assert '"text": "pc1 reads C:\\\\\\u00e9.txt"' in done.stdout or "pc1 reads C:\\\\é.txt" in done.stdout
        assert "pc2 reads" in done.stdout
        assert '"failure": "locked_file: somebody has it open"' in done.stdout
        assert '"time": "2026-11-26T20:00:00"' in done.stdout
        assert '"sessions": 0' in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_python_engine_refuses_another_text_under_any_name(running: Running) -> None:
    if engine_of(running) != "CommandEngine":
        pytest.skip("the powershell engine runs every text")
    done = running.ansible("pc1", "tiny", {"path": "x"})
    assert done.returncode == 2
    assert "its text is none of the shipped scripts" in done.stdout + done.stderr


def test_a_pc_that_is_off_or_dark_is_unreachable(running: Running) -> None:
    done = running.ansible("pcoff,pcdark", "tiny")
    assert done.returncode == 4
    assert done.stdout.count("UNREACHABLE!") == 2


def test_traffic_is_counted_per_pc_and_no_shell_is_left(running: Running) -> None:
    before = json.loads(Control(running.folder).counts())["pcs"].get("pc1", {"total": {"requests": 0}})
    running.ansible("pc1", "exchange", {"request": {}})
    counts = json.loads(Control(running.folder).counts())["pcs"]["pc1"]
    assert counts["total"]["requests"] - before["total"]["requests"] == 6
    assert counts["operations"]["create"]["requests"] == counts["operations"]["delete"]["requests"]
    assert running.simulator.wsman.open_shells() == 0


def test_time_moves_only_forward_by_the_control(running: Running) -> None:
    control = Control(running.folder)
    later = clock.parse("2026-11-27T08:00:00Z")
    assert control.advance(later) == "2026-11-27T08:00:00Z"
    with pytest.raises(InputError, match="time only goes on"):
        control.advance(clock.parse("2026-11-26T08:00:00Z"))
    assert json.loads(control.state())["now"] == "2026-11-27T08:00:00Z"


def test_secrets_lie_in_files_that_only_their_owner_reads(running: Running) -> None:
    for name in ("simulator.json", "connection.yml"):
        assert (running.folder / name).stat().st_mode & 0o777 == 0o600
