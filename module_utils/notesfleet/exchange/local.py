"""The way to the PC on which this runs: its own Windows PowerShell, for a door that has a process there.

What runs are the scripts that Ansible sends too. Script and request go in on standard input, where no list of
processes shows them; both ways are ASCII, so that no console's code page can change anything.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from pydantic import BaseModel, ConfigDict

from notesfleet.errors import DocumentError, InputError
from notesfleet.powershell.package import script_text

COMMAND = (
    "$given = ConvertFrom-Json -InputObject (@($input) -join ''); "
    "$complex_args = $given.complex_args; "
    "$said = @(& ([scriptblock]::Create($given.script))) -join ''; "
    "[regex]::Replace($said, '[^ -~]', { param($found) '\\u{0:x4}' -f [int][char]$found.Value })"
)
"""Always the same, and without a double quote: what it runs comes on standard input."""
OPTIONS = ("-NoProfile", "-NonInteractive", "-ExecutionPolicy", "RemoteSigned", "-InputFormat", "Text")
# An exchange waits for reports at most 600 s, behind others that may hold the machine's lock.
ANSWER_WITHIN = 900
REMEDY = "name the program of Windows PowerShell 5.1 in NOTESFLEET_POWERSHELL"


class LocalRequest(BaseModel):
    """What goes in on standard input: a script of session 0 and its `$complex_args`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    script: str
    complex_args: dict[str, Any]


@dataclass(frozen=True)
class LocalPowerShell:
    """A `Send` to this PC. Raises InputError where the program cannot be started, DocumentError without an answer."""

    program: str

    def __call__(self, script: str, arguments: dict[str, Any]) -> dict[str, Any]:
        request = LocalRequest(script=script_text(f"{script}.ps1"), complex_args=arguments)
        # Not model_dump_json: its text is not ASCII.
        given = json.dumps(request.model_dump(mode="json")).encode("ascii")
        return _document(script, self._run(script, given))

    def _run(self, script: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                [self.program, *OPTIONS, "-Command", COMMAND],
                input=given,
                capture_output=True,
                timeout=ANSWER_WITHIN,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"{script}.ps1 gave no answer within {ANSWER_WITHIN} s and was ended") from error
        except OSError as error:
            raise InputError(f"{self.program} cannot be started ({error.strerror})", remedy=REMEDY) from error


def powershell_program(configured: str) -> str:
    """The PowerShell of this PC: the one that is named, else Windows' own. Raises InputError where there is none."""
    # Not from PATH: the minion is SYSTEM, and a folder in PATH may be somebody else's.
    system = PureWindowsPath(os.environ.get("SYSTEMROOT", "C:\\Windows"), "System32")
    wanted = configured or str(system / "WindowsPowerShell" / "v1.0" / "powershell.exe")
    found = shutil.which(wanted)
    if not found:
        raise InputError(
            f"there is no program {wanted}", where="NOTESFLEET_POWERSHELL" if configured else "", remedy=REMEDY
        )
    return found


def _document(script: str, done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    try:
        document = json.loads(done.stdout)
    except ValueError as error:
        raise DocumentError(f"{script}.ps1 gave no JSON: {_told(done)}") from error
    if not isinstance(document, dict):
        raise DocumentError(f"{script}.ps1 gave no JSON object")
    return document


def _told(done: subprocess.CompletedProcess[bytes]) -> str:
    text = (done.stderr or done.stdout).decode("utf-8", "replace")
    return " ".join(text.split())[:500] or f"it said nothing and ended with exit code {done.returncode}"
