"""What Ansible sends to run a module: the bootstrap on the command line, the payload on standard input.

From ansible-core 2.19 on (winrm 4): one line of JSON, a line of four NUL, one line of JSON whose last action runs
the module. Up to 2.18: a script, four NUL, one JSON object. Nothing of it is ever executed here; scripts are only
compared.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from notesfleet.canonical import sha256_hex
from notesfleet.errors import DocumentError
from notesfleet.powershell.package import SCRIPTS, script_text

SEPARATOR = b"\0\0\0\0"
ENCODED = "-EncodedCommand"
STARTED = re.compile(r"^PowerShell .*-EncodedCommand\s+\S+$", re.IGNORECASE)
"""Up to 2.18 the decoded command starts a second PowerShell, whose command is encoded again."""


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


class _OldManifest(_Read):
    """Of ansible-core up to 2.18."""

    module_entry: str
    module_args: dict[str, Any]


@dataclass(frozen=True)
class ModuleRun:
    """A module that travelled: its name in the payload, its text, and `complex_args`."""

    name: str
    text: str
    arguments: dict[str, Any]


def read_payload(stdin: bytes) -> ModuleRun:
    """The module in a payload. Raises `DocumentError` for a payload of another form."""
    first, _, second = stdin.partition(SEPARATOR)
    try:
        if first.lstrip().startswith(b"{"):
            return _read_manifest(second)
        if second:
            return _read_old_manifest(second)
    except (ValidationError, KeyError, binascii.Error, UnicodeDecodeError) as error:
        raise DocumentError(f"the payload's manifest cannot be read: {type(error).__name__}") from error
    raise DocumentError("the standard input is no module payload of ansible-core 2.16 to 2.21")


def _read_manifest(text: bytes) -> ModuleRun:
    manifest = _Manifest.model_validate_json(text)
    step = manifest.actions[-1]
    name = step.params.script or step.name
    script = base64.b64decode(manifest.scripts[name].script, validate=True).decode("utf-8")
    values = [variable.value for variable in step.params.variables if variable.name == "complex_args"]
    return ModuleRun(name, script, values[0] if values and isinstance(values[0], dict) else {})


def _read_old_manifest(text: bytes) -> ModuleRun:
    manifest = _OldManifest.model_validate_json(text)
    script = base64.b64decode(manifest.module_entry, validate=True).decode("utf-8")
    name = manifest.module_args.get("_ansible_module_name")
    return ModuleRun(name if isinstance(name, str) else "", script, manifest.module_args)


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
    """The PowerShell text behind `-EncodedCommand`; the line itself where there is none.

    Where that text only starts a second PowerShell, the text of that one.
    """
    encoded = encoded_command(line)
    if not encoded:
        return line
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise DocumentError("the encoded command is not base64 of UTF-16") from error
    return decoded_command(text) if STARTED.match(text) else text


def as_output(result: dict[str, Any]) -> bytes:
    """A module's result as it is printed."""
    return json.dumps(result, separators=(",", ":")).encode("utf-8") + b"\r\n"
