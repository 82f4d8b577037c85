"""What no vector can say: files that are half there or damaged, and errors that nobody expects."""

from __future__ import annotations

from typing import Any

import pytest
from conformance.bases import INI, PC, SID
from conformance.play import Play, PythonEngine
from conformance.vectors import ROOT, StagedOrder, Vector, compared, journal, journal_bytes, put_file, vectors

from notesfleet.actions.conditions import TESTS
from notesfleet.actions.engine import run_pass
from notesfleet.canonical import canonical_text
from notesfleet.orders.journal import seal
from notesfleet.simulator.model.world import ModelWorld

FOLDER = f"{ROOT}\\{SID}"


def play(name: str) -> tuple[Play, StagedOrder]:
    found = Play(next(each for each in vectors() if each.name == name), PythonEngine())
    return found, next(iter(found.orders.values()))


def one_pass(world: ModelWorld) -> bool:
    return run_pass(world.runner_seams(PC, SID, 0), ROOT, "0" * 64)


def remove(world: ModelWorld, ending: str) -> None:
    pc = world.state.pcs[0]
    pc.files = [file for file in pc.files if not file.path.endswith(ending)]


@pytest.mark.parametrize("missing", [".staging.json", ".journal"])
def test_an_order_that_is_staged_halfway_is_not_there_yet(missing: str) -> None:
    played, _ = play("ini_set_closed")
    remove(played.world, missing)
    before = played.state
    assert not one_pass(played.world)
    assert played.state == before


def test_a_staging_that_cannot_be_read_leaves_the_order_alone() -> None:
    played, order = play("ini_set_closed")
    put_file(played.world.state, f"{FOLDER}\\orders\\{order.id}.staging.json", b"{")
    before = played.state
    assert not one_pass(played.world)
    assert played.state == before


def test_a_damaged_journal_stops_the_order_and_is_kept() -> None:
    played, order = play("ini_set_closed")
    _, foreign = seal("0" * 16, {"k": "start", "id": order.id, "runner": "", "pid": 1, "t": "2026-11-26T07:00:00Z"})
    put_file(played.world.state, f"{FOLDER}\\journals\\{order.id}.journal", foreign, [SID])
    before = played.state
    assert not one_pass(played.world)
    assert played.state == before


@pytest.mark.parametrize(
    "record",
    [
        {"k": "found", "a": 7, "parts": []},
        {"k": "stage", "s": 0, "moment": "closed", "last": 9},
        {"k": "begin", "a": 0},
        {"k": "retry", "attempt": "x"},
        {"k": "pending"},
    ],
)
def test_a_journal_whose_records_do_not_fit_is_not_written_to(record: dict[str, Any]) -> None:
    """The user may write into the file, with digits that fit."""
    played, order = play("ini_set_closed")
    _, line = seal("", record | {"t": "2026-11-26T07:00:00Z"})
    put_file(played.world.state, f"{FOLDER}\\journals\\{order.id}.journal", line, [SID])
    assert not one_pass(played.world)
    assert journal_bytes(played.state, order.id) == line


def test_a_torn_line_of_the_last_run_gets_its_line_end_first() -> None:
    played, order = play("ini_set_closed")
    put_file(played.world.state, f"{FOLDER}\\journals\\{order.id}.journal", b"0123456789abcdef {", [SID])
    assert not one_pass(played.world)
    data = journal_bytes(played.state, order.id) or b""
    assert data.startswith(b"0123456789abcdef {\n")
    assert journal(played.state, order).finished


def test_an_error_that_nobody_expects_fails_the_order_with_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(TESTS, "require.outbox_empty", broken)
    played, order = play("require_outbox_empty")
    assert not one_pass(played.world)
    records = journal(played.state, order).records
    assert compared(records)[-2:] == [
        {"k": "failing", "a": 0, "p": None, "code": "runner_error"},
        {"k": "finished", "state": "failed", "left": []},
    ]
    assert "a bug" in records[-2]["text"]


def test_another_runner_that_holds_the_data_directory_is_waited_for() -> None:
    played, order = play("ini_set_closed")
    other = played.world.runner_seams(PC, SID, 0)
    assert other.enter_runner_lock(order.order.owner.data)
    assert one_pass(played.world)
    other.exit_runner_lock(order.order.owner.data)
    assert not one_pass(played.world)
    kinds = [record["k"] for record in journal(played.state, order).records]
    assert kinds[:3] == ["pending", "start", "identity"]
    assert kinds[-1] == "finished"


def test_a_locked_notes_ini_fails_the_order_and_changes_nothing() -> None:
    played, order = play("ini_set_closed")
    ini = next(file for file in played.world.state.pcs[0].files if file.path == INI)
    ini.locked = True
    content = ini.base64
    assert not one_pass(played.world)
    assert [record["code"] for record in journal(played.state, order).records if record["k"] == "failing"] == [
        "locked_file"
    ]
    assert ini.base64 == content


def test_a_value_over_its_limit_is_not_touched() -> None:
    long = Vector("long", {"start": {"base": "closed_prompt_free"}, "orders": [_set_home("MailType")], "expect": {}})
    played = Play(long, PythonEngine())
    names = next(each for each in played.world.state.pcs[0].clients[0].databases if each.path == "names.nsf")
    item = next(each for each in names.documents[1].items if each.name == "MailType")
    item.values = ["x" * 1000] * 40
    assert not one_pass(played.world)
    records = journal(played.state, played.orders["o0"]).records
    assert [record["code"] for record in records if record["k"] == "failing"] == ["unreadable"]
    assert max(len(canonical_text(record)) for record in records) < 2000


def _set_home(item: str) -> dict[str, Any]:
    match = [{"item": "Name", "any_of": ["Home"]}]
    items = [{"name": item, "values": ["1"]}]
    return {
        "actions": [
            {
                "name": "document.set_items",
                "with": {"db": "names.nsf", "form": "Location", "match": match, "items": items},
            }
        ]
    }
