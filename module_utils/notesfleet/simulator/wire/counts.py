"""What the PCs' traffic came to: requests and bytes, per PC and per operation."""

from __future__ import annotations

from pydantic import BaseModel, Field

from notesfleet.simulator.wire.envelope import Action


class Count(BaseModel):
    """Requests, and application bytes with HTTP headers (TLS not counted)."""

    requests: int = 0
    received: int = 0
    sent: int = 0

    def add(self, received: int, sent: int) -> None:
        self.requests += 1
        self.received += received
        self.sent += sent


class PcCounts(BaseModel):
    """One PC: all its traffic, the same per operation (`create`, `send`, ...), and TCP connections."""

    total: Count = Field(default_factory=Count)
    operations: dict[str, Count] = Field(default_factory=dict)
    connections: int = 0
    refused: int = 0


class Counts(BaseModel):
    """All PCs, by name."""

    total: Count = Field(default_factory=Count)
    pcs: dict[str, PcCounts] = Field(default_factory=dict)

    def of(self, pc: str) -> PcCounts:
        return self.pcs.setdefault(pc, PcCounts())

    def add(self, pc: str, action: Action | None, received: int, sent: int) -> None:
        """Count one request of a PC; `action` is None for one that was no operation (a refused log-on)."""
        counts = self.of(pc)
        name = action.name.lower() if action else "other"
        for count in (self.total, counts.total, counts.operations.setdefault(name, Count())):
            count.add(received, sent)
