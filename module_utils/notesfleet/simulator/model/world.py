"""The model: a state document that lives by the clock, and what runners and session 0 see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.simulator.model.dump import canonical_world
from notesfleet.simulator.model.events import settle
from notesfleet.simulator.model.pc import PcModel
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.seams_system import ModelSystemSeams
from notesfleet.simulator.state import DominoEvent, World


class ModelWorld:
    """Loaded from a state document, which it changes in place."""

    def __init__(self, state: World) -> None:
        self.state = state
        self._pcs = {pc.name: PcModel(state, pc) for pc in state.pcs}

    def pc(self, name: str) -> PcModel:
        """Raises InputError where there is no such PC."""
        if name not in self._pcs:
            raise InputError(f"there is no PC {name} in this world")
        return self._pcs[name]

    def runner_seams(self, pc_name: str, sid: str, budget: int) -> ModelRunnerSeams:
        """For a runner that starts now in the session of `sid` and may wait `budget` simulated seconds."""
        pc = self.pc(pc_name)
        pc.unpark(sid)
        return ModelRunnerSeams(pc, sid, budget)

    def system_seams(self, pc_name: str) -> ModelSystemSeams:
        """For one script in session 0."""
        return ModelSystemSeams(self.pc(pc_name))

    def dump(self) -> World:
        """The whole state, sorted: equal worlds have equal dumps."""
        return canonical_world(self.state)

    def due(self, to: datetime) -> Iterator[tuple[str, str]]:
        """Let time pass up to `to`; yields (PC, SID) of each runner that must run before time goes on.

        A runner that waits looks again when something happens on its PC or on a server, and once at the end.
        """
        while (moment := self._next_moment(to)) is not None:
            self._move(moment)
            everywhere = self._domino_events()
            changed = [name for name, pc in sorted(self._pcs.items()) if settle(pc)]
            yield from self._waiting(sorted(self._pcs) if everywhere else changed)
        self._move(to)
        yield from self._waiting(sorted(self._pcs))

    def _next_moment(self, to: datetime) -> datetime | None:
        now = clock.parse(self.state.now)
        moments = [event.at for event in self.state.domino.events]
        moments += [event.at for pc in self._pcs.values() for event in pc.pc.events]
        return max(now, clock.parse(min(moments))) if moments and clock.parse(min(moments)) <= to else None

    def _move(self, to: datetime) -> None:
        """What a PC's clock ran ahead by waiting is caught up with, so that no clock goes back."""
        passed = max(0, int((to - clock.parse(self.state.now)).total_seconds()))
        self.state.now = clock.text(max(to, clock.parse(self.state.now)))
        for pc in self._pcs.values():
            pc.pc.ahead = max(0, pc.pc.ahead - passed)

    def _domino_events(self) -> bool:
        due = [event for event in self.state.domino.events if event.at <= self.state.now]
        for event in sorted(due, key=lambda event: event.at):
            self.state.domino.events.remove(event)
            self._on_domino(event)
        return bool(due)

    def _on_domino(self, event: DominoEvent) -> None:
        for person in self.state.domino.persons:
            if event.do == "move_mailbox" and person.name == event.name:
                person.mail_server = event.mail_server
        for server in self.state.domino.servers:
            if event.do in ("server_up", "server_down") and server.name == event.name:
                server.up = event.do == "server_up"

    def _waiting(self, names: list[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            pc = self._pcs[name]
            for sid in list(pc.pc.waiters):
                if pc.pc.power == "on" and pc.session_of(sid) is not None:
                    yield name, sid
