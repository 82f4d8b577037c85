"""What comes to run a script: the bootstrap on the command line, the payload on standard input.

Ansible's layout is that of ansible-core 2.19 (winrm 4): one line of JSON, a line of four NUL, one line of JSON
whose last action runs the module. A process on the PC itself gives one `LocalRequest` instead. Nothing of it is ever
executed here; scripts are only compared.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from notesfleet.canonical import sha256_hex
from notesfleet.errors import DocumentError
from notesfleet.exchange.local import LocalRequest
from notesfleet.powershell.package import SCRIPTS, script_text

SEPARATOR = b"\n\0\0\0\0\n"
ENCODED = "-EncodedCommand"


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Script(_Read):
    script: str


class _Variable(_Read):
    name: str = Field(alias="Name")
    value: Any = Field(default=None, alias="Value")


class _Parameters(_Read):
    script: str = Field(default="", alias="Script")
    variables: list[_Variable] = Field(default_factory=list, alias="Variables")


class _Step(_Read):
    name: str
    params: _Parameters


class _Manifest(_Read):
    scripts: dict[str, _Script]
    actions: list[_Step] = Field(min_length=1)


@dataclass(frozen=True)
class ModuleRun:
    """A module that travelled: its name in the payload, its text, and `complex_args`."""

    name: str
    text: str
    arguments: dict[str, Any]


def read_payload(stdin: bytes) -> ModuleRun:
    """The module in a payload. Raises `DocumentError` for a payload of another form."""
    parts = stdin.split(SEPARATOR)
    if len(parts) < 2:
        return _local(stdin)
    try:
        manifest = _Manifest.model_validate_json(parts[1])
        step = manifest.actions[-1]
        name = step.params.script or step.name
        text = base64.b64decode(manifest.scripts[name].script, validate=True).decode("utf-8")
    except (ValidationError, KeyError, binascii.Error, UnicodeDecodeError) as error:
        raise DocumentError(f"the payload's manifest cannot be read: {type(error).__name__}") from error
    values = [variable.value for variable in step.params.variables if variable.name == "complex_args"]
    return ModuleRun(name, text, values[0] if values and isinstance(values[0], dict) else {})


def _local(stdin: bytes) -> ModuleRun:
    try:
        request = LocalRequest.model_validate_json(stdin)
    except ValidationError as error:
        raise DocumentError("the standard input is not a module payload of ansible-core 2.19 or later") from error
    return ModuleRun("script", request.script, request.complex_args)


def shipped_script(run: ModuleRun) -> str:
    """Which shipped script this text is (`powershell.package.SCRIPTS`), by its hash.

    Raises `DocumentError` for any other text: the Python engine stands for our scripts, not for others'.
    """
    travelled = sha256_hex(run.text.encode("utf-8"))
    for name in SCRIPTS:
        if travelled in _hashes(name):
            return name
    raise DocumentError(
        f"the simulated PC does not know the module {run.name}: its text is none of the shipped scripts"
        f" ({', '.join(SCRIPTS)}); use the powershell engine to run other modules"
    )


def _hashes(name: str) -> list[str]:
    text = script_text(name)
    # Ansible sends a module's file without blanks at its ends in some releases.
    return [sha256_hex(form.encode("utf-8")) for form in (text, text.strip())]


def encoded_command(line: str) -> str:
    """The text behind `-EncodedCommand` of a command line, still encoded; empty where there is none."""
    words = line.split()
    folded = [word.lower() for word in words]
    place = folded.index(ENCODED.lower()) + 1 if ENCODED.lower() in folded else len(words)
    return words[place].strip("'") if place < len(words) else ""


def decoded_command(line: str) -> str:
    """The PowerShell text behind `-EncodedCommand`; the line itself where there is none."""
    encoded = encoded_command(line)
    if not encoded:
        return line
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise DocumentError("the encoded command is not base64 of UTF-16") from error


def as_output(result: dict[str, Any]) -> bytes:
    """A module's result as it is printed."""
    return json.dumps(result, separators=(",", ":")).encode("utf-8") + b"\r\n"
