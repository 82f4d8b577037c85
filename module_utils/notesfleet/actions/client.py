"""What an action works with: the seams, the order, and the doors to Notes that this pass has opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from notesfleet.actions.notes_api import NotesDatabase, NotesSession
from notesfleet.actions.seams import NotesOle, RunnerUser, Seams
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.orders.model import Order, Staging

Arguments = dict[str, Any]
At = dict[str, Any]
Value = dict[str, Any] | None
TEXT_LIMIT = 1024


@dataclass
class Client:
    """One order's client during one pass."""

    seams: Seams
    order: Order
    staging: Staging
    user: RunnerUser
    _ole: NotesOle | None = field(default=None, repr=False)
    _com: NotesSession | None = field(default=None, repr=False)

    def ole(self) -> NotesOle:
        """The running client; the caller has seen that it runs."""
        if self._ole is None:
            self._ole = self.seams.connect_notes_ole()
        return self._ole

    def session(self, way: str) -> NotesSession:
        """The door to Notes that this way means."""
        if way == "ole":
            return self.ole().session
        if way != "com":
            raise ActionFailure(Code.RUNNER_ERROR, f"there is no session by {way}")
        if self._com is None:
            self._com = self.seams.new_notes_session()
        return self._com

    def forget_sessions(self) -> None:
        """A client that was closed takes its objects with it."""
        self._ole, self._com = None, None

    def database(self, way: str, server: str, path: str) -> NotesDatabase | None:
        """An open database, or None where it does not open."""
        found = self.session(way).GetDatabase(server, path, False)
        return found if found is not None and found.IsOpen else None

    def local_database(self, way: str, path: str) -> NotesDatabase:
        """A database of the data directory. Raises damaged_file where it does not open."""
        found = self.database(way, "", path)
        if found is None:
            raise ActionFailure(Code.DAMAGED_FILE, f"{path} does not open")
        return found

    def path(self, relative: str) -> str:
        """The path of a file under the data directory."""
        return f"{self.order.owner.data}\\{relative}"


def shown(text: str) -> str:
    """A text from Notes as a `saw` record holds it."""
    return text[:TEXT_LIMIT]
