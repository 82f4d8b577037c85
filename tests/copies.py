"""The PowerShell that Ansible sends is a copy of the package's: `python tests/copies.py` makes the copies anew.

The copies are byte for byte the package's files: the simulated PC knows our modules by the hash of what travelled.
"""

from __future__ import annotations

from pathlib import Path

from notesfleet.powershell.package import FOLDER

MODULES = Path(__file__).resolve().parent.parent / "collections/ansible_collections/notesfleet/client/plugins/modules"
NAMES = ("exchange.ps1", "survey.ps1")


def stale() -> list[str]:
    """The names of copies that are missing or differ."""
    return [name for name in NAMES if _bytes(MODULES / name) != _bytes(FOLDER / name)]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


if __name__ == "__main__":
    for name in NAMES:
        if (FOLDER / name).exists():
            (MODULES / name).write_bytes((FOLDER / name).read_bytes())
