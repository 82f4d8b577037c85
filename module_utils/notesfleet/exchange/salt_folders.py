"""Where Salt finds the adapters of an installed notesfleet: the entry point of the group `salt.loader`."""

from __future__ import annotations

import sys
from pathlib import Path

KINDS = {"modules": "_modules", "states": "_states", "returners": "_returners", "pillar": "_pillar"}


def folders() -> dict[str, list[str]]:
    """Kind of module to folders: of the checkout that is installed in place, else of what pip has laid down."""
    checkout = Path(__file__).resolve().parents[3] / "salt"
    root = checkout if checkout.is_dir() else Path(sys.prefix, "share", "notesfleet", "salt")
    return {kind: [str(root / name)] for kind, name in KINDS.items()}
