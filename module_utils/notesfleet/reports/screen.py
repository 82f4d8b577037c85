"""Where a run's progress is shown: lines that stay, and on a terminal one below them that moves."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import IO, TypeAlias

from notesfleet.reports.terminal import columns_of, fitted, shown

Say: TypeAlias = Callable[[str, str], None]
"""Prints a line that stays, in the colour of a status, or in none."""

_REDRAW_SECONDS = 0.1
_QUIET_SECONDS = 60.0


class Screen:
    """Moves nothing where `file` is no terminal; then a line a minute says that the run goes on."""

    def __init__(self, file: IO[str], say: Say, now: Callable[[], float] = time.monotonic) -> None:
        self.terminal = file.isatty() and os.environ.get("TERM", "") != "dumb"
        self._file, self._say, self._now = file, say, now
        self._drawn = 0
        self._drawn_at = self._said_at = now()

    def say(self, text: str, colour: str = "") -> None:
        """A line that stays."""
        self.clear()
        self._say(shown(text), colour)
        self._said_at = self._now()

    def move(self, make: Callable[[], str]) -> None:
        """Let the moving line, or the minute's, be what `make` gives; it is asked only where it is time for one."""
        now = self._now()
        if not self.terminal:
            if now - self._said_at >= _QUIET_SECONDS:
                self.say(make())
        elif not self._drawn or now - self._drawn_at >= _REDRAW_SECONDS:
            self._draw(make())
            self._drawn_at = now

    def clear(self) -> None:
        """Take the moving line away, so that something else can be printed in its place."""
        if self._drawn:
            self._write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def _draw(self, text: str) -> None:
        line = fitted(shown(text), shutil.get_terminal_size().columns - 1)
        columns = columns_of(line)
        # The cursor goes back at once: what others print, such as a warning, begins at the left edge.
        self._write(f"\r{line}{' ' * (self._drawn - columns)}\r")
        self._drawn = columns

    def _write(self, text: str) -> None:
        encoding = getattr(self._file, "encoding", None) or "utf-8"
        self._file.write(text.encode(encoding, "replace").decode(encoding))
        self._file.flush()
