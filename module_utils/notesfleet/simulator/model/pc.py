"""One PC of the model: its files, sessions and processes, and its users' Notes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from weakref import ReferenceType, WeakValueDictionary, ref

from notesfleet import clock
from notesfleet.audit.notes_ini import NotesIni
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import nsf
from notesfleet.simulator.model.calendar import Calendar
from notesfleet.simulator.model.shares import Shares
from notesfleet.simulator.state import Database, File, Folder, NotesClient, Pc, PcEvent, Session, World


def same_path(left: str, right: str) -> bool:
    """Windows paths, without case, with either slash."""
    return folded(left) == folded(right)


@lru_cache(maxsize=1 << 16)
def folded(path: str) -> str:
    return path.replace("/", "\\").lower()


@lru_cache(maxsize=128)
def _content(text: str) -> bytes:
    """Of a file: the runner's are the same on all PCs, and every exchange reads them."""
    return base64.b64decode(text)


class PcModel:
    """A PC's state with what Windows does on it.

    `locks`: which live runner holds a data directory; `machine_lock`: which exchange holds the PC. Neither
    outlives its process, so neither is in the state.
    """

    def __init__(self, world: World, pc: Pc, calendar: Calendar | None = None, shares: Shares | None = None) -> None:
        self.world, self.pc, self._shares = world, pc, shares or Shares()
        self._calendar = calendar or Calendar()
        self.locks: WeakValueDictionary[str, object] = WeakValueDictionary()
        self._machine_lock: ReferenceType[object] | None = None

    @property
    def now(self) -> datetime:
        """The PC's time: the world's, and what its waiting has taken."""
        return clock.parse(self.world.now) + timedelta(seconds=self.pc.ahead)

    def wait(self, seconds: int) -> None:
        """Somebody on the PC waits: its clock runs ahead of the world's."""
        self.pc.ahead += seconds
        self._calendar.ahead.add(self.pc.name)

    def schedule(self, event: PcEvent) -> None:
        self.pc.events.append(event)
        self._calendar.add(event.at, self.pc.name)

    @property
    def machine_lock(self) -> object | None:
        """Who holds the machine lock; nobody where its process ended without releasing it."""
        return self._machine_lock() if self._machine_lock is not None else None

    @machine_lock.setter
    def machine_lock(self, holder: object | None) -> None:
        self._machine_lock = None if holder is None else ref(holder)

    def park(self, sid: str) -> None:
        """That user's runner waits; it runs again when something changes."""
        self.pc.waiters = sorted({*self.pc.waiters, sid})

    def unpark(self, sid: str) -> None:
        self.pc.waiters = [each for each in self.pc.waiters if each != sid]

    def client_of(self, sid: str) -> NotesClient:
        """That user's Notes. Raises not_found."""
        found = next((client for client in self.pc.clients if client.sid == sid), None)
        if found is None:
            raise ActionFailure(Code.NOT_FOUND, f"there is no Notes of {sid} on {self.pc.name}")
        return found

    def notes_is_open(self, sid: str) -> bool:
        return any(process.sid == sid and process.name == "nlnotes.exe" for process in self.pc.processes)

    def session_of(self, sid: str) -> Session | None:
        """That user's session; an active one before others."""
        own = [session for session in self.pc.sessions if session.sid == sid]
        return min(own, key=lambda session: (session.state != "active", session.id), default=None)

    def read(self, path: str, limit: int) -> bytes | None:
        """The first bytes of a file; a client's database shows its header. Raises locked_file for one that is held."""
        file = self.file(path)
        if file is not None:
            return _content(file.base64)[:limit]
        database = self.database_file(path)
        if database is None:
            return None
        if database.held:
            raise ActionFailure(Code.LOCKED_FILE, f"{path} is held by another program")
        return (nsf.header(database) + bytes(max(0, min(limit, database.size) - nsf.HEADER_SIZE)))[:limit]

    def read_share(self, path: str, limit: int) -> bytes | None:
        """The first bytes of a file by its UNC path. Raises runner_error where the share cannot be reached."""
        if not self.pc.shares:
            raise ActionFailure(Code.RUNNER_ERROR, f"{self.pc.name} does not reach {path}")
        return self._shares.read(path, limit)

    def write(self, path: str, content: bytes, owner: str) -> None:
        """Replace a file whole; its owner and rights stay."""
        file = self.file(path)
        if file is None:
            file = File(path=path, base64="", owner=owner)
            self.pc.files.append(file)
        file.base64 = base64.b64encode(content).decode("ascii")

    def file(self, path: str) -> File | None:
        wanted = folded(path)
        return next((file for file in self.pc.files if folded(file.path) == wanted), None)

    def database_file(self, path: str) -> Database | None:
        """The database that is a file at this path."""
        wanted = folded(path)
        return next((each for full, each in self._databases() if folded(full) == wanted), None)

    def folder(self, path: str) -> Folder | None:
        wanted = folded(path)
        return next((folder for folder in self.pc.folders if folded(folder.path) == wanted), None)

    def is_held_by_notes(self, path: str) -> bool:
        """A running client has its databases open (notes_client 8)."""
        for client in self.pc.clients:
            if any(same_path(f"{client.data}\\{each.path}", path) for each in client.databases):
                return any(process.sid == client.sid for process in self.pc.processes)
        return False

    def names_in(self, folder: str) -> list[str]:
        """Names of the files directly in a folder, ordinal."""
        paths = [file.path for file in self.pc.files] + [full for full, _ in self._databases()]
        return sorted(path.rsplit("\\", 1)[1] for path in paths if same_path(path.rsplit("\\", 1)[0], folder))

    def folders_in(self, folder: str) -> list[str]:
        """Names of the folders directly in a folder: those that hold any file, and those of notesfleet."""
        start = folded(folder.rstrip("\\")) + "\\"
        paths = [file.path for file in self.pc.files] + [full for full, _ in self._databases()]
        paths += [f"{each.path}\\" for each in self.pc.folders]
        rests = [path[len(start) :] for path in paths if folded(path).startswith(start)]
        return sorted({rest.split("\\", 1)[0] for rest in rests if "\\" in rest})

    def ini(self, client: NotesClient) -> NotesIni:
        """The client's notes.ini as the file has it."""
        return NotesIni.parse(self.read(client.ini, 1 << 20) or b"", self.pc.code_page)

    def _databases(self) -> Iterator[tuple[str, Database]]:
        for client in self.pc.clients:
            for database in client.databases:
                yield f"{client.data}\\{database.path}", database
