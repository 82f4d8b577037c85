"""What a user's runner sees and does on a PC of the model (`actions.seams.Seams`)."""

from __future__ import annotations

import base64
from collections.abc import Callable

from notesfleet.actions.seams import NotesOle, RunnerUser, UserIdle
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import events, files
from notesfleet.simulator.model.notes_objects import Door
from notesfleet.simulator.model.notes_session import ModelSession, ModelWorkspace
from notesfleet.simulator.model.pc import PcModel, folded
from notesfleet.simulator.model.power import Power
from notesfleet.simulator.model.seams_system import PcSeams
from notesfleet.simulator.model.shares import is_unc
from notesfleet.simulator.state import Session

NOTES_PORT = 1352


class ModelRunnerSeams(PcSeams):
    """A runner in the session of a user. `budget`: simulated seconds that it may wait.

    Its power can be cut and its doings be joined by others' (`cut_after`, `cut_at_write`, `at_write`, `at_append`).
    """

    def __init__(self, pc: PcModel, sid: str, budget: int) -> None:
        super().__init__(pc)
        self.power = Power()
        self._sid, self._budget = sid, budget

    def check(self) -> None:
        self.power.check()

    @property
    def appends(self) -> int:
        """Journal lines appended so far."""
        return self.power.appends

    @property
    def writes(self) -> int:
        """Changes of the client so far."""
        return self.power.writes

    def cut_after(self, appends: int, torn: int = 0) -> None:
        """Cut the power in that append (from 1), after `torn` bytes of its line."""
        self.power.cut_after(appends, torn)

    def cut_at_write(self, number: int, after: bool = False) -> None:
        """Cut the power just before, or just after, that change (from 1)."""
        self.power.cut_at_write(number, after)

    def at_write(self, number: int, do: Callable[[], None]) -> None:
        """Let something happen just before that change (from 1), such as the user opening Notes."""
        self.power.at_write(number, do)

    def at_append(self, number: int, do: Callable[[], None]) -> None:
        """Let something happen just before that journal line (from 1) is appended."""
        self.power.at_append(number, do)

    def revive(self) -> None:
        """Power again: the next runner is a new process, which holds no lock."""
        self.power.revive()
        for data in [data for data, holder in self._pc.locks.items() if holder is self]:
            del self._pc.locks[data]

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        self.check()
        if is_unc(path):
            return self._pc.read_share(path, limit)
        files.check_reader(self._pc, path, self._sid)
        return self._pc.read(path, limit)

    def set_client_file(self, path: str, content: bytes) -> None:
        self.check()
        files.check_writer(self._pc, path, self._sid)
        files.check_writable(self._pc, path, content)
        self.power.write(lambda: self._pc.write(path, content, self._sid))

    def get_client_file_list(self, folder: str) -> list[str]:
        self.check()
        files.check_lister(self._pc, folder, self._sid)
        return self._pc.names_in(folder)

    def add_journal_line(self, path: str, line: bytes) -> None:
        self.check()
        file = files.check_appender(self._pc, path, self._sid)

        def put(data: bytes) -> None:
            file.base64 = base64.b64encode(base64.b64decode(file.base64) + data).decode("ascii")

        self.power.append(line, put)

    def get_runner_user(self) -> RunnerUser:
        self.check()
        session = self._session()
        return RunnerUser(self._sid, session.id, session.elevated)

    def wait_runner(self, seconds: int) -> bool:
        """Wait while the budget allows; else the runner is parked until something changes."""
        self.check()
        if self._budget < seconds:
            self._pc.park(self._sid)
            return False
        self._budget -= seconds
        self._pc.wait(seconds)
        events.settle(self._pc)
        self._pc.unpark(self._sid)
        return self._pc.session_of(self._sid) is not None

    def enter_runner_lock(self, data: str) -> bool:
        self.check()
        holder = self._pc.locks.get(folded(data))
        if isinstance(holder, ModelRunnerSeams) and holder.power.is_off:
            holder = None
        if holder is not None and holder is not self:
            return False
        self._pc.locks[folded(data)] = self
        return True

    def exit_runner_lock(self, data: str) -> None:
        self.check()
        self._pc.locks.pop(folded(data), None)

    def get_user_idle(self) -> UserIdle:
        self.check()
        session = self._session()
        return UserIdle(session.idle, session.dialog)

    def test_exclusive(self, path: str) -> bool:
        self.check()
        file = self._pc.file(path)
        if file is not None:
            return not file.locked
        database = self._pc.database_file(path)
        return database is not None and not database.held and not self._pc.is_held_by_notes(path)

    def test_server_port(self, host: str, port: int) -> bool:
        self.check()
        servers = self._pc.world.domino.servers
        return any(each.host.lower() == host.lower() and each.up and port == NOTES_PORT for each in servers)

    def connect_notes_ole(self) -> NotesOle:
        """Would start Notes where it does not run in this session, and hang behind a dialog: both are harms."""
        self.check()
        session = self._session()
        running = [each for each in self._pc.pc.processes if each.sid == self._sid and each.name == "nlnotes.exe"]
        if not running:
            self._harm("OLE would have started Notes")
            raise ActionFailure(Code.WOULD_ASK_PASSWORD, "Notes does not run")
        if not any(each.session == session.id and each.elevated == session.elevated for each in running):
            raise ActionFailure(Code.RUNNER_ERROR, "Notes runs in another session or with other rights")
        if session.dialog or session.state != "active":
            self._harm("OLE was called behind a dialog or a lock")
            raise ActionFailure(Code.RUNNER_ERROR, "Notes shows a dialog or the session is locked")
        door = Door(self._pc, self._pc.client_of(self._sid), "ole", self.power)
        return NotesOle(ModelSession(door), ModelWorkspace(door))

    def new_notes_session(self) -> ModelSession:
        """`Initialize` puts up a password prompt that nobody expects, unless the ID asks nothing (notes_client 6)."""
        self.check()
        client = self._pc.client_of(self._sid)
        if client.id.asks:
            self._harm("COM asked for the password")
            raise ActionFailure(Code.WOULD_ASK_PASSWORD, f"{client.id.path} has a password")
        return ModelSession(Door(self._pc, client, "com", self.power))

    def _session(self) -> Session:
        session = self._pc.session_of(self._sid)
        if session is None:
            raise ActionFailure(Code.RUNNER_ERROR, f"{self._sid} is not logged on")
        return session

    def _harm(self, what: str) -> None:
        self._pc.pc.harms.append(f"{self._sid}: {what}")
