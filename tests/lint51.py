"""All our PowerShell against Windows PowerShell 5.1 and .NET Framework 4.8: `python tests/lint51.py` (in `make lint`).

The lint is an option (`-Lint51`) of the PowerShell program that NOTESFLEET_POWERSHELL names; where that is a plain
`pwsh`, or there is none, it is skipped and says so (with NOTESFLEET_REQUIRE=powershell it fails).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ALLOWED = TESTS / "lint51-allow.txt"
FOLDERS = ("module_utils", "collections", "tests")


@dataclass(frozen=True)
class Linted:
    """`clean` None: there is no lint here, and `text` says why."""

    clean: bool | None
    text: str


def scripts() -> list[Path]:
    """Every PowerShell file of the repository."""
    root = TESTS.parent
    return sorted(path for folder in FOLDERS for end in ("*.ps1", "*.psm1") for path in (root / folder).rglob(end))


def allowed() -> list[str]:
    lines = ALLOWED.read_text(encoding="ascii").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def lint(files: list[Path]) -> Linted:
    """Lint these files as one program: a command that one defines is known to the others."""
    program = os.environ.get("NOTESFLEET_POWERSHELL") or shutil.which("pwsh")
    if not program:
        return Linted(None, "no PowerShell: set NOTESFLEET_POWERSHELL to a program that has -Lint51")
    command = [program, "-Lint51", "-Allow", ",".join(allowed()), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not re.search(r"^\d+ files?, \d+ findings?$", done.stdout, re.MULTILINE):
        return Linted(None, f"{program} has no -Lint51")
    return Linted(done.returncode == 0, done.stdout.strip())


def main() -> int:
    found = lint(scripts())
    required = "powershell" in os.environ.get("NOTESFLEET_REQUIRE", "")
    print(f"PowerShell 5.1 lint: {'skipped, ' if found.clean is None else ''}{found.text}")
    return 0 if found.clean or (found.clean is None and not required) else 1


if __name__ == "__main__":
    sys.exit(main())
