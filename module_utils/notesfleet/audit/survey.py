"""The survey: what `survey.ps1` read on a PC in session 0, untrusted, and the clients that it shows.

Nothing is judged on the PC: notes.ini and NSF headers travel as bytes and are read here.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

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
)
from notesfleet.audit.naming import client_names
from notesfleet.audit.notes_ini import NotesIni
from notesfleet.audit.nsf_header import NotAnNsf, read_header
from notesfleet.orders.model import Sid

Text = Annotated[str, StringConstraints(max_length=2048)]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
INI_LIMIT, HEADER_LIMIT = 1_400_000, 1400
_CODE_PAGES = (437, 850, 852, 874, 932, 936, 949, 950, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 65001)


class Said(BaseModel):
    """Base: what a PC says; fields that Ansible adds are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SaidDrive(Said):
    name: Text
    size: int = Field(ge=0)
    free: int = Field(ge=0)


class SaidSession(Said):
    id: int
    sid: Text
    state: Text


class SaidProcess(Said):
    name: Text
    sid: Text
    started: Moment


class SaidInstallation(Said):
    """A registry key of Notes: its view, the program folder, and the version of nlnotes.exe there."""

    view: Literal["32", "64"]
    key: Text
    program: Text
    version: Text = ""
    machine: Text = ""


class SaidDatabase(Said):
    """A database file: path under the data directory, and the base64 of its first bytes."""

    path: Text
    size: int = Field(ge=0)
    modified: Text
    header: str = Field(max_length=HEADER_LIMIT)
    error: Text = ""


class SaidProfile(Said):
    """A profile with a notes.ini. `ini`: base64 of the file."""

    sid: Sid
    account: Text
    ini_path: Text
    found_by: Literal["process", "registry", "folder", "machine"]
    data: Text
    ini: str = Field(max_length=INI_LIMIT)
    databases: list[SaidDatabase] = Field(max_length=500)
    truncated: bool = False

    @field_validator("ini")
    @classmethod
    def _is_base64(cls, value: str) -> str:
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        return value


class Survey(Said):
    """One PC from outside."""

    schema_: Literal[1] = Field(alias="schema")
    time: Moment
    computer: Text
    os_version: Text
    machine: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code_page: int
    drives: list[SaidDrive] = Field(max_length=64)
    sessions: list[SaidSession] = Field(max_length=200)
    processes: list[SaidProcess] = Field(max_length=1000)
    installations: list[SaidInstallation] = Field(max_length=100)
    profiles: list[SaidProfile] = Field(max_length=200)

    @field_validator("code_page")
    @classmethod
    def _is_known(cls, value: int) -> int:
        if value not in _CODE_PAGES:
            raise ValueError(f"the code page {value} is not an ANSI code page of Windows")
        return value


@dataclass(frozen=True)
class ClientReading:
    """One client that a survey shows: its name, whose it is, where its notes.ini lies, what is known of it."""

    name: str
    pc: str
    account: str
    sid: str
    ini: str
    facts: Facts


def read_clients(survey: Survey, pc: str) -> list[ClientReading]:
    """One reading for each profile with a notes.ini, by name. `pc`: the PC's name in the inventory."""
    names = client_names(pc, {profile.sid: profile.account for profile in survey.profiles})
    readings = [
        ClientReading(names[each.sid], pc, each.account, each.sid, each.ini_path, _facts(survey, each))
        for each in survey.profiles
    ]
    return sorted(readings, key=lambda reading: reading.name)


def _facts(survey: Survey, profile: SaidProfile) -> Facts:
    ini = NotesIni.parse(base64.b64decode(profile.ini), survey.code_page)
    return Facts(
        pc=PcFacts(
            computer=survey.computer,
            os_version=survey.os_version,
            machine=survey.machine,
            code_page=survey.code_page,
            drives=[DriveFact(name=drive.name, size=drive.size, free=drive.free) for drive in survey.drives],
        ),
        notes=_notes(survey, ini.value("NotesProgram") or ""),
        ini=_ini(profile, ini),
        files=FilesFacts(databases=[_database(each) for each in profile.databases], truncated=profile.truncated),
        running=_running(survey, profile.sid),
    )


def _notes(survey: Survey, program: str) -> NotesFacts:
    """The installation that notes.ini names; the version that the registry names last may be another one."""
    folded = program.rstrip("\\").lower()
    found = [each for each in survey.installations if each.program.rstrip("\\").lower() == folded]
    programs = {each.program.rstrip("\\").lower() for each in survey.installations}
    if not found or not found[0].version:
        why = Unknown(unknown="no installation in the registry has the program folder of notes.ini")
        return NotesFacts(program=program or why, version=why, bits=why, installations=len(programs))
    bits = {"x86": 32, "x64": 64}.get(found[0].machine)
    return NotesFacts(
        program=program,
        version=found[0].version,
        bits=bits if bits is not None else Unknown(unknown=f"the program file is of type {found[0].machine!r}"),
        installations=len(programs),
    )


def _ini(profile: SaidProfile, ini: NotesIni) -> IniFacts:
    return IniFacts(
        path=profile.ini_path,
        found_by=profile.found_by,
        data=ini.value("Directory") or profile.data,
        key_file=ini.value("KeyFileName") or "",
        mail_server=ini.value("MailServer") or "",
        mail_file=ini.value("MailFile") or "",
        location=(ini.value("Location") or "").split(",", 1)[0],
        shared_data=ini.value("SharedDataDirectory") or "",
        duplicates=sorted(name for name in ini.names() if len(ini.lines(name)) > 1),
    )


def _database(said: SaidDatabase) -> DatabaseFact:
    try:
        header = read_header(base64.b64decode(said.header, validate=True))
    except (NotAnNsf, binascii.Error) as error:
        why = Unknown(unknown=said.error or str(error))
        return DatabaseFact(
            path=said.path,
            size=said.size,
            modified=said.modified,
            replica_id=why,
            title=why,
            ods=why,
            cutoff_days=why,
        )
    return DatabaseFact(
        path=said.path,
        size=said.size,
        modified=said.modified,
        replica_id=header.replica_id,
        title=header.title,
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
