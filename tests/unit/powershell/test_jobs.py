"""The simulator's PowerShell processes: one after another, jobs that leave nothing to the next."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from powershell import powershell_program, spares

from notesfleet.simulator.engines.processes import Processes
from notesfleet.simulator.engines.workers import Spares
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.rpc import Rpc
from notesfleet.simulator.wire.shells import Output

Script = Callable[[str], Awaitable[Output]]


class NoPower(Rpc):
    """The model's side of a PC that loses its power at the first call."""

    def __init__(self) -> None:
        """No seam of it is ever reached."""

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        raise PowerCut


async def nothing(request: dict[str, Any]) -> None:
    """These scripts need nothing before a call."""


def with_processes(folder: Path, test: Callable[[Script], Awaitable[None]], kept: Spares | None = None) -> None:
    async def run() -> None:
        processes = Processes(kept or spares(powershell_program()), folder / "temporary")
        processes.start()
        await test(lambda text: processes.payload(text, "first\nsecond", NoPower(), nothing))

    asyncio.run(run())


def test_a_job_gets_its_input_and_gives_its_output_its_errors_and_its_exit_code(tmp_path: Path) -> None:
    async def test(script: Script) -> None:
        text = "$input | Out-String; [Console]::Error.WriteLine([string][char]233); $host.SetShouldExit(4); no-such"
        output = await script(text)
        assert output.stdout.split() == [b"first", b"second"]
        assert "é".encode() in output.stderr
        assert b"'no-such' is not recognized" in output.stderr
        assert output.exit_code == 4
        thrown = await script("'before'; throw 'out of paper'")
        assert (thrown.stderr.strip(), thrown.exit_code) == (b"out of paper", 1)
        assert (await script("exit 3")).exit_code == 3

    with_processes(tmp_path, test)


def test_the_next_job_runs_in_the_same_process_and_finds_nothing_of_the_last(tmp_path: Path) -> None:
    leave = "; ".join(
        (
            "$global:left = 1; $env:LEFT = '1'; $env:PATH = 'x'; function global:Get-Left { 1 }",
            "$ErrorActionPreference = 'Stop'; Set-Location /",
            "[Environment]::CurrentDirectory = [IO.Path]::GetTempPath()",
            "[Console]::Out.WriteLine('left'); $host.SetShouldExit(9); throw 'left'",
        )
    )
    look = "; ".join(
        (
            "$global:left; $env:LEFT; $env:PATH; @(Get-Command Get-Left -ErrorAction Ignore).Count",
            "$ErrorActionPreference; [string]$pwd; [Environment]::CurrentDirectory; $PID",
        )
    )

    async def test(script: Script) -> None:
        before = await script(look)
        assert (await script(leave)).stdout == b"left\n"
        after = await script(look)
        assert before.stdout == after.stdout
        assert (after.stderr, after.exit_code) == (b"", 0)

    with_processes(tmp_path, test)


def test_a_power_cut_ends_the_process_and_the_next_job_has_another(tmp_path: Path) -> None:
    async def test(script: Script) -> None:
        first = await script("$PID")
        call = "[AppDomain]::CurrentDomain.GetData('notesfleet.wire').Writer.WriteLine('{}')"
        read = "[AppDomain]::CurrentDomain.GetData('notesfleet.wire').Reader.ReadLine()"
        with pytest.raises(PowerCut):
            await script(f"{call}; {read}; Start-Sleep 600")
        second = await script("$PID")
        assert second.stdout.strip().isdigit()
        assert first.stdout != second.stdout

    with_processes(tmp_path, test)


def test_a_process_that_dies_says_why_and_the_next_job_has_another(tmp_path: Path) -> None:
    async def test(script: Script) -> None:
        died = await script("[Environment]::Exit(7)")
        assert (died.stdout, died.exit_code) == (b"", 7)
        first = await script("$PID")
        assert first.stdout.strip().isdigit()
        os.kill(int(first.stdout), signal.SIGKILL)
        await asyncio.sleep(1)
        second = await script("$PID")
        assert second.stdout.strip().isdigit()
        assert first.stdout != second.stdout

    with_processes(tmp_path, test)


def test_a_process_serves_one_engine_after_another_and_ends_with_those_that_keep_it(tmp_path: Path) -> None:
    seen: list[list[bytes]] = []

    async def test(script: Script) -> None:
        seen.append((await script("$PID; $env:TEMP; [IO.Path]::GetTempPath(); $env:NOTESFLEET_WIRE")).stdout.split())

    kept = Spares(powershell_program())
    for name in ("first", "second"):
        with_processes(tmp_path / name, test, kept)
    kept.close()
    assert seen[0][0] == seen[1][0]
    folders = [[Path(os.fsdecode(path)) for path in each[1:]] for each in seen]
    assert folders == [[tmp_path / name / "temporary"] * 2 for name in ("first", "second")]
    assert not Path(f"/proc/{seen[0][0].decode()}").exists()
