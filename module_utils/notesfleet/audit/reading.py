"""The clients that a survey shows, and the facts of each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from notesfleet.audit.facts import (
    DatabaseFact,
    DriveFact,
    Facts,
    FilesFacts,
    IniFacts,
    NotesFacts,
    PcFacts,
    RunningFacts,
    Unknown,
    UnreadFact,
)
from notesfleet.audit.naming import client_names
from notesfleet.audit.notes_ini import NotesIni
from notesfleet.audit.nsf_header import NotAnNsf, read_header
from notesfleet.audit.survey import SaidDatabase, SaidProfile, Survey
from notesfleet.errors import ActionFailure

DATA_LIMIT = 1024


@dataclass(frozen=True)
class ClientReading:
    """One client that a survey shows: its name, whose it is, where its notes.ini lies, what is known of it.

    `unread`: the sections of which this reading knows nothing, such as those of a locked notes.ini.
    """

    name: str
    pc: str
    account: str
    sid: str
    ini: str
    facts: Facts
    unread: frozenset[str] = field(default=frozenset())

    @property
    def not_inside(self) -> str | None:
        """Why this client cannot be given an inside audit; None where it can."""
        ini = self.facts.ini
        needed: list[object] = [ini.data, ini.mail_server, ini.mail_file]
        if "files" in self.unread:
            needed.append(self.facts.files.databases)
        why = next((each.unknown for each in needed if isinstance(each, Unknown)), None)
        return f"no inside audit: {why}" if why is not None else None


def read_clients(survey: Survey, pc: str, known: Mapping[str, str]) -> list[ClientReading]:
    """One reading for each profile with a notes.ini, by name.

    `pc`: the PC's name in the inventory. `known`: SID to name of its clients that were audited before.
    """
    names = client_names(pc, {profile.sid: profile.account for profile in survey.profiles}, known)
    readings = [
        ClientReading(names[each.sid], pc, each.account, each.sid, each.ini_path, _facts(survey, each), _unread(each))
        for each in survey.profiles
    ]
    return sorted(readings, key=lambda reading: reading.name)


def not_read(survey: Survey) -> list[str]:
    """What the survey could not look at, a few words each."""
    return [f"{each.what} {each.path} ({each.code})" for each in survey.errors]


def _unread(profile: SaidProfile) -> frozenset[str]:
    if not profile.error:
        return frozenset()
    return frozenset({"files"} if profile.ini else {"ini", "notes", "files"})


def _facts(survey: Survey, profile: SaidProfile) -> Facts:
    ini = _Ini(survey, profile)
    return Facts(
        pc=PcFacts(
            computer=survey.computer,
            os_version=survey.os_version,
            booted=survey.booted,
            machine=survey.machine,
            code_page=survey.code_page,
            drives=[DriveFact(name=drive.name, size=drive.size, free=drive.free) for drive in survey.drives],
        ),
        notes=_notes(survey, ini.text("NotesProgram")),
        ini=ini.facts(),
        files=_files(survey, profile),
        running=_running(survey, profile.sid),
    )


class _Ini:
    """A profile's notes.ini, or why there is none to be read."""

    def __init__(self, survey: Survey, profile: SaidProfile) -> None:
        self._profile = profile
        is_read = bool(profile.ini) or not profile.error
        data = base64.b64decode(profile.ini)
        self._ini = NotesIni.parse(data, survey.code_page) if is_read else None
        self._why = Unknown(unknown=f"notes.ini: {profile.error}")

    def text(self, name: str) -> str | Unknown:
        """The value that counts; empty where the name is missing."""
        if self._ini is None:
            return self._why
        try:
            return self._ini.value(name) or ""
        except ActionFailure as failure:
            return Unknown(unknown=f"notes.ini, {name}: {failure.code.value}: {failure.text}")

    def facts(self) -> IniFacts:
        location = self.text("Location")
        return IniFacts(
            path=self._profile.ini_path,
            found_by=self._profile.found_by,
            data=self._data(),
            key_file=self.text("KeyFileName"),
            mail_server=self.text("MailServer"),
            mail_file=self.text("MailFile"),
            location=location if isinstance(location, Unknown) else location.split(",", 1)[0],
            shared_data=self.text("SharedDataDirectory"),
            duplicates=self._why if self._ini is None else self._ini.duplicates(),
        )

    def _data(self) -> str | Unknown:
        found = self.text("Directory") or self._profile.data
        if not found or (isinstance(found, str) and len(found) > DATA_LIMIT):
            return Unknown(unknown=f"notes.ini, Directory: of {len(str(found))} characters")
        return found


def _notes(survey: Survey, program: str | Unknown) -> NotesFacts:
    """The installation that notes.ini names; the version that the registry names last may be another one."""
    programs = {each.program.rstrip("\\").lower() for each in survey.installations}
    if isinstance(program, Unknown):
        return NotesFacts(program=program, version=program, bits=program, installations=len(programs))
    folded = program.rstrip("\\").lower()
    found = [each for each in survey.installations if each.program.rstrip("\\").lower() == folded]
    if not found or not found[0].version:
        why = (
            "nlnotes.exe is not there or could not be read" if found else "no installation has the folder of notes.ini"
        )
        unknown = Unknown(unknown=why)
        return NotesFacts(program=program or unknown, version=unknown, bits=unknown, installations=len(programs))
    bits = {"x86": 32, "x64": 64}.get(found[0].machine)
    return NotesFacts(
        program=program,
        version=found[0].version,
        bits=bits if bits is not None else Unknown(unknown=f"the program file is of type {found[0].machine!r}"),
        installations=len(programs),
    )


def _files(survey: Survey, profile: SaidProfile) -> FilesFacts:
    if profile.error:
        return FilesFacts(databases=Unknown(unknown=f"the data directory is not known ({profile.error})"))
    start = f"{profile.data}\\"
    mine = [each for each in survey.errors if each.sid == profile.sid and each.what in ("folder", "file")]
    for each in mine:
        if each.path == profile.data:
            return FilesFacts(databases=Unknown(unknown=f"the data directory could not be listed ({each.code})"))
    return FilesFacts(
        databases=[_database(each) for each in profile.databases],
        truncated=profile.truncated,
        unread=[UnreadFact(path=each.path.removeprefix(start), unknown=each.code) for each in mine],
    )


def _database(said: SaidDatabase) -> DatabaseFact:
    place = {"path": said.path, "size": said.size, "modified": said.modified}
    try:
        header = read_header(base64.b64decode(said.header, validate=True))
    except (NotAnNsf, binascii.Error) as error:
        why = Unknown(unknown=said.error or str(error))
        return DatabaseFact(**place, replica_id=why, title=why, template=why, ods=why, cutoff_days=why)
    return DatabaseFact(
        **place,
        replica_id=header.replica_id,
        title=header.title,
        template=header.template,
        ods=header.ods,
        cutoff_days=header.cutoff_days,
    )


def _running(survey: Survey, sid: str) -> RunningFacts:
    own = [each.started for each in survey.processes if each.sid == sid]
    return RunningFacts(
        notes_open=bool(own),
        notes_started=min(own) if own else None,
        sessions=[each.state for each in survey.sessions if each.sid == sid],
    )
