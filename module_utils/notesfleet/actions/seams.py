"""The seams: everything through which an engine touches Windows or Notes (safety 8).

One protocol for both languages. PowerShell's runner calls functions of the names in brackets; the
Python engine calls these methods. The simulator implements them once, on its model, and the
PowerShell stand-in forwards each call there.

Failures that a seam reports are `ActionFailure` with the codes locked_file, disk_full, no_rights,
damaged_file, would_ask_password or runner_error; in PowerShell an exception whose message begins
with `<code>: `. Paths are Windows paths, compared without case. Moments are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notesfleet.actions.notes_api import NotesSession, NotesUIWorkspace


@dataclass(frozen=True)
class RunnerUser:
    """In whose session the runner runs: SID, session id, elevated or not."""

    sid: str
    session: int
    elevated: bool


@dataclass(frozen=True)
class UserIdle:
    """Whole seconds since the last key or mouse movement; whether Notes shows a dialog."""

    seconds: int
    dialog: bool


@dataclass(frozen=True)
class UserSession:
    """A session on the PC. `state` is `active`, `locked` or `disconnected`."""

    id: int
    sid: str
    state: str


@dataclass(frozen=True)
class NotesProcess:
    """A process of the Notes client. `command_line` shows `=path\\notes.ini` where it was given."""

    name: str
    pid: int
    sid: str
    session: int
    started: datetime
    command_line: str
    elevated: bool


@dataclass(frozen=True)
class NotesOle:
    """The running client's automation objects, `Notes.NotesSession` and `Notes.NotesUIWorkspace`."""

    session: NotesSession
    workspace: NotesUIWorkspace


class Seams(Protocol):
    """What the engine may ask of Windows and Notes."""

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        """[Get-ClientFile] The first `limit` bytes of a file; None where there is no file."""

    def set_client_file(self, path: str, content: bytes) -> None:
        """[Set-ClientFile] Replace a file whole: temporary beside it, flushed, replaced."""

    def get_client_file_list(self, folder: str) -> list[str]:
        """[Get-ClientFileList] Names of the files in a folder, sorted; empty where there is none."""

    def add_journal_line(self, path: str, line: bytes) -> None:
        """[Add-JournalLine] Append bytes to an existing journal and flush them to disk."""

    def get_code_page(self) -> int:
        """[Get-CodePage] The system's ANSI code page, such as 1252."""

    def get_machine_id(self) -> str:
        """[Get-MachineId] MachineGuid."""

    def get_runner_user(self) -> RunnerUser:
        """[Get-RunnerUser] Who runs this runner."""

    def get_runner_time(self) -> datetime:
        """[Get-RunnerTime] The PC's time, UTC."""

    def wait_runner(self, seconds: int) -> bool:
        """[Wait-Runner] Wait. False: the runner shall end (sign-out, shut-down)."""

    def enter_runner_lock(self, data: str) -> bool:
        """[Enter-RunnerLock] The lock file in the data directory; False: another runner has it."""

    def exit_runner_lock(self, data: str) -> None:
        """[Exit-RunnerLock] Release it."""

    def get_user_idle(self) -> UserIdle:
        """[Get-UserIdle]"""

    def get_user_session(self) -> list[UserSession]:
        """[Get-UserSession] All sessions on the PC, sorted by id."""

    def get_notes_process(self) -> list[NotesProcess]:
        """[Get-NotesProcess] nlnotes.exe, notes2.exe and ntaskldr.exe of all users, sorted by pid."""

    def test_exclusive(self, path: str) -> bool:
        """[Test-Exclusive] Whether the file can be opened exclusively (nobody has it open)."""

    def test_server_port(self, host: str, port: int) -> bool:
        """[Test-ServerPort, -HostName] Whether a TCP connection is accepted."""

    def connect_notes_ole(self) -> NotesOle:
        """[Connect-NotesOle] The running client. Never called unless nlnotes runs: it would start Notes."""

    def new_notes_session(self) -> NotesSession:
        """[New-NotesSession] `Lotus.NotesSession` after Initialize. Never called unless prompt-free."""

    def get_folder_path(self, name: str) -> str:
        """[Get-FolderPath] `ProgramData`, in which the runner finds its orders."""


