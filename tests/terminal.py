"""A program in front of a terminal: what it draws, and what stands on the screen in the end."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

COLUMNS = 100


def run_on_terminal(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and all that was written to a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    variables = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        command, cwd=folder, env=variables | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b"".join(_read(ours))
        os.close(ours)
        return process.wait(240), written.decode("utf-8").replace("\r\n", "\n")


def screen_of(written: str) -> list[str]:
    """The lines that are left when every carriage return has been obeyed; a program may use no other control."""
    lines = []
    for line in written.split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines


def _read(descriptor: int) -> list[bytes]:
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # Linux says so when the other side is closed
            return parts
        if not part:
            return parts
        parts.append(part)
