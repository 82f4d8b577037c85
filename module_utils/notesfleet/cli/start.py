"""The program `notesfleet`. It loads nothing by itself, so that Ctrl-C is quiet while the commands are loaded too."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command of the command line, and end with its exit code."""
    try:
        from notesfleet.cli.main import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
