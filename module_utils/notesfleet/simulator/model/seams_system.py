"""What session 0 sees and does on a PC of the model (`actions.seams.SystemSeams`)."""

from __future__ import annotations

from datetime import datetime

from notesfleet import clock
from notesfleet.actions.seams import (
    DriveSpace,
    FileDigest,
    FileInfo,
    FileVersion,
    NotesProcess,
    SystemVersion,
    UserProfile,
    UserSession,
)
from notesfleet.canonical import sha256_hex
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import events, files
from notesfleet.simulator.model.pc import PcModel, folded, same_path
from notesfleet.simulator.model.shares import is_unc
from notesfleet.simulator.state import File, Folder, RegistryValue, Task

SYSTEM = "Administrators"
ROOT_NAME = "notesfleet"
FOLDERS = {"ProgramFiles": "C:\\Program Files", "ProgramData": "C:\\ProgramData", "SystemRoot": "C:\\Windows"}
NOTES_PROGRAMS = ("nlnotes.exe", "notes2.exe", "ntaskldr.exe")


class PcSeams:
    """What both a runner and session 0 may ask."""

    def __init__(self, pc: PcModel) -> None:
        self._pc = pc

    def check(self) -> None:
        """Called first by every seam."""

    def get_code_page(self) -> int:
        self.check()
        return self._pc.pc.code_page

    def get_machine_id(self) -> str:
        self.check()
        return self._pc.pc.machine_guid

    def get_runner_time(self) -> datetime:
        self.check()
        return self._pc.now

    def get_user_session(self) -> list[UserSession]:
        self.check()
        sessions = sorted(self._pc.pc.sessions, key=lambda session: session.id)
        return [UserSession(session.id, session.sid, session.state) for session in sessions]

    def get_notes_process(self) -> list[NotesProcess]:
        self.check()
        return [
            NotesProcess(
                name=each.name,
                pid=each.pid,
                sid=each.sid,
                session=each.session,
                started=clock.parse(each.started),
                command_line=each.command_line,
                elevated=each.elevated,
            )
            for each in sorted(self._pc.pc.processes, key=lambda process: process.pid)
            if each.name.lower() in NOTES_PROGRAMS
        ]

    def get_folder_path(self, name: str) -> str:
        self.check()
        return FOLDERS[name]


