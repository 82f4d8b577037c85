"""The runner's small files lie in two modules on the PC: what each of them says there holds for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

import pytest
from powershell import PowerShell, ScriptFailed

from notesfleet.powershell.package import MODULES, RUNNER_FOLDER, SCRIPTS, runner_files, script_text

COMMENT = re.compile(r"<#.*?#>|^\s*#.*?$", re.DOTALL | re.MULTILINE)
FUNCTION = re.compile(r"\bfunction\s+(?:\w+:)?([\w-]+)", re.IGNORECASE)
ASSIGNED = re.compile(r"\$script:(\w+)\s*[-+*/]?=|^\$(\w+)\s*=|^foreach \(\$(\w+)", re.IGNORECASE | re.MULTILINE)
USED = re.compile(r"\$script:(\w+)", re.IGNORECASE)
EXPORT = re.compile(r"^Export-ModuleMember -Function (.+)$", re.MULTILINE)
HEADER = "#Requires -Version 5.1\nSet-StrictMode -Version 2\n$ErrorActionPreference = 'Stop'\n\n"

CODE = {path.name: COMMENT.sub("", path.read_text(encoding="ascii")) for path in sorted(RUNNER_FOLDER.glob("*.psm1"))}


def functions(code: str) -> set[str]:
    """PowerShell's names have no case."""
    return {name.lower() for name in FUNCTION.findall(code)}


def variables(code: str) -> set[str]:
    """What is assigned for the whole module: all `$script:`, and what stands outside functions."""
    return {name.lower() for names in ASSIGNED.findall(code) for name in names if name} - {"erroractionpreference"}


def clashes(names: Callable[[str], set[str]], files: dict[str, str]) -> list[str]:
    return [
        f"{name} is in {first} and in {second}"
        for first, second in combinations(files, 2)
        for name in sorted(names(files[first]) & names(files[second]))
    ]


@pytest.mark.parametrize("names", [functions, variables])
def test_no_two_files_have_a_name_in_common(names: Callable[[str], set[str]]) -> None:
    assert clashes(names, CODE) == []


def test_a_common_name_is_found() -> None:
    one = "if (Test-NoSeam 'Get-One') { function Get-One { 1 } }\n$script:Limit = 1\n$text = ''\n"
    two = "function get-one([string] $Path) {\n    $script:limit += 1\n    $text = ''\n}\n"
    assert clashes(functions, {"One": one, "Two": two}) == ["get-one is in One and in Two"]
    assert clashes(variables, {"One": one, "Two": two, "Three": one}) == [
        "limit is in One and in Two",
        "limit is in One and in Three",
        "text is in One and in Three",
        "limit is in Two and in Three",
    ]


def test_every_file_is_in_a_module_and_once() -> None:
    assert {f"{name}.psm1" for parts in MODULES.values() for name in parts} == set(CODE)
    assert [name for name, parts in MODULES.items() if len(set(parts)) < len(parts)] == []


@pytest.mark.parametrize("file", CODE)
def test_what_a_file_keeps_to_itself_is_called_by_no_other(file: str) -> None:
    exported = EXPORT.search(CODE[file])
    if exported is None:
        return
    offered = {name.lower() for name in exported[1].split(", ")}
    assert offered <= functions(CODE[file])
    for name in functions(CODE[file]) - offered:
        called = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
        assert [other for other in CODE if other != file and called.search(CODE[other])] == [], name


@pytest.mark.parametrize("file", CODE)
def test_a_file_uses_its_own_variables_and_the_constants(file: str) -> None:
    used = {name.lower() for name in USED.findall(CODE[file])}
    assert used - variables(CODE[file]) <= variables(CODE["Constants.psm1"])


def test_a_module_has_the_header_once_and_exports_what_its_last_part_does() -> None:
    texts = {file.name: file.content.decode("ascii") for file in runner_files()}
    assert sorted(texts) == ["Exchange.psm1", "Runner.psm1", "actions.json", "runner.ps1"]
    for name, parts in MODULES.items():
        assert texts[name].startswith(HEADER)
        assert texts[name].count("Set-StrictMode") == texts[name].count("$ErrorActionPreference") == 1
        assert re.findall(r"^# (.*)\.psm1$", texts[name], re.MULTILINE) == list(parts)
        assert EXPORT.findall(texts[name]) == EXPORT.findall(CODE[f"{parts[-1]}.psm1"])
        assert "\r" not in texts[name]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_the_header_once_and_exports_nothing(name: str) -> None:
    text = script_text(name)
    assert text.startswith(HEADER)
    assert (text.count("#Requires"), text.count("Set-StrictMode"), EXPORT.findall(text)) == (1, 1, [])


def test_the_file_of_an_errors_line_is_found(powershell: PowerShell) -> None:
    with pytest.raises(ScriptFailed, match="no part kind") as failed:
        powershell.evaluate("Get-PartKind 'none'")
    line = re.search(r"Runner\.psm1: line (\d+)", str(failed.value))
    assert line is not None
    above = (powershell.runner / "Runner.psm1").read_text(encoding="ascii").splitlines()[: int(line[1])]
    assert re.findall(r"^# (.*\.psm1)$", "\n".join(above), re.MULTILINE)[-1] == "Desired.psm1"
