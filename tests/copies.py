"""The PowerShell that Ansible sends is a copy of the package's: `python tests/copies.py` makes the copies anew.

The simulated PC knows our modules by the hash of what travelled.
"""

from __future__ import annotations

from pathlib import Path

from notesfleet.powershell.package import SCRIPTS, script_text

MODULES = Path(__file__).resolve().parent.parent / "collections/ansible_collections/notesfleet/client/plugins/modules"


def stale() -> list[str]:
    """The names of copies that are missing or differ."""
    return [name for name in SCRIPTS if _bytes(MODULES / name) != script_text(name).encode("ascii")]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


if __name__ == "__main__":
    for name in SCRIPTS:
        (MODULES / name).write_bytes(script_text(name).encode("ascii"))
