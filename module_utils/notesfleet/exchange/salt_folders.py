"""Where Salt finds the adapters of an installed notesfleet: the entry point of the group `salt.loader`."""

from __future__ import annotations

import sys
from pathlib import Path

KINDS = {"modules": "_modules", "states": "_states", "returners": "_returners", "pillar": "_pillar"}


def folders() -> dict[str, list[str]]:
    """Kind of module to folders: of the checkout that is installed in place, else of what pip has laid down."""
    package = Path(__file__).resolve().parents[1]
    # A checkout; Salt's own pip, which puts all into one folder; any other pip.
    places = (package.parents[1], package.parent / "share" / "notesfleet", Path(sys.prefix, "share", "notesfleet"))
    roots = [place / "salt" for place in places]
    root = next((root for root in roots if (root / "_modules" / "notesfleet.py").is_file()), roots[-1])
    return {kind: [str(root / name)] for kind, name in KINDS.items()}