class ModelSystemSeams(PcSeams):
    """Session 0. `started`: SIDs whose tasks it started and whose runners have not run yet."""

    def __init__(self, pc: PcModel) -> None:
        super().__init__(pc)
        self.started: list[str] = []

    @property
    def machine_is_free(self) -> bool:
        """Whether the machine lock can be had; who runs several scripts at once waits for it."""
        return self._pc.machine_lock in (None, self)

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        """Session 0 that reads a UNC path makes the PC's account known to whoever owns that name (safety 2.1)."""
        if is_unc(path):
            self._pc.pc.harms.append(f"session 0 read {path}")
        return self._pc.read(path, limit)

    def set_client_file(self, path: str, content: bytes) -> None:
        files.check_writable(self._pc, path, content)
        self._pc.write(path, content, SYSTEM)

    def get_client_file_list(self, folder: str) -> list[str]:
        return self._pc.names_in(folder)

    def wait_runner(self, seconds: int) -> bool:
        self._pc.wait(seconds)
        events.settle(self._pc)
        return True

    def get_registry_value(self, hive: str, view: str, key: str, name: str) -> str | None:
        """A user's hive is loaded only while that user is logged on."""
        if hive == "HKU" and self._pc.session_of(key.split("\\", 1)[0]) is None:
            return None
        for value in self._pc.pc.registry:
            found = (value.hive, folded(value.key), value.name.lower())
            if found == (hive, folded(key), name.lower()) and _same_view(value, view):
                return value.value
        return None

    def get_registry_subkey(self, hive: str, view: str, key: str) -> list[str]:
        start = folded(key.rstrip("\\")) + "\\"
        names = {
            value.key[len(start) :].split("\\", 1)[0]
            for value in self._pc.pc.registry
            if value.hive == hive and folded(value.key).startswith(start) and _same_view(value, view)
        }
        if hive == "HKU" and self._pc.session_of(key.split("\\", 1)[0]) is None:
            return []
        return sorted(names)

    def get_user_profile(self) -> list[UserProfile]:
        profiles = sorted(self._pc.pc.profiles, key=lambda profile: profile.sid)
        return [UserProfile(profile.sid, profile.account, profile.path) for profile in profiles]

    def get_system_version(self) -> SystemVersion:
        return SystemVersion(self._pc.pc.os_version, self._pc.pc.name, clock.parse(self._pc.pc.booted))

    def get_drive_space(self) -> list[DriveSpace]:
        drives = sorted(self._pc.pc.drives, key=lambda drive: drive.name)
        return [DriveSpace(drive.name, drive.size, drive.free) for drive in drives]

    def get_client_file_info(self, path: str) -> FileInfo | None:
        file, database = self._pc.file(path), self._pc.database_file(path)
        if file is not None:
            return FileInfo(len(self._pc.read(path, 1 << 30) or b""), file.modified)
        return FileInfo(database.size, database.modified) if database is not None else None

    def get_file_owner(self, path: str) -> str | None:
        file = self._pc.file(path)
        return None if file is None else file.owner

    def get_client_folder_list(self, folder: str) -> list[str]:
        links = [each.path for each in self._pc.pc.folders if each.link]
        names = self._pc.folders_in(folder)
        return [name for name in names if not any(same_path(f"{folder.rstrip(chr(92))}\\{name}", at) for at in links)]

    def get_file_digest(self, folder: str) -> list[FileDigest]:
        contents = {name: self._pc.read(f"{folder}\\{name}", 1 << 30) or b"" for name in self._pc.names_in(folder)}
        return [FileDigest(name, sha256_hex(content)) for name, content in contents.items()]

    def get_file_version(self, path: str) -> FileVersion | None:
        for known, text in self._pc.pc.versions.items():
            if same_path(known, path):
                version, _, machine = text.partition(" ")
                if not machine:
                    raise ActionFailure(Code(version), f"{path} cannot be read")
                return FileVersion(version, machine)
        return None

    def new_protected_folder(self, path: str, reader: str) -> None:
        """Every folder from `notesfleet` down is checked, and made where it is missing."""
        parts = path.split("\\")
        begin = next((at for at, part in enumerate(parts) if part.lower() == ROOT_NAME), len(parts) - 1)
        for end in range(begin + 1, len(parts) + 1):
            at = "\\".join(parts[:end])
            last = end == len(parts)
            self._protect(at, reader if last or reader == "Users" else "", change=last or reader == "Users")

    def _protect(self, path: str, reader: str, change: bool) -> None:
        readers = [reader] if reader else []
        folder = self._pc.folder(path)
        if folder is None:
            self._pc.pc.folders.append(Folder(path=path, readers=readers))
            return
        if folder.link or folder.owner not in (SYSTEM, "SYSTEM"):
            raise ActionFailure(Code.PLANTED_FOLDER, f"{path} is a link or is owned by {folder.owner}")
        if change and readers:
            folder.readers = readers

    def new_journal_file(self, path: str, sid: str) -> None:
        if self._pc.file(path) is not None:
            raise ActionFailure(Code.RUNNER_ERROR, f"{path} exists already")
        files.check_writable(self._pc, path, b"")
        self._pc.pc.files.append(File(path=path, base64="", owner=SYSTEM, writers=[sid]))

    def enter_machine_lock(self) -> bool:
        if not self.machine_is_free:
            return False
        self._pc.machine_lock = self
        return True

    def exit_machine_lock(self) -> None:
        if self._pc.machine_lock is self:
            self._pc.machine_lock = None

    def register_runner_task(self, sid: str, command: str, arguments: str) -> None:
        others = [task for task in self._pc.pc.tasks if task.sid != sid]
        self._pc.pc.tasks = [*others, Task(sid=sid, command=command, arguments=arguments)]

    def start_runner_task(self, sid: str, session: int) -> None:
        """IgnoreNew (safety 1.9): a runner that is started already is not started twice."""
        if not any(task.sid == sid for task in self._pc.pc.tasks):
            raise ActionFailure(Code.NOT_FOUND, f"there is no task of {sid}")
        if not any((each.id, each.sid) == (session, sid) for each in self._pc.pc.sessions):
            raise ActionFailure(Code.RUNNER_ERROR, f"{sid} has no session {session}")
        if sid not in self.started:
            self.started.append(sid)


def _same_view(value: RegistryValue, view: str) -> bool:
    """A user's own Software key is the same in both views; the machine's is not."""
    return value.hive == "HKU" or value.view == view
