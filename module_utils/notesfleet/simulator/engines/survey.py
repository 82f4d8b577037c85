"""What `survey.ps1` reads on a PC, on the seams of session 0: the same document, field by field. Writes nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from notesfleet import clock
from notesfleet.actions.seams import SystemSeams, UserProfile
from notesfleet.audit.notes_ini import NotesIni
from notesfleet.errors import ActionFailure

NOTES_KEY = "SOFTWARE\\Lotus\\Notes"
VENDORS = ("HCL", "IBM", "Lotus")
INI_LIMIT, HEADER_LIMIT, DATABASE_LIMIT, PROFILE_LIMIT = 1024 * 1024, 1024, 200, 100
_LOCAL = re.compile(r"[A-Za-z]:\\[^*?\"<>|]*")


def survey(seams: SystemSeams) -> dict[str, Any]:
    """The survey document of a PC, with `changed` as a module prints it."""
    version = seams.get_system_version()
    installations = list(_installations(seams))
    profiles = [_profile(seams, each, installations) for each in seams.get_user_profile()[:PROFILE_LIMIT]]
    return {
        "changed": False,
        "schema": 1,
        "time": clock.text(seams.get_runner_time()),
        "computer": version.computer_name,
        "os_version": version.os_version,
        "machine": seams.get_machine_id(),
        "code_page": seams.get_code_page(),
        "drives": [{"name": each.name, "size": each.size, "free": each.free} for each in seams.get_drive_space()],
        "sessions": [{"id": each.id, "sid": each.sid, "state": each.state} for each in seams.get_user_session()],
        "processes": [
            {"name": each.name, "sid": each.sid, "started": clock.text(each.started)}
            for each in seams.get_notes_process()
        ],
        "installations": installations,
        "profiles": [each for each in profiles if each is not None],
    }


def _installations(seams: SystemSeams) -> Iterator[dict[str, Any]]:
    """Notes' registry keys in both views; the top key shows only the last installation (notes_client 1)."""
    for view in ("32", "64"):
        keys = [NOTES_KEY, *(f"{NOTES_KEY}\\{name}" for name in seams.get_registry_subkey("HKLM", view, NOTES_KEY))]
        for key in keys:
            program = seams.get_registry_value("HKLM", view, key, "Path")
            if not program:
                continue
            folder = program.rstrip("\\")
            found = seams.get_file_version(f"{folder}\\nlnotes.exe")
            yield {
                "view": view,
                "key": key,
                "program": folder,
                "data": seams.get_registry_value("HKLM", view, key, "DataPath") or "",
                "version": found.version if found else "",
                "machine": found.machine if found else "",
            }


def _profile(seams: SystemSeams, profile: UserProfile, installations: list[dict[str, Any]]) -> dict[str, Any] | None:
    for found_by, path in _candidates(seams, profile, installations):
        content = _read(seams, path, INI_LIMIT) if _LOCAL.fullmatch(path) else None
        if content is None or (found_by == "machine" and seams.get_file_owner(path) != profile.sid):
            continue
        data = (NotesIni.parse(content, seams.get_code_page()).value("Directory") or "").strip().rstrip("\\")
        if not _LOCAL.fullmatch(data) or seams.get_client_file_info(f"{data}\\names.nsf") is None:
            continue
        databases, truncated = _databases(seams, data)
        return {
            "sid": profile.sid,
            "account": profile.account,
            "ini_path": path,
            "found_by": found_by,
            "data": data,
            "ini": base64.b64encode(content).decode("ascii"),
            "databases": databases,
            "truncated": truncated,
        }
    return None


def _candidates(
    seams: SystemSeams, profile: UserProfile, installations: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Where this profile's notes.ini may be, best first (notes_client 1, decision)."""
    for process in seams.get_notes_process():
        given = re.search(r'"?=([^"]+)', process.command_line)
        if process.sid == profile.sid and given:
            yield "process", given[1].strip()
    user_key = f"{profile.sid}\\Software\\Lotus\\Notes"
    keys = [*(f"{user_key}\\{name}" for name in seams.get_registry_subkey("HKU", "64", user_key)), user_key]
    for key in keys:
        path = seams.get_registry_value("HKU", "64", key, "NotesIniPath")
        if path:
            yield "registry", path
    for vendor in VENDORS:
        yield "folder", f"{profile.path}\\AppData\\Local\\{vendor}\\Notes\\Data\\notes.ini"
    for installation in installations:
        for folder in (installation["data"], installation["program"]):
            if folder:
                yield "machine", f"{folder}\\notes.ini"


def _databases(seams: SystemSeams, data: str) -> tuple[list[dict[str, Any]], bool]:
    """The databases of the data directory and of its folder `mail`, by their first bytes."""
    names = [name for name in seams.get_client_file_list(data) if _is_database(name)]
    names += [f"mail\\{name}" for name in seams.get_client_file_list(f"{data}\\mail") if _is_database(name)]
    found = []
    for name in names[:DATABASE_LIMIT]:
        info = seams.get_client_file_info(f"{data}\\{name}")
        if info is None:
            continue
        header, error = b"", ""
        try:
            header = seams.get_client_file(f"{data}\\{name}", HEADER_LIMIT) or b""
        except ActionFailure as failure:
            error = failure.code.value
        found.append(
            {
                "path": name,
                "size": info.size,
                "modified": info.modified,
                "header": base64.b64encode(header).decode("ascii"),
                "error": error,
            }
        )
    return found, len(names) > DATABASE_LIMIT


def _is_database(name: str) -> bool:
    return name.lower().endswith((".nsf", ".box"))


def _read(seams: SystemSeams, path: str, limit: int) -> bytes | None:
    """A file's content; None where it is missing, locked or too large."""
    try:
        content = seams.get_client_file(path, limit + 1)
    except ActionFailure:
        return None
    return content if content is not None and len(content) <= limit else None
