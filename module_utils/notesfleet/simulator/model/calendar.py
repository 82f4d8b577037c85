"""What comes next in a world, without looking at every PC each time: with 11,000 PCs that would take hours."""

from __future__ import annotations

import heapq

from notesfleet.simulator.state import World

SERVERS = ""
"""Stands for the servers where names of PCs are."""


class Calendar:
    """Moments at which something is due, each with its PC or SERVERS; and which PCs' clocks run ahead.

    A moment may be there though its event has happened already, when a PC that waited was ahead of it.
    """

    def __init__(self) -> None:
        self._moments: list[tuple[str, str]] = []
        self.ahead: set[str] = set()

    def fill(self, world: World) -> None:
        """Begin anew with what a state document says."""
        self._moments = [(event.at, pc.name) for pc in world.pcs for event in pc.events]
        self._moments += [(event.at, SERVERS) for event in world.domino.events]
        heapq.heapify(self._moments)
        self.ahead = {pc.name for pc in world.pcs if pc.ahead}

    def add(self, at: str, name: str) -> None:
        heapq.heappush(self._moments, (at, name))

    def next_moment(self, until: str) -> str | None:
        """The next moment, if it comes by `until`. Moments are texts (`clock.text`), which sort by time."""
        return self._moments[0][0] if self._moments and self._moments[0][0] <= until else None

    def take(self, until: str) -> set[str]:
        """Whose moments come by `until`; they are taken out."""
        names = set()
        while self._moments and self._moments[0][0] <= until:
            names.add(heapq.heappop(self._moments)[1])
        return names
