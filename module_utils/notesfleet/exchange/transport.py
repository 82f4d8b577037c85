"""The way to a PC as an exchange sees it, and what a failure of that way means (winrm 2.5).

Ansible says "unreachable" for a PC that is off and for a wrong password alike. A PC that is off is absent:
neither failed nor changed. What an administrator has to mend stays a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from notesfleet.errors import NotesfleetError

Send: TypeAlias = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Runs `exchange`, `install` or `survey` on the PC and gives the JSON that it printed. Raises TransportFailed."""

_WHY_LIMIT = 300
_NOT_ABSENT = re.compile(
    r"credentials were rejected|CERTIFICATE_VERIFY_FAILED|certificate verify|unauthorized|kinit|not installed",
    re.IGNORECASE,
)
_ABSENT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), why)
    for pattern, why in (
        (r"connection refused", "refuses the connection"),
        (r"name or service not known|getaddrinfo|NameResolutionError|nodename nor servname", "its name is not known"),
        (r"no route to host|network is unreachable|host is down", "cannot be reached from here"),
        (
            r"reset by peer|connection aborted|RemoteDisconnected|UNEXPECTED_EOF|EOF occurred|broken pipe",
            "breaks the connection off",
        ),
        (r"timed out|timeout", "does not answer in time"),
        # Quotas of shells, users and operations, and the server's 503: it is there and cannot take more now.
        (r"code 503|21508591(7[3-9])|21508592(3[6-9]|4[01])", "is too busy to answer"),
        (r"winrm send_input failed", "breaks the connection off"),
    )
)


class TransportFailed(NotesfleetError):
    """The PC was not reached, or was lost on the way. `why` is None where it is no absence but a failure."""

    def __init__(self, text: str) -> None:
        self.why = absence(text)
        super().__init__(self.why or _one_line(text))


def absence(text: str) -> str | None:
    """Why a PC is absent, a few words for people; None where the text tells of something to be mended."""
    if _NOT_ABSENT.search(text):
        return None
    for pattern, why in _ABSENT:
        if pattern.search(text):
            return why
    # winrm leaves the text of a TimedOut fault on Create empty, behind the name of the transport.
    return "does not answer in time" if re.fullmatch(r"\s*(\w+:)?\s*", text) else None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_WHY_LIMIT]
