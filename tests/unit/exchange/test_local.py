"""The way to the PC's own PowerShell: what goes in, and what happens when no answer comes out (stand-in programs)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from notesfleet.errors import DocumentError, InputError
from notesfleet.exchange import local
from notesfleet.exchange.local import COMMAND, LocalPowerShell, LocalRequest, powershell_program
from notesfleet.powershell.package import script_text


def program(folder: Path, body: str) -> LocalPowerShell:
    path = folder / "powershell"
    path.write_text(
        f"#!{sys.executable}\nimport json, pathlib, sys, time\nhere = pathlib.Path(__file__).parent\n{body}\n"
    )
    path.chmod(0o700)
    return LocalPowerShell(str(path))


def test_script_and_request_go_in_on_standard_input_and_not_on_the_command_line(tmp_path: Path) -> None:
    send = program(
        tmp_path,
        "given = sys.stdin.buffer.read(); (here / 'given').write_bytes(given)\n"
        "(here / 'words').write_text(json.dumps(sys.argv[1:])); print('{\"changed\": false}')",
    )
    assert send("exchange", {"request": {"who": "Zoë"}}) == {"changed": False}
    given = (tmp_path / "given").read_bytes()
    assert given.isascii()
    request = LocalRequest.model_validate_json(given)
    assert request.script == script_text("exchange.ps1")
    assert request.complex_args == {"request": {"who": "Zoë"}}
    words = json.loads((tmp_path / "words").read_text())
    assert words[-2:] == ["-Command", COMMAND]
    assert '"' not in COMMAND


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("print('Access is denied.', file=sys.stderr); sys.exit(5)", "exchange.ps1 gave no JSON: Access is denied."),
        ("sys.exit(5)", "it said nothing and ended with exit code 5"),
        ("print('[1]')", "gave no JSON object"),
        ("time.sleep(20)", "gave no answer within 1 s and was ended"),
    ],
)
def test_no_answer_is_an_error_of_one_line(
    tmp_path: Path, body: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "ANSWER_WITHIN", 1 if "sleep" in body else 60)
    with pytest.raises(DocumentError) as raised:
        program(tmp_path, body)("exchange", {})
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_windows_own_powershell_is_taken_by_its_place_and_never_from_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "powershell.exe"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    with pytest.raises(InputError, match=r"there is no program C:\\Windows\\System32\\WindowsPowerShell"):
        powershell_program("")
