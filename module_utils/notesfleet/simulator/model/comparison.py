"""Worlds compared whole, whichever engine lived in them (action-engine sections 7 and 10)."""

from __future__ import annotations

import base64
from typing import Any

from notesfleet.canonical import canonical_text
from notesfleet.errors import JournalDamaged
from notesfleet.orders.journal import read_journal
from notesfleet.simulator.model.dump import canonical_world
from notesfleet.simulator.state import World

NOT_COMPARED = ("t", "ms", "pid", "runner", "resumed", "text")
"""Fields of a journal's records in which the languages may differ."""


def comparable(world: World) -> dict[str, Any]:
    """The whole state, sorted; journals as their records without what may differ, other files as readable text."""
    state: dict[str, Any] = canonical_world(world).model_dump(mode="json", by_alias=True)
    for pc in state["pcs"]:
        for file in pc["files"]:
            data = base64.b64decode(file.pop("base64"))
            is_journal = file["path"].lower().endswith(".journal")
            file["content"] = _records(data) if is_journal else data.decode("latin-1").splitlines(keepends=True)
    return state


def differences(left: World, right: World) -> list[str]:
    """Where two worlds differ, as `path: left | right`; empty where they are equal."""
    return _differences("", comparable(left), comparable(right))


def _records(data: bytes) -> list[str]:
    try:
        records = read_journal(data).records
    except JournalDamaged as damaged:
        return [str(damaged)]
    return [
        canonical_text({key: value for key, value in record.items() if key not in NOT_COMPARED}) for record in records
    ]


def _differences(at: str, left: Any, right: Any) -> list[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        keys = sorted({*left, *right})
        return [line for key in keys for line in _differences(f"{at}/{key}", left.get(key), right.get(key))]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return [line for number, (one, other) in pairs for line in _differences(f"{at}/{number}", one, other)]
    return [] if left == right else [f"{at}: {str(left)[:400]} | {str(right)[:400]}"]
