"""The model: a state document that lives by the clock, and what runners and session 0 see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.simulator.model.calendar import SERVERS, Calendar
from notesfleet.simulator.model.dump import canonical_world
from notesfleet.simulator.model.events import lose_power, settle
from notesfleet.simulator.model.pc import PcModel
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.seams_system import ModelSystemSeams
from notesfleet.simulator.model.shares import Shares
from notesfleet.simulator.state import DominoEvent, Person, World


class ModelWorld:
    """Loaded from a state document, which it changes in place."""

    def __init__(self, state: World) -> None:
        self.state = state
        self._calendar = Calendar()
        self._shares = Shares()
        self._pcs = {pc.name: PcModel(state, pc, self._calendar, self._shares) for pc in state.pcs}

    def pc(self, name: str) -> PcModel:
        """Raises InputError where there is no such PC."""
        if name not in self._pcs:
            raise InputError(f"there is no PC {name} in this world")
        return self._pcs[name]

    def mount(self, name: str, folder: Path) -> None:
        """Let the PCs see a folder of the controller under a UNC name."""
        self._shares.mount(name, folder)

    def runner_seams(self, pc_name: str, sid: str, budget: int) -> ModelRunnerSeams:
        """For a runner that starts now in the session of `sid` and may wait `budget` simulated seconds."""
        pc = self.pc(pc_name)
        pc.unpark(sid)
        return ModelRunnerSeams(pc, sid, budget)

    def system_seams(self, pc_name: str) -> ModelSystemSeams:
        """For one script in session 0."""
        return ModelSystemSeams(self.pc(pc_name))

    def lose_power(self, pc_name: str) -> None:
        """The PC is off, at once."""
        lose_power(self.pc(pc_name))

    def dump(self) -> World:
        """The whole state, sorted: equal worlds have equal dumps."""
        return canonical_world(self.state)

    def due(self, to: datetime) -> Iterator[tuple[str, str]]:
        """Let time pass up to `to`; yields (PC, SID) of each runner that must run before time goes on.

        A runner that waits looks again when something happens on its PC or on a server, and once at the end.
        """
        self._calendar.fill(self.state)
        until = clock.text(to)
        while (moment := self._calendar.next_moment(until)) is not None:
            self._move(clock.parse(moment))
            names = self._calendar.take(self.state.now)
            if SERVERS in names:
                self._domino_events()
            changed = [name for name in sorted(names - {SERVERS}) if settle(self._pcs[name])]
            yield from self._waiting(sorted(self._pcs) if SERVERS in names else changed)
        self._move(to)
        yield from self._waiting(sorted(self._pcs))

    def _move(self, to: datetime) -> None:
        """What a PC's clock ran ahead by waiting is caught up with, so that no clock goes back."""
        passed = max(0, int((to - clock.parse(self.state.now)).total_seconds()))
        self.state.now = clock.text(max(to, clock.parse(self.state.now)))
        for name in sorted(self._calendar.ahead):
            pc = self._pcs[name].pc
            pc.ahead = max(0, pc.ahead - passed)
            if not pc.ahead:
                self._calendar.ahead.discard(name)

    def _domino_events(self) -> None:
        due = [event for event in self.state.domino.events if event.at <= self.state.now]
        self.state.domino.events = [event for event in self.state.domino.events if event.at > self.state.now]
        persons = {person.name: person for person in self.state.domino.persons}
        for event in sorted(due, key=lambda event: event.at):
            self._on_domino(event, persons)

    def _on_domino(self, event: DominoEvent, persons: dict[str, Person]) -> None:
        if event.do == "move_mailbox" and event.name in persons:
            persons[event.name].mail_server = event.mail_server
        for server in self.state.domino.servers:
            if event.do in ("server_up", "server_down") and server.name == event.name:
                server.up = event.do == "server_up"

    def _waiting(self, names: list[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            pc = self._pcs[name]
            for sid in list(pc.pc.waiters):
                if pc.pc.power == "on" and pc.session_of(sid) is not None:
                    yield name, sid
