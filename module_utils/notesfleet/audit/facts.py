"""Facts: what an audit of depth `outside` knows of one client, section by section.

Every value is known or `Unknown` with the reason; what could not be read is never "no" (design section 1).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """Base of sections: frozen; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Unknown(Section):
    """A value that could not be read, and why."""

    unknown: str


class DriveFact(Section):
    """A local fixed disk, bytes."""

    name: str
    size: int
    free: int


class PcFacts(Section):
    """The PC. `machine`: MachineGuid. `booted`: when Windows was started last."""

    computer: str
    os_version: str
    booted: str
    machine: str
    code_page: int
    drives: list[DriveFact]


class NotesFacts(Section):
    """The program. `bits`: 32 or 64, by the program file, not by the version (notes_client 1)."""

    program: str | Unknown
    version: str | Unknown
    bits: int | Unknown
    installations: int


class IniFacts(Section):
    """notes.ini; texts as they stand, empty where a name is missing. `found_by`: how the file was found."""

    path: str
    found_by: str
    data: str | Unknown
    key_file: str | Unknown
    mail_server: str | Unknown
    mail_file: str | Unknown
    location: str | Unknown
    shared_data: str | Unknown
    duplicates: list[str] | Unknown


class DatabaseFact(Section):
    """A database in the data directory, by its header. `template`: of the design; empty where there is none."""

    path: str
    size: int
    modified: str
    replica_id: str | Unknown
    title: str | Unknown
    template: str | Unknown
    ods: int | Unknown
    cutoff_days: int | Unknown


class UnreadFact(Section):
    """A folder or file under the data directory that could not be looked at."""

    path: str
    unknown: str


class FilesFacts(Section):
    """The databases of the data directory and its folder `mail`. `truncated`: there are more than were read."""

    databases: list[DatabaseFact] | Unknown
    truncated: bool = False
    unread: list[UnreadFact] = Field(default_factory=list)


class RunningFacts(Section):
    """Whether this user's Notes runs, and the user's sessions at that moment."""

    notes_open: bool
    notes_started: str | None
    sessions: list[str]
    prompt_free: Unknown = Field(default=Unknown(unknown="it lies in the ID file, which nobody reads from outside"))


class Facts(Section):
    """One client from outside."""

    pc: PcFacts
    notes: NotesFacts
    ini: IniFacts
    files: FilesFacts
    running: RunningFacts