@dataclass(frozen=True)
class UserProfile:
    """A local profile: SID, account name without domain, profile folder."""

    sid: str
    account: str
    path: str


@dataclass(frozen=True)
class SystemVersion:
    """Windows' version such as 10.0.19045, the computer's name, and when it was started last."""

    os_version: str
    computer_name: str
    booted: datetime


@dataclass(frozen=True)
class DriveSpace:
    """A local fixed disk, bytes."""

    name: str
    size: int
    free: int


@dataclass(frozen=True)
class FileInfo:
    """Size in bytes and last write, UTC text."""

    size: int
    modified: str


@dataclass(frozen=True)
class FileDigest:
    """A file's name and the SHA-256 of its content."""

    name: str
    sha256: str


@dataclass(frozen=True)
class FileVersion:
    """File version and PE machine type (`x86`, `x64`)."""

    version: str
    machine: str


class SystemSeams(Protocol):
    """What session 0 (`powershell.package.SCRIPTS`) may ask. Same names and failures as `Seams`.

    Shared with `Seams`: get_client_file, set_client_file, get_client_file_list, get_code_page,
    get_machine_id, get_runner_time, wait_runner, get_user_session, get_notes_process.
    """

    def get_client_file(self, path: str, limit: int) -> bytes | None: ...
    def set_client_file(self, path: str, content: bytes) -> None: ...
    def get_client_file_list(self, folder: str) -> list[str]: ...
    def get_code_page(self) -> int: ...
    def get_machine_id(self) -> str: ...
    def get_runner_time(self) -> datetime: ...
    def wait_runner(self, seconds: int) -> bool: ...
    def get_user_session(self) -> list[UserSession]: ...
    def get_notes_process(self) -> list[NotesProcess]: ...

    def get_registry_value(self, hive: str, view: str, key: str, name: str) -> str | None:
        """[Get-RegistryValue] hive HKLM or HKU, view 32 or 64."""

    def get_registry_subkey(self, hive: str, view: str, key: str) -> list[str]:
        """[Get-RegistrySubkey] Names of subkeys, sorted."""

    def get_user_profile(self) -> list[UserProfile]:
        """[Get-UserProfile] Sorted by SID."""

    def get_system_version(self) -> SystemVersion:
        """[Get-SystemVersion]"""

    def get_drive_space(self) -> list[DriveSpace]:
        """[Get-DriveSpace] Sorted by name."""

    def get_client_file_info(self, path: str) -> FileInfo | None:
        """[Get-ClientFileInfo]"""

    def get_file_owner(self, path: str) -> str | None:
        """[Get-FileOwner] The SID of a file's owner; None where there is no file."""

    def get_client_folder_list(self, folder: str) -> list[str]:
        """[Get-ClientFolderList] Names of subfolders, sorted; reparse points left out."""

    def get_file_digest(self, folder: str) -> list[FileDigest]:
        """[Get-FileDigest] The files of a folder."""

    def get_file_version(self, path: str) -> FileVersion | None:
        """[Get-FileVersion] None where there is no file."""

    def new_protected_folder(self, path: str, reader: str) -> None:
        """[New-ProtectedFolder] Owned by Administrators, protected list; `reader`: a SID, `Users` or empty.

        Makes the chain that is missing; a foreign owner or a reparse point in it: code planted_folder.
        """

    def new_journal_file(self, path: str, sid: str) -> None:
        """[New-JournalFile] An empty journal that this SID may read, write and append to, nothing else."""

    def enter_machine_lock(self) -> bool:
        """[Enter-MachineLock] The machine-wide mutex of staging; waits up to 60 s."""

    def exit_machine_lock(self) -> None:
        """[Exit-MachineLock]"""

    def register_runner_task(self, sid: str, command: str, arguments: str) -> None:
        """[Register-RunnerTask] The scheduled task of safety 1.9."""

    def start_runner_task(self, sid: str, session: int) -> None:
        """[Start-RunnerTask] Start it now in that session."""

    def get_folder_path(self, name: str) -> str:
        """[Get-FolderPath] `ProgramFiles`, `ProgramData` or `SystemRoot`, as the PC has it."""
