"""What happens on a PC at its time: people come and go, Notes is opened and closed, power fails."""

from __future__ import annotations

import base64
from collections.abc import Callable

from notesfleet import clock
from notesfleet.canonical import canonical_text
from notesfleet.simulator.model import life
from notesfleet.simulator.model.pc import PcModel, same_path
from notesfleet.simulator.state import PcEvent, Session

BUSY, IDLE = 0, 600
"""Seconds since the last key, of a user who works and of one who does not."""


def settle(pc: PcModel) -> bool:
    """Everything that is due by the PC's time, in order. True: something happened.

    Runners that Windows starts (safety 1.9: at logon and unlock) are put among the waiting ones.
    """
    happened = False
    while (event := _next_due(pc)) is not None:
        pc.pc.events.remove(event)
        if pc.pc.power == "on" or event.do == "power_on":
            DOINGS[event.do](pc, event)
        happened = True
    return happened


def _next_due(pc: PcModel) -> PcEvent | None:
    due = [event for event in pc.pc.events if clock.parse(event.at) <= pc.now]
    return min(due, key=lambda event: event.at, default=None)


def _power_on(pc: PcModel, event: PcEvent) -> None:
    pc.pc.power, pc.pc.booted = "on", event.at


def _power_off(pc: PcModel, event: PcEvent) -> None:
    """Shut down in order: Notes writes what it holds."""
    for session in list(pc.pc.sessions):
        _logoff(pc, PcEvent(at=event.at, do="logoff", sid=session.sid))
    pc.pc.power = "off"


def lose_power(pc: PcModel) -> None:
    """Nothing is shut down: what Notes and everybody else held in memory is lost."""
    for client in pc.pc.clients:
        client.memory, client.memory_changed, client.location_memory = None, [], None
    pc.pc.sessions, pc.pc.processes, pc.pc.waiters = [], [], []
    pc.locks.clear()
    pc.machine_lock = None
    pc.pc.power = "off"


def _logon(pc: PcModel, event: PcEvent) -> None:
    if pc.session_of(event.sid) is None:
        number = max([1, *(session.id for session in pc.pc.sessions)]) + 1
        pc.pc.sessions.append(Session(id=number, sid=event.sid))
        _trigger(pc, event.sid)


def _logoff(pc: PcModel, event: PcEvent) -> None:
    """Ends the user's programs, the waiting runner too."""
    life.exit_notes(pc, event.sid)
    pc.pc.sessions = [session for session in pc.pc.sessions if session.sid != event.sid]
    pc.unpark(event.sid)


def _lock(pc: PcModel, event: PcEvent) -> None:
    session = pc.session_of(event.sid)
    if session is not None:
        session.state = "locked"


def _unlock(pc: PcModel, event: PcEvent) -> None:
    session = pc.session_of(event.sid)
    if session is not None:
        session.state = "active"
        _trigger(pc, event.sid)


def _busy(pc: PcModel, event: PcEvent) -> None:
    session = pc.session_of(event.sid)
    if session is not None:
        session.idle = BUSY


def _idle(pc: PcModel, event: PcEvent) -> None:
    session = pc.session_of(event.sid)
    if session is not None:
        session.idle = IDLE


def _filled(pc: PcModel, event: PcEvent) -> None:
    """The replicator works only while Notes is open; it begins again at the next start."""
    if pc.notes_is_open(event.sid):
        life.fill_replica(pc, event.sid, event.path)


def _scribbled(pc: PcModel, event: PcEvent) -> None:
    """The user writes into the journals of what waits for him that it is finished; he may, but the checksums tell."""
    line = b"%s %s\n" % (b"0" * 16, canonical_text({"k": "finished", "state": "done", "left": []}).encode("ascii"))
    for file in pc.pc.files if pc.session_of(event.sid) is not None else []:
        content = base64.b64decode(file.base64)
        if file.path.endswith(".journal") and event.sid in file.writers and b'"finished"' not in content:
            file.base64 = base64.b64encode(content + line).decode("ascii")


def _removed(pc: PcModel, event: PcEvent) -> None:
    """Somebody has put a local copy away."""
    client = pc.client_of(event.sid)
    client.databases = [each for each in client.databases if not same_path(each.path, event.path)]


def _trigger(pc: PcModel, sid: str) -> None:
    if any(task.sid == sid for task in pc.pc.tasks):
        pc.park(sid)


DOINGS: dict[str, Callable[[PcModel, PcEvent], None]] = {
    "power_on": _power_on,
    "power_off": _power_off,
    "logon": _logon,
    "logoff": _logoff,
    "lock": _lock,
    "unlock": _unlock,
    "notes_start": lambda pc, event: life.start_notes(pc, event.sid, event.at),
    "notes_exit": lambda pc, event: life.exit_notes(pc, event.sid),
    "busy": _busy,
    "idle": _idle,
    "replica_filled": _filled,
    "entries_made": lambda pc, event: life.make_entries(pc, event.sid, event.path),
    "mail_sent": lambda pc, event: life.send_mail(pc, event.sid),
    "journal_scribbled": _scribbled,
    "copy_removed": _removed,
}
