"""What a part kind offers to the engine (action-engine section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.canonical import canonical_text

PART_LIMIT = 500


@dataclass(frozen=True)
class Reading:
    """A part's value, and what an exact undo needs besides."""

    value: Value
    keep: Any = field(default_factory=list)


class PartKind(Protocol):
    """`exact`: a write can be taken back. `later`: Notes shows the new value some time after the write.

    `settle`: what belongs to a write besides its atom, done again after a cut between the two.
    """

    exact: bool
    later: bool

    def find(self, client: Client, way: str, arguments: Arguments) -> list[At]: ...
    def read(self, client: Client, way: str, arguments: Arguments, at: At) -> Reading: ...
    def write(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None: ...
    def restore(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None: ...
    def settle(self, client: Client, way: str, arguments: Arguments, at: At) -> None: ...
    def unproven(self, client: Client, way: str, arguments: Arguments, at: At) -> bool: ...


def in_order(parts: list[At]) -> list[At]:
    """Parts by their canonical text, ordinal."""
    return sorted(parts, key=canonical_text)
