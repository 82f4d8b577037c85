"""The seams of session 0 on real files: nothing is read behind a link (safety 2.1); why one cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from powershell import PowerShell, ScriptFailed

from notesfleet.powershell.package import SCRIPTS, joined_text

SEAMS = joined_text(SCRIPTS["survey.ps1"][:-1])
LOOK = """
$names = @(Get-ClientFileList -Folder $Value)
$file = "$Value/names.nsf"
$info = Get-ClientFileInfo -Path $file
$data = Get-ClientFile -Path $file -Limit 3
@{ names = $names; size = $(if ($info) { $info.Size }); start = $(if ($null -ne $data) { $data.Length }) }
"""


def looked_at(powershell: PowerShell, script: str, folder: Path) -> Any:
    # The session's stand-in has the seams' names; the shipped ones are wanted here.
    shipped = SEAMS.replace("function Test-NoSeam([string] $Name) {", "function Test-NoSeam([string] $Name) { $true;")
    return powershell.evaluate(f"{shipped}\n{script}", str(folder))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "data"
    folder.mkdir()
    (folder / "names.nsf").write_bytes(b"12345")
    (folder / "b.nsf").write_bytes(b"")
    return folder


def test_a_plain_folder_is_read(powershell: PowerShell, data: Path) -> None:
    assert looked_at(powershell, LOOK, data) == {"names": ["b.nsf", "names.nsf"], "size": 5, "start": 3}


def test_what_is_not_there_is_nothing(powershell: PowerShell, data: Path) -> None:
    assert looked_at(powershell, LOOK, data / "none") == {"names": [], "size": None, "start": None}


@pytest.mark.parametrize(
    "seam",
    [
        "Get-ClientFileList -Folder $Value",
        'Get-ClientFileInfo -Path "$Value/names.nsf"',
        'Get-ClientFile -Path "$Value/names.nsf" -Limit 9',
        'Get-FileVersion -Path "$Value/names.nsf"',
        'Get-FileOwner -Path "$Value/names.nsf"',
    ],
)
@pytest.mark.parametrize("below", [False, True], ids=["the folder", "above the folder"])
def test_behind_a_link_nothing_is_looked_at(powershell: PowerShell, data: Path, seam: str, below: bool) -> None:
    link = data.parent / "link"
    link.symlink_to(data.parent if below else data)
    with pytest.raises(ScriptFailed, match=r"no_rights: .*link is a link"):
        looked_at(powershell, f"$null = {seam}; $true", link / "data" if below else link)


def test_a_link_to_a_file_is_not_followed_even_where_nothing_is_behind_it(powershell: PowerShell, data: Path) -> None:
    (data / "names.nsf").unlink()
    (data / "names.nsf").symlink_to(data / "nowhere")
    with pytest.raises(ScriptFailed, match="no_rights"):
        looked_at(powershell, '$null = Get-ClientFileInfo -Path "$Value/names.nsf"; $true', data)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("New-Object System.IO.IOException 'held', 0x80070020", "locked_file"),
        ("New-Object System.IO.IOException 'a part is held', 0x80070021", "locked_file"),
        ("New-Object Exception 'a call failed', (New-Object System.IO.IOException 'held', 0x80070020)", "locked_file"),
        ("New-Object System.IO.IOException 'the disk does not answer', 0x8007001F", "runner_error"),
        ("New-Object System.UnauthorizedAccessException 'not you'", "no_rights"),
        ("New-Object System.Security.SecurityException 'not you'", "no_rights"),
        ("'too_large: of a seam'", "too_large"),
        ("'something else'", "runner_error"),
    ],
)
def test_the_code_of_a_failure_says_what_windows_said(
    powershell: PowerShell, data: Path, failure: str, code: str
) -> None:
    fails = f"function Stop-Here {{ throw ({failure}) }}\ntry {{ Stop-Here }} catch {{ Get-ErrorCode $_ }}"
    assert looked_at(powershell, fails, data) == code
