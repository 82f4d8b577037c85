from __future__ import annotations

from notesfleet.canonical import sha256_hex
from notesfleet.powershell.generate import TABLE, table_text
from notesfleet.powershell.package import runner_archive, runner_files, runner_hash, script_text, unpacked_files


def test_the_table_of_actions_is_generated_from_the_schemas() -> None:
    assert TABLE.read_text(encoding="ascii") == table_text(), "python -m notesfleet.powershell.generate"


def test_the_runner_travels_whole_and_always_as_the_same_bytes() -> None:
    assert sorted(unpacked_files(runner_archive()), key=lambda file: file.name) == runner_files()
    assert all(file.content.isascii() for file in runner_files())
    first = runner_archive()
    runner_archive.cache_clear()
    assert runner_archive() == first


def test_the_hash_covers_names_and_contents() -> None:
    lines = ",".join(f'{{"name":"{file.name}","sha256":"{sha256_hex(file.content)}"}}' for file in runner_files())
    assert runner_hash() == sha256_hex(f"[{lines}]".encode())


def test_file_names_are_those_that_the_exchange_takes() -> None:
    names = [file.name for file in runner_files()]
    assert "runner.ps1" in names
    assert "actions.json" in names
    assert all(set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") for name in names)


def test_the_exchange_script_stays_small_as_it_travels_with_every_task() -> None:
    assert len(script_text("exchange.ps1")) < 3_000
