"""What `survey.ps1` reads on a PC, on the seams of session 0: the same document, field by field. Writes nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from notesfleet import clock
from notesfleet.actions.seams import SystemSeams, UserProfile
from notesfleet.audit.notes_ini import NotesIni, trim
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

NOTES_KEY = "SOFTWARE\\Lotus\\Notes"
VENDORS = ("HCL", "IBM", "Lotus")
INI_LIMIT, HEADER_LIMIT, DATABASE_LIMIT, PROFILE_LIMIT, ERROR_LIMIT = 1024 * 1024, 1024, 200, 100, 199
_LOCAL = re.compile(r"[A-Za-z]:\\[^*?\"<>|]{0,1000}")
_Read = TypeVar("_Read")


def survey(seams: SystemSeams) -> dict[str, Any]:
    """The survey document of a PC, with `changed` as a module prints it."""
    try:
        return _Survey(seams).document()
    except ActionFailure as failure:
        return {"failed": True, "changed": False, "msg": f"survey: {failure}"}


@dataclass(frozen=True)
class _Found:
    """A notes.ini. `code`: why it, or the data directory that it names, cannot be looked at."""

    found_by: str
    path: str
    content: bytes | None = None
    data: str = ""
    code: str = ""


class _Survey:
    """One survey. What cannot be read is noted, and the rest is read."""

    def __init__(self, seams: SystemSeams) -> None:
        self._seams = seams
        self._errors: list[dict[str, str]] = []
        self._code_page = seams.get_code_page()
        self._processes = seams.get_notes_process()
        self._installations = list(self._find_installations())

    def document(self) -> dict[str, Any]:
        seams, version = self._seams, self._seams.get_system_version()
        owners = seams.get_user_profile()
        for each in owners[PROFILE_LIMIT:]:
            self._note("profile", each.path, "too_many", each.sid)
        profiles = [self._profile(each) for each in owners[:PROFILE_LIMIT]]
        return {
            "changed": False,
            "schema": 1,
            "time": clock.text(seams.get_runner_time()),
            "computer": version.computer_name,
            "os_version": version.os_version,
            "booted": clock.text(version.booted),
            "machine": seams.get_machine_id(),
            "code_page": self._code_page,
            "drives": [{"name": each.name, "size": each.size, "free": each.free} for each in seams.get_drive_space()],
            "sessions": [{"id": each.id, "sid": each.sid, "state": each.state} for each in seams.get_user_session()],
            "processes": [
                {"name": each.name, "sid": each.sid, "started": clock.text(each.started)} for each in self._processes
            ],
            "installations": self._installations,
            "profiles": [each for each in profiles if each is not None],
            "errors": self._errors,
        }

    def _note(self, what: str, path: str, code: str, sid: str) -> None:
        if len(self._errors) < ERROR_LIMIT:
            self._errors.append({"what": what, "path": path, "code": code, "sid": sid})
        elif len(self._errors) == ERROR_LIMIT:
            self._errors.append({"what": "errors", "path": "", "code": "too_many", "sid": ""})

    def _look(self, what: str, path: str, sid: str, look: Callable[[], _Read]) -> _Read | None:
        try:
            return look()
        except ActionFailure as failure:
            self._note(what, path, failure.code.value, sid)
            return None

    def _registry(self, hive: str, view: str, key: str, name: str, sid: str = "") -> str:
        place = f"{hive}\\{key} ({view})"
        found = self._look("registry", place, sid, lambda: self._seams.get_registry_value(hive, view, key, name))
        return found or ""

    def _subkeys(self, hive: str, view: str, key: str, sid: str = "") -> list[str]:
        place = f"{hive}\\{key} ({view})"
        names = self._look("registry", place, sid, lambda: self._seams.get_registry_subkey(hive, view, key))
        return [f"{key}\\{name}" for name in names or []]

    def _find_installations(self) -> Iterator[dict[str, Any]]:
        """Notes' registry keys in both views; the top key shows only the last installation (notes_client 1)."""
        for view in ("32", "64"):
            for key in (NOTES_KEY, *self._subkeys("HKLM", view, NOTES_KEY)):
                program = self._registry("HKLM", view, key, "Path")
                if program:
                    yield self._installation(view, key, program.rstrip("\\"))

    def _installation(self, view: str, key: str, folder: str) -> dict[str, Any]:
        file = f"{folder}\\nlnotes.exe"
        is_local = _LOCAL.fullmatch(folder) is not None
        found = self._look("version", file, "", lambda: self._seams.get_file_version(file)) if is_local else None
        return {
            "view": view,
            "key": key,
            "program": folder,
            "data": self._registry("HKLM", view, key, "DataPath"),
            "version": found.version if found else "",
            "machine": found.machine if found else "",
        }

    def _profile(self, owner: UserProfile) -> dict[str, Any] | None:
        found = self._notes_ini(owner)
        if found is None:
            return None
        names = []
        if found.data:
            names = self._names(found.data, "", owner.sid) + self._names(f"{found.data}\\mail", "mail\\", owner.sid)
        databases = [self._database(found.data, name, owner.sid) for name in names[:DATABASE_LIMIT]]
        return {
            "sid": owner.sid,
            "account": owner.account,
            "ini_path": found.path,
            "found_by": found.found_by,
            "data": found.data,
            "error": found.code,
            "ini": _text(found.content),
            "databases": [each for each in databases if each is not None],
            "truncated": len(names) > DATABASE_LIMIT,
        }

    def _notes_ini(self, owner: UserProfile) -> _Found | None:
        """The best that can be read. What cannot be is not passed over for a worse one, unless it may not be there."""
        passed: _Found | None = None
        for found_by, path in self._candidates(owner):
            found = self._read(owner, found_by, path)
            if found is None:
                continue
            if not found.code:
                if passed is not None:
                    self._note("notes.ini", passed.path, passed.code, owner.sid)
                return found
            passed = passed or found
            if found.code != "not_local" or found_by == "process":
                break
        return passed

    def _candidates(self, owner: UserProfile) -> list[tuple[str, str]]:
        """Where this profile's notes.ini may be, best first (notes_client 1, decision)."""
        found = []
        for process in self._processes:
            given = re.search(r'"?=([^"]+)', process.command_line)
            if process.sid == owner.sid and given:
                found.append(("process", trim(given[1])))
        top = f"{owner.sid}\\Software\\Lotus\\Notes"
        for key in (*self._subkeys("HKU", "64", top, owner.sid), top):
            path = self._registry("HKU", "64", key, "NotesIniPath", owner.sid)
            if path:
                found.append(("registry", path))
        found += [("folder", f"{owner.path}\\AppData\\Local\\{vendor}\\Notes\\Data\\notes.ini") for vendor in VENDORS]
        folders = [each[name] for each in self._installations for name in ("data", "program")]
        return found + [("machine", f"{folder}\\notes.ini") for folder in folders if folder]

    def _read(self, owner: UserProfile, found_by: str, path: str) -> _Found | None:
        """Nothing where no Notes is set up there; a code where something is there and cannot be looked at."""
        if not _LOCAL.fullmatch(path):
            return _Found(found_by, path, code="not_local") if found_by in ("process", "registry") else None
        if found_by == "machine":
            of = self._look("owner", path, owner.sid, lambda: self._seams.get_file_owner(path))
            if of != owner.sid:
                return None
        try:
            content = self._seams.get_client_file(path, INI_LIMIT + 1)
        except ActionFailure as failure:
            if found_by == "folder" and failure.code is Code.NO_RIGHTS:
                # A guess behind a link, where nobody may look: that no client is made of it is said.
                self._note("notes.ini", path, failure.code.value, owner.sid)
                return None
            return _Found(found_by, path, code=failure.code.value)
        if content is None:
            return None
        if len(content) > INI_LIMIT:
            return _Found(found_by, path, code="too_large")
        return self._with_data(found_by, path, content)

    def _with_data(self, found_by: str, path: str, content: bytes) -> _Found | None:
        """A notes.ini counts where the directory that it names has a names.nsf."""
        try:
            data = trim(NotesIni.parse(content, self._code_page).value("Directory") or "").rstrip("\\")
            if not data:
                return None
            if not _LOCAL.fullmatch(data):
                return _Found(found_by, path, content, code="not_local")
            if self._seams.get_client_file_info(f"{data}\\names.nsf") is None:
                return None
        except ActionFailure as failure:
            return _Found(found_by, path, content, code=failure.code.value)
        return _Found(found_by, path, content, data)

    def _names(self, folder: str, prefix: str, sid: str) -> list[str]:
        names = self._look("folder", folder, sid, lambda: self._seams.get_client_file_list(folder)) or []
        return [f"{prefix}{name}" for name in names if name.lower().endswith((".nsf", ".box"))]

    def _database(self, data: str, name: str, sid: str) -> dict[str, Any] | None:
        path = f"{data}\\{name}"
        info = self._look("file", path, sid, lambda: self._seams.get_client_file_info(path))
        if info is None:
            return None
        header, error = None, ""
        try:
            header = self._seams.get_client_file(path, HEADER_LIMIT)
        except ActionFailure as failure:
            error = failure.code.value
        return {"path": name, "size": info.size, "modified": info.modified, "header": _text(header), "error": error}


def _text(data: bytes | None) -> str:
    return base64.b64encode(data or b"").decode("ascii")
