"""The survey: what `survey.ps1` read on a PC in session 0, untrusted.

Nothing is judged on the PC: notes.ini and NSF headers travel as bytes and are read here (`audit.reading`).
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from notesfleet.orders.model import Sid

Text = Annotated[str, StringConstraints(max_length=2048)]
Path = Annotated[str, StringConstraints(max_length=1024)]
ErrorCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]
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
    error: ErrorCode = ""


class SaidError(Said):
    """What could not be read: `what` it is, where, why (`code`), and whose it is; `sid` is empty for the PC's own."""

    what: Literal["registry", "version", "owner", "profile", "notes.ini", "folder", "file", "errors"]
    path: Text
    code: ErrorCode
    sid: Text = ""


class SaidProfile(Said):
    """A profile with a notes.ini. `ini`: base64 of the file.

    `error`: why notes.ini, or the data directory that it names, was not read; then `data` is empty, and `ini` too
    where it is the file that was not read.
    """

    sid: Sid
    account: Text
    ini_path: Path
    found_by: Literal["process", "registry", "folder", "machine"]
    data: Path
    error: ErrorCode = ""
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
    booted: Moment
    machine: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code_page: int
    drives: list[SaidDrive] = Field(max_length=64)
    sessions: list[SaidSession] = Field(max_length=200)
    processes: list[SaidProcess] = Field(max_length=1000)
    installations: list[SaidInstallation] = Field(max_length=100)
    profiles: list[SaidProfile] = Field(max_length=200)
    errors: list[SaidError] = Field(max_length=200)

    @field_validator("code_page")
    @classmethod
    def _is_known(cls, value: int) -> int:
        if value not in _CODE_PAGES:
            raise ValueError(f"the code page {value} is not an ANSI code page of Windows")
        return value

    @model_validator(mode="after")
    def _each_profile_once(self) -> Survey:
        if len({profile.sid for profile in self.profiles}) < len(self.profiles):
            raise ValueError("a profile is listed twice")
        return self
