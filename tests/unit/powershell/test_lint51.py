from __future__ import annotations

import os
from pathlib import Path

import pytest
from lint51 import Linted, lint, lint_modules, scripts


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


@pytest.mark.parametrize(
    "text", ["$a = $b ?? 1", "Get-CimClass", "[string]$s = 'a'; $s.Contains('a', 'b')", "'\u00e9'"], ids=str
)
def test_what_5_1_does_not_have_is_found(tmp_path: Path, text: str) -> None:
    file = tmp_path / "new.ps1"
    file.write_text(text, encoding="utf-8")
    assert checked(lint([file])).clean is False


def test_all_powershell_is_ascii() -> None:
    assert [path for path in scripts() if not path.read_bytes().isascii()] == []
