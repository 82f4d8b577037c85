"""The spool: nothing that was written is lost, nothing that is damaged is used."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from stores import write_many

from notesfleet.errors import NotRecorded
from notesfleet.store.spool import Spool, read_spool, sealed


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool("r1", tmp_path / "r1.jsonl")


def test_records_come_back_in_their_order_and_as_they_were(spool: Spool) -> None:
    spool.append("run", id="r1", note='é\n"')
    spool.append("end", stats={"ok": 1})
    part = read_spool(spool.path)
    assert [(record.kind, record.fields) for record in part.records] == [
        ("run", {"id": "r1", "note": 'é\n"'}),
        ("end", {"stats": {"ok": 1}}),
    ]
    assert part.end == spool.path.stat().st_size


def test_each_line_is_json_by_itself(spool: Spool) -> None:
    spool.append("play", name="x")
    assert json.loads(spool.path.read_text())["record"] == {"kind": "play", "name": "x"}


@pytest.mark.parametrize("cut", range(1, len(sealed({"kind": "end", "at": "x"}))))
def test_a_torn_last_line_is_left_for_later_at_every_byte(spool: Spool, cut: int) -> None:
    spool.append("run", id="r1")
    whole = spool.path.stat().st_size
    spool.path.write_bytes(spool.path.read_bytes() + sealed({"kind": "end", "at": "x"})[:-cut])
    part = read_spool(spool.path)
    assert [record.kind for record in part.records] == ["run"]
    assert part.end == whole
    assert part.refused == []


def test_a_line_that_was_completed_later_is_read_from_where_reading_ended(spool: Spool) -> None:
    spool.append("run", id="r1")
    line = sealed({"kind": "end", "at": "x"})
    whole = spool.path.read_bytes()
    spool.path.write_bytes(whole + line[:10])
    end = read_spool(spool.path).end
    spool.path.write_bytes(whole + line)
    assert [record.kind for record in read_spool(spool.path, end).records] == ["end"]


def test_a_damaged_line_in_the_middle_is_refused_and_named_and_its_neighbours_are_read(spool: Spool) -> None:
    for number in range(3):
        spool.append("play", name=f"play {number}")
    lines = spool.path.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"play 1", b"play 9")
    spool.path.write_bytes(b"\n".join(lines))
    part = read_spool(spool.path)
    assert [record.fields["name"] for record in part.records] == ["play 0", "play 2"]
    assert part.refused == [2]


def test_lines_of_several_writers_do_not_mix(spool: Spool) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(spool.path, writer)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    part = read_spool(spool.path)
    assert part.refused == []
    assert len(part.records) == 300


def test_the_file_is_its_owners_only(spool: Spool) -> None:
    spool.append("run", id="r1")
    assert spool.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_not_recorded() -> None:
    with pytest.raises(NotRecorded, match="nothing is sent"):
        Spool("r1", Path("/dev/full")).append("sent")


def test_a_short_write_is_not_recorded_and_does_not_swallow_the_next_line(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
    with pytest.raises(NotRecorded, match="disk is full"):
        spool.append("sent")
    monkeypatch.undo()
    spool.append("end")
    assert [record.kind for record in read_spool(spool.path).records] == ["end"]


def test_without_the_callback_there_is_no_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTESFLEET_RUN", "NOTESFLEET_SPOOL", "NOTESFLEET_RUN_ERROR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotRecorded, match=r"enable the callback notesfleet\.client\.report_store"):
        Spool.from_environment()


def test_the_callbacks_own_reason_is_said(monkeypatch: pytest.MonkeyPatch, spool: Spool) -> None:
    for name, value in spool.environment.items():
        monkeypatch.setenv(name, value)
    assert Spool.from_environment() == spool
    monkeypatch.setenv("NOTESFLEET_RUN_ERROR", "there is no store x; make it with `notesfleet store init`")
    with pytest.raises(NotRecorded, match="there is no store x"):
        Spool.from_environment()
