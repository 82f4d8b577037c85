"""Sudden ends: the simulator is told to stop while it works, a PC loses its power in the middle of an order."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fleet import ROOT, VirtualFleet, virtual_fleet
from powershell import powershell_program
from stage import Stage

from notesfleet.simulator.company import one_client
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.sites import NEW_SERVER
from notesfleet.simulator.state import PcEvent

ENGINES = pytest.mark.parametrize("engine", ["python", "powershell"])


def children(process: int) -> list[Path]:
    """The processes that a process has started and that still are there."""
    found = [Path(f"/proc/{each}") for task in Path(f"/proc/{process}/task").iterdir() for each in _children(task)]
    return [path for path in found if path.exists()]


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


@ENGINES
def test_a_simulator_that_is_told_to_stop_while_it_works_ends_quietly_and_leaves_no_child(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "powershell":
        monkeypatch.setenv("NOTESFLEET_POWERSHELL", powershell_program())
    folder = tmp_path / "ends"
    with Stage(ROOT, folder, engine, seed=1, clients=16) as stage:
        stage.notesfleet("store", "init")
        stage.notesfleet("clients", "import", str(stage.pcs))
        process = json.loads((stage.simulator / "simulator.json").read_text())["process"]
        command = ["ansible-playbook", "playbooks/audit.yml", "-e", "depth=inside"]
        with subprocess.Popen(
            command, cwd=ROOT, env=stage.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            until(lambda: bool(json.loads(stage.output("simulate", "counts"))["pcs"]))
            if engine == "powershell":
                until(lambda: len(children(process)) > 1)
            left = children(process)
            begun = time.monotonic()
            stage.__exit__(None, None, None)
            assert time.monotonic() - begun < 10
            run.wait(120)
    assert [path for path in left if path.exists()] == []
    said = (folder / "simulator.log").read_text().splitlines()
    assert len(said) == 1, said
    assert "PCs on port" in said[0]


def lose_power_once(fleet: VirtualFleet, monkeypatch: pytest.MonkeyPatch, append: int) -> None:
    """The first runner's PC loses its power in the middle of that line of the journal."""
    real, cut = fleet.model.runner_seams, []

    def seams(pc_name: str, sid: str, budget: int) -> ModelRunnerSeams:
        made = real(pc_name, sid, budget)
        if not cut:
            cut.append(pc_name)
            made.cut_after(append, torn=7)
        return made

    monkeypatch.setattr(fleet.model, "runner_seams", seams)


@ENGINES
def test_a_pc_that_loses_its_power_during_an_exchange_is_absent_and_goes_on_when_it_is_back(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = powershell_program() if engine == "powershell" else ""
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path, program) as fleet:
        lose_power_once(fleet, monkeypatch, append=6)
        dark = fleet.playbook("playbooks/migrate.yml")
        assert (dark.code, dark.sum("failed"), dark.sum("unreachable"), dark.sum("changed")) == (0, 0, 0, 0), dark.text
        assert [record.fields["host"] for record in fleet.spooled("absent")] == ["pc-0001~jdupont"]
        pc = fleet.model.pc("PC-0001").pc
        assert (pc.power, pc.sessions, pc.processes) == ("off", [], [])

        sid = pc.clients[0].sid
        for minute, do in enumerate(("power_on", "logon", "notes_start"), start=30):
            pc.events.append(PcEvent.model_validate({"at": f"2026-11-26T08:{minute}:00Z", "do": do, "sid": sid}))
        fleet.advance("2026-11-26T09:00:00Z")
        again = fleet.playbook("playbooks/migrate.yml")
        assert (again.code, again.sum("failed")) == (0, 0), again.text
        assert pc.harms == []
        names = next(each for each in pc.clients[0].databases if each.path == "names.nsf")
        servers = {str(value) for note in names.documents for item in note.items for value in item.values}
        assert NEW_SERVER in servers
        assert fleet.simulator.wsman.open_shells() == 0
    assert capfd.readouterr().err == ""


@ENGINES
def test_a_pc_that_loses_its_power_while_time_passes_does_not_stop_the_others(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = powershell_program() if engine == "powershell" else ""
    with virtual_fleet(one_client(asks=True), tmp_path, program) as fleet:
        assert fleet.playbook("playbooks/migrate.yml").code == 0
        pc = fleet.model.pc("PC-0001").pc
        start = {"at": "2026-11-26T08:30:00Z", "do": "notes_start", "sid": pc.clients[0].sid}
        pc.events.append(PcEvent.model_validate(start))
        lose_power_once(fleet, monkeypatch, append=2)
        fleet.advance("2026-11-26T09:00:00Z")
        assert (fleet.model.state.now, pc.power) == ("2026-11-26T09:00:00Z", "off")
