"""In which moment a client is, and which ways it offers (action-engine sections 5 and 11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notesfleet.actions.client import Client
from notesfleet.codes import PendingReason

QUIET_SECONDS = 30
"""Safety 1.8: nothing begins under the user's hands."""
CORE = "nlnotes.exe"


class MomentName(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    OTHER = "other"


@dataclass(frozen=True)
class Moment:
    """`reason`: why a client in `other` has to wait. `notes_started`: of the oldest nlnotes.exe."""

    name: MomentName
    reason: PendingReason | None
    notes_started: datetime | None

    def offers(self, prompt_free: bool) -> tuple[str, ...]:
        """The ways that it offers."""
        if self.name is MomentName.OTHER:
            return ("any",)
        ways = ("any", "closed" if self.name is MomentName.CLOSED else "ole")
        return (*ways, "com") if prompt_free else ways

    def way_to_session(self, prompt_free: bool) -> str | None:
        """How a session of Notes can be had now; None: not without asking or starting Notes."""
        if self.name is MomentName.OPEN:
            return "ole"
        return "com" if self.name is MomentName.CLOSED and prompt_free else None

    def why_not(self, ways: tuple[str, ...]) -> PendingReason:
        """The reason why an action with these ways has to wait."""
        if self.name is MomentName.OTHER:
            return self.reason or PendingReason.NOTES_OPEN
        if self.name is MomentName.OPEN:
            return PendingReason.NOTES_OPEN
        return PendingReason.WOULD_ASK_PASSWORD if "com" in ways else PendingReason.NOTES_CLOSED


def look(client: Client) -> Moment:
    """Look at processes and sessions; nothing of Notes is touched but whether names.nsf is in use."""
    own = [process for process in client.seams.get_notes_process() if process.sid == client.user.sid]
    if not own:
        free = client.seams.test_exclusive(client.path("names.nsf"))
        return Moment(MomentName.CLOSED, None, None) if free else _other(PendingReason.NOTES_OPEN, None)
    cores = [process for process in own if process.name.lower() == CORE]
    if not cores:
        return _other(PendingReason.NOTES_OPEN, None)
    started = min(process.started for process in cores)
    active = any(
        session.id == client.user.session and session.state == "active" for session in client.seams.get_user_session()
    )
    if not active:
        return _other(PendingReason.LOCKED, started)
    here = [process for process in cores if process.session == client.user.session]
    if not here or any(process.elevated != client.user.elevated for process in here):
        return _other(PendingReason.OTHER_SESSION, started)
    return Moment(MomentName.OPEN, None, started)


def user_is_busy(client: Client, moment: Moment) -> bool:
    """Whether the user works in an open Notes at this moment, or Notes asks something."""
    if moment.name is not MomentName.OPEN:
        return False
    idle = client.seams.get_user_idle()
    return idle.dialog or idle.seconds < QUIET_SECONDS


def _other(reason: PendingReason, started: datetime | None) -> Moment:
    return Moment(MomentName.OTHER, reason, started)
