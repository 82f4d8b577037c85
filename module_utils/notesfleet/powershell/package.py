"""What is delivered to a PC: the runner's files by their hash, and the scripts of session 0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notesfleet.canonical import canonical_text, sha256_hex
from notesfleet.packed import pack, unpack

FOLDER = Path(__file__).parent
RUNNER_FOLDER = FOLDER / "runner"
ARCHIVE_LIMIT = 16 * 1024 * 1024

_REQUIRES = "#Requires -Version 5.1\n"
_HEADER = "Set-StrictMode -Version 2\n$ErrorActionPreference = 'Stop'\n"
_EXPORT = re.compile(r"^Export-ModuleMember .*\n", re.MULTILINE)


@dataclass(frozen=True)
class RunnerFile:
    """One file of the runner as it lies on the PC."""

    name: str
    content: bytes


_SHARED = ("NoSeam", "Constants", "Sha256", "FileSeams", "PcSeams")
MODULES: dict[str, tuple[str, ...]] = {
    "Exchange.psm1": (*_SHARED, "SystemSeams", "Exchange"),
    "Runner.psm1": (
        *_SHARED,
        "Seams",
        "Failure",
        "Names",
        "Canonical",
        "Json",
        "Journal",
        "Progress",
        "NotesIni",
        "ReplicatorItem",
        "Table",
        "Client",
        "JournalWriter",
        "Order",
        "Moment",
        "Stop",
        "Identity",
        "Kind.Ini",
        "Kind.Document",
        "Kind.Replica",
        "Kind.Entry",
        "Desired",
        "Conditions",
        "Stage",
        "Engine",
    ),
}
"""The modules as they lie on the PC, for session 0 and for the user's, and of which files of `runner/` each is made.

A file stands after those that it uses. What both modules have comes first: gzip finds it again over 32 KB at most.
"""


@cache
def runner_files() -> list[RunnerFile]:
    """All files of the runner, sorted by name."""
    paths = [RUNNER_FOLDER / name for name in ("actions.json", "runner.ps1")]
    modules = [RunnerFile(name, joined_text(_sources(name)).encode("ascii")) for name in MODULES]
    return sorted([*modules, *(RunnerFile(path.name, path.read_bytes()) for path in paths)], key=lambda file: file.name)


def _sources(module: str) -> tuple[str, ...]:
    return tuple(f"runner/{name}.psm1" for name in MODULES[module])


def runner_hash() -> str:
    """The runner's version: SHA-256 over the canonical list of its files' names and SHA-256."""
    return sha256_hex(
        canonical_text([{"name": file.name, "sha256": sha256_hex(file.content)} for file in runner_files()]).encode(
            "ascii"
        )
    )


@cache
def runner_archive() -> str:
    """The runner as it travels, packed: for each file a line `NAME BYTES` and its content."""
    files = runner_files()
    return pack(b"".join(b"%s %d\n%s" % (each.name.encode(), len(each.content), each.content) for each in files))


def unpacked_files(archive: str) -> list[RunnerFile]:
    """The files of a `runner_archive`."""
    rest, files = unpack(archive, ARCHIVE_LIMIT), []
    while rest:
        line, rest = rest.split(b"\n", 1)
        name, size = line.decode("ascii").split(" ")
        files.append(RunnerFile(name, rest[: int(size)]))
        rest = rest[int(size) :]
    return files


SCRIPTS: dict[str, tuple[str, ...]] = {
    "exchange.ps1": ("runner/NoSeam.psm1", "exchange.ps1"),
    "install.ps1": (
        "runner/NoSeam.psm1",
        "runner/FileSeams.psm1",
        "runner/SystemSeams.psm1",
        "installer.ps1",
        "exchange.ps1",
    ),
    "survey.ps1": ("runner/NoSeam.psm1", "runner/PcSeams.psm1", "survey_seams.ps1", "survey.ps1"),
}
"""What runs in session 0, and of which files each is made. `install.ps1` is an exchange that brings the runner."""


@cache
def script_text(name: str) -> str:
    """The text of a script of session 0, as it travels."""
    return joined_text(SCRIPTS[name])


def joined_text(parts: tuple[str, ...]) -> str:
    """Several files as one script or module, whose place in an error's trace is found by the name before each part.

    What every file begins with stands there once, and the whole exports what its last part does.
    """
    *before, last = [(FOLDER / part).read_text(encoding="ascii") for part in parts]
    texts = [_EXPORT.sub("", text) for text in before] + [last]
    named = [f"# {Path(part).name}\n{_body(text)}\n" for part, text in zip(parts, texts, strict=True)]
    return "\n".join([_REQUIRES + _HEADER, *named])


def _body(text: str) -> str:
    return text.removeprefix(_REQUIRES).replace(_HEADER, "", 1).strip("\n")
