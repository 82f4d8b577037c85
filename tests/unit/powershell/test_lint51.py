from __future__ import annotations

import os
from pathlib import Path

import pytest
from lint51 import Linted, lint, lint_modules, scripts

LATER = ("$a = $b ?? 1", "Get-CimClass", "[string]$s = 'a'; $s.Contains('a', 'b')", "'\u00e9'")
"""What a newer PowerShell or .NET has, or what 5.1 reads in another code page."""


def checked(found: Linted) -> Linted:
    if found.clean is None:
        if "powershell" in os.environ.get("NOTESFLEET_REQUIRE", ""):
            pytest.fail(found.text)
        pytest.skip(found.text)
    return found


def test_all_powershell_is_windows_powershell_5_1() -> None:
    found = checked(lint(scripts()))
    assert found.clean, found.text


def test_a_module_has_all_that_it_calls_and_is_windows_powershell_5_1() -> None:
    found = checked(lint_modules())
    assert found.clean, found.text


def test_what_5_1_does_not_have_is_found(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.ps1" for number in range(len(LATER))]
    for file, text in zip(files, LATER, strict=True):
        file.write_text(text, encoding="utf-8")
    found = checked(lint(files))
    assert found.clean is False
    assert [text for file, text in zip(files, LATER, strict=True) if f"{file}:" not in found.text] == []


def test_all_powershell_is_ascii() -> None:
    assert [path for path in scripts() if not path.read_bytes().isascii()] == []
