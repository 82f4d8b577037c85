from __future__ import annotations

import asyncio
import inspect
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from powershell import powershell_program, spares

from notesfleet.actions.seams import NotesOle, NotesProcess, Seams, SystemSeams
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.engines.processes import Processes
from notesfleet.simulator.rpc import Rpc, function_name


@dataclass
class Item:
    Name: str
    Type: int
    Values: list[Any]


@dataclass
class Document:
    UniversalID: str
    NoteID: str
    Items: list[Item] = field(default_factory=list)

    def GetItemValue(self, name: str) -> list[Any]:
        return next((item.Values for item in self.Items if item.Name == name), [""])

    def ReplaceItemValue(self, name: str, value: Any) -> Item:
        self.Items = [item for item in self.Items if item.Name != name] + [Item(name, 1280, value)]
        return self.Items[-1]


@dataclass
class Database:
    document: Document

    def GetDocumentByUNID(self, unid: str) -> Document | None:
        return self.document if unid == self.document.UniversalID else None


class Session:
    UserName = "CN=Zo\u00eb/O=A"

    def __init__(self, database: Database) -> None:
        self.database = database

    def GetDatabase(self, server: str, file: str, create: bool) -> Database | None:
        if server == "down":
            raise ActionFailure(Code.WOULD_ASK_PASSWORD, "no")
        return self.database if file == "names.nsf" and create is False else None


class FakeSeams:
    def __init__(self) -> None:
        self.document = Document("U1", "8FA", [Item("One", 1280, ["2026-11-26T08:00:00Z"])])
        self.lines: list[bytes] = []

    def connect_notes_ole(self) -> NotesOle:
        return NotesOle(Session(Database(self.document)), object())

    def add_journal_line(self, path: str, line: bytes) -> None:
        self.lines.append(path.encode() + b"|" + line)

    def get_notes_process(self) -> list[NotesProcess]:
        return [NotesProcess("nlnotes.exe", 7, "S-1-5", 1, datetime(2026, 11, 26, 8, tzinfo=UTC), "x", False)]

    def get_client_file(self, path: str, limit: int) -> bytes | None:
        return bytes(range(256))[:limit] if path == "there" else None


RUNNER = r"""
Set-StrictMode -Version 2
$ole = Connect-NotesOle
$user = $ole.Session.UserName
$database = $ole.Session.GetDatabase('', 'names.nsf', $false)
$document = $database.GetDocumentByUNID('U1')
$none = $database.GetDocumentByUNID('U2')
$values = $document.GetItemValue('One')
$null = $document.ReplaceItemValue('Two', [object[]]@('a'))
$types = @($document.Items | ForEach-Object { $_.Type }) -join ','
$failure = ''
try { $null = $ole.Session.GetDatabase('down', 'x', $false) }
catch { $failure = $_.Exception.GetBaseException().Message }
$bytes = Get-ClientFile -Path 'there' -Limit 3
$missing = Get-ClientFile -Path 'no' -Limit 3
$process = @(Get-NotesProcess)[0]
$out = @(Add-JournalLine -Path 'j' -Line ([byte[]](65, 10)))
$report = $user, ($null -eq $none), $values.GetType().Name, $values[0], $types, $failure,
    $bytes.GetType().Name, $bytes.Length, ($null -eq $missing), $process.ProcessId,
    $process.Started.ToString('o'), $out.Count
Add-JournalLine -Path 'report' -Line ([System.Text.Encoding]::UTF8.GetBytes(($report -join '|')))
"""


def test_the_names_in_brackets_are_the_functions_of_the_stand_in() -> None:
    for protocol in (Seams, SystemSeams):
        for name, method in inspect.getmembers(protocol, inspect.isfunction):
            found = re.match(r"\[(\S+)\]", method.__doc__ or "")
            if found:
                assert function_name(name) == found[1]


def test_nothing_outside_the_contracts_can_be_called() -> None:
    rpc = Rpc(FakeSeams())
    assert "error" in rpc.call({"seam": "__class__", "arguments": {"list": []}})
    opened = rpc.call({"seam": "Connect-NotesOle", "arguments": {"list": []}})
    handle = opened["value"]["v"]["Session"]["v"]["handle"]
    for member in ("__class__", "database", "__init__"):
        assert "no member" in rpc.call({"object": handle, "member": member, "arguments": {"list": []}})["error"]


def test_a_runner_sees_the_models_notes_objects_as_notes_own(tmp_path: Path) -> None:
    program = powershell_program()
    (tmp_path / "runner.ps1").write_text(RUNNER)
    seams = FakeSeams()

    async def nothing(request: dict[str, Any]) -> None: ...

    async def run() -> None:
        processes = Processes(spares(program), tmp_path / "temporary")
        output = await processes.runner(tmp_path, Rpc(seams), nothing)
        assert (output.stderr, output.exit_code) == (b"", 0)

    asyncio.run(run())
    assert seams.lines[0] == b"j|A\n"
    assert seams.lines[1].decode() == (
        "report|CN=Zo\u00eb/O=A|True|Object[]|2026-11-26T08:00:00Z|1280,1280|would_ask_password: no"
        "|Byte[]|3|True|7|2026-11-26T08:00:00.0000000Z|0"
    )
    assert seams.document.GetItemValue("Two") == ["a"]
