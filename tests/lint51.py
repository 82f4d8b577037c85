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
from tempfile import TemporaryDirectory

from notesfleet.powershell.package import MODULES, runner_files

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


def lint_modules() -> Linted:
    """Lint each module as it lies on the PC, by itself: a command of a file that is not in it is unknown."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in MODULES]
        for path in paths:
            path.write_bytes(next(file.content for file in runner_files() if file.name == path.name))
        found = [lint([path]) for path in paths]
    clean = None if any(each.clean is None for each in found) else all(each.clean for each in found)
    return Linted(clean, "\n".join(dict.fromkeys(each.text for each in found)))


def main() -> int:
    found = [lint(scripts()), lint_modules()]
    required = "powershell" in os.environ.get("NOTESFLEET_REQUIRE", "")
    for each in found:
        print(f"PowerShell 5.1 lint: {'skipped, ' if each.clean is None else ''}{each.text}")
    return 0 if all(each.clean or (each.clean is None and not required) for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
