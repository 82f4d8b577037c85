"""`notesfleet` as an administrator meets it: its own process, its exit code, its lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MAIN = "from notesfleet.cli.main import app; app()"


class Cli:
    """Runs `notesfleet` in a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("NOTESFLEET_", "LC_"))}
        environment = clean | {"NOTESFLEET_HOME": str(self.folder / "home"), "LANG": "C.UTF-8"} | variables
        command = [sys.executable, "-W", "error", "-c", MAIN, *words]
        return subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )

    def refused(self, *words: str, **variables: str) -> str:
        """The lines on stderr of a command that is refused: exit code 2, each line named, no traceback."""
        done = self(*words, **variables)
        assert done.returncode == 2, done
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines
        assert all(line.startswith("notesfleet: ") for line in lines), done.stderr
        return done.stderr
