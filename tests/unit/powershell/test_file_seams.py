"""The runner's own look at files, without any stand-in: what is not there, and what cannot be looked at."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import cast

from powershell import powershell_program, runner_folder

from notesfleet.actions.seams import Seams
from notesfleet.actions.stops import kept_by
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.orders.model import Staging

STOPPED = "stopped_by_site"
LOOK = """
$ErrorActionPreference = 'Stop'
$module = Import-Module "$Runner/Runner.psm1" -PassThru -DisableNameChecking
foreach ($path in $Paths) {
    foreach ($word in 'False', 'True') {
        $staging = @{ not_before = $null; stop_file = $path; stop_if_unreadable = $word -eq 'True' }
        "$(& $module { Get-StopReason -Staging $args[0] } $staging)"
    }
}
"""


def test_a_stop_file_that_cannot_be_looked_at_is_not_taken_for_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    # The last stands for a share that cannot be reached: File.Exists says no of both, and only opening tells why.
    places = [tmp_path / name for name in ("missing", "no_folder/missing", "there", "x" * 300)]
    assert looked(tmp_path, places) == ["", "", "", "", STOPPED, STOPPED, "", STOPPED]


def test_a_stop_file_that_another_program_holds_is_there(tmp_path: Path) -> None:
    holds = "function global:Get-ClientFile { throw 'locked_file: another program has it' }\n"
    assert looked(tmp_path, [tmp_path / "held"], holds) == [STOPPED, STOPPED]
    staging = Staging(ini="i", stop_file="held", stop_if_unreadable=False)
    assert kept_by(cast(Seams, Held(Code.LOCKED_FILE)), staging) == STOPPED
    assert kept_by(cast(Seams, Held(Code.NO_RIGHTS)), staging) is None


class Held:
    """Seams whose every file fails to be read."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        raise ActionFailure(self._code, path)


def looked(folder: Path, places: list[Path], before: str = "") -> list[str]:
    """Why an order waits, for each place of the stop file, without and with `stop_if_unreadable`."""
    script = folder / "look.ps1"
    paths = ", ".join(f"'{path}'" for path in places)
    script.write_text(f"$Runner = '{runner_folder(folder)}'\n$Paths = {paths}\n{before}{LOOK}")
    command = [powershell_program(), "-NoProfile", "-NonInteractive", "-File", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()
