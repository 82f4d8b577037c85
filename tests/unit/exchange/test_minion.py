"""A minion: whose clients it speaks for, and the record of what it sends."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from notesfleet.errors import InputError, NotRecorded
from notesfleet.exchange.minion import KEPT_FOR, LEFT_AFTER, Call, Minion, MinionRun, read_minion
from notesfleet.exchange.returned import records_in
from notesfleet.exchange.task import EMPTY, Opened
from notesfleet.packed import unpack
from notesfleet.store.spool import parse_spool, read_spool

TWO = {
    "pc": "PC1",
    "clients": {
        f"pc1~{name}": {"groups": groups, "notesfleet": {"pc": "PC1"}}
        for name, groups in (("ann", ["wave_pilot"]), ("bob", ["wave_main"]))
    },
}
NOBODY = {"pc": "PC1", "clients": {}}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOTESFLEET_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "minion"


def done(opened: Opened) -> dict[str, Any]:
    return EMPTY | {"changed": True, "msg": "done"}


def call(check: bool = False) -> Call:
    return Call("notesfleet.order", {}, check, "ann", lambda script, arguments: {})


@pytest.mark.parametrize(
    ("target", "names"),
    [(None, ["pc1~ann", "pc1~bob"]), ("pc1~bob", ["pc1~bob"]), ("wave_pilot", ["pc1~ann"]), ("wave_none", [])],
)
def test_a_target_is_a_client_or_a_group_of_the_inventory(target: str | None, names: list[str]) -> None:
    assert Minion.model_validate(TWO).named(target) == names


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (None, "PC1 has 2 clients, and one is needed; there are pc1~ann, pc1~bob"),
        ("pc2~eve", "PC1 has no client pc2~eve; there are pc1~ann, pc1~bob"),
        ("wave_none", "wave_none means 0 clients"),
    ],
)
def test_where_one_client_is_needed_a_wrong_target_is_named(target: str | None, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Minion.model_validate(TWO).host(target)


def test_a_pc_that_was_not_audited_stands_for_itself() -> None:
    minion = Minion.model_validate(NOBODY)
    assert minion.host(None) == "PC1"
    assert minion.variables("PC1") == {"pc": "PC1"}


@pytest.mark.parametrize(
    ("pillar", "error", "says"),
    [
        (None, InputError, "m1: the minion has no pillar `notesfleet`"),
        ({"problem": "there is no store x"}, NotRecorded, "there is no store x"),
        ({"clients": {}}, InputError, "m1: the pillar notesfleet.pc: Field required"),
    ],
)
def test_a_pillar_that_cannot_be_used_is_named(pillar: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read_minion("m1", pillar)


def test_a_result_carries_the_record_of_its_run() -> None:
    run = MinionRun.begin(Minion.model_validate(NOBODY), "notesfleet.order", check=False)
    result = run.perform("PC1", call(), done)
    (packed,) = records_in(result)
    kinds = [record.kind for record in parse_spool(unpack(packed, 1 << 20)).records]
    assert kinds == ["run", "play", "result", "end"]
    assert result["run"] == run.spool.run


def test_the_steps_of_a_state_run_are_one_run_and_know_its_orders() -> None:
    minion = Minion.model_validate(TWO)
    first = MinionRun.begin(minion, "notesfleet.step", check=False)
    first.spool.append(
        "sent", host="pc1~ann", orders=[{"client": "pc1~ann", "id": "1" * 32, "text": '{"step": "one"}'}]
    )
    known: list[dict[str, str]] = []

    def look(opened: Opened) -> dict[str, Any]:
        known.append(opened.orders_of_this_run())
        return done(opened)

    again = MinionRun.resumed(minion, first.spool.run)
    again.perform("pc1~ann", call(), look)
    again.perform("pc1~bob", call(), look)
    assert known == [{"one": "1" * 32}, {}]
    ends = [record for record in read_spool(first.spool.path).records if record.kind == "end"]
    assert {host: sums["changed"] for host, sums in ends[-1].fields["stats"].items()} == {"pc1~ann": 1, "pc1~bob": 1}


@pytest.mark.parametrize("run", ["", "../../spool/x", "20261126T080000Z-1-abcdef"])
def test_a_run_that_was_not_begun_here_is_not_gone_on_with(run: str) -> None:
    with pytest.raises(InputError, match="was not begun on this PC"):
        MinionRun.resumed(Minion.model_validate(NOBODY), run)


def test_the_record_of_a_run_whose_result_was_lost_comes_with_a_later_one(home: Path) -> None:
    minion = Minion.model_validate(NOBODY)
    lost = MinionRun.begin(minion, "notesfleet.order", check=False).spool.path
    long_ago = time.time() - LEFT_AFTER - 60
    os.utime(lost, (long_ago, long_ago))
    record = lost.read_bytes()
    result = MinionRun.begin(minion, "notesfleet.audit", check=False).perform("PC1", call(), done)
    assert unpack(result["record"][1], 1 << 20) == record
    assert not lost.exists()
    kept = home / "returned" / lost.name
    assert kept.read_bytes() == record
    month_ago = long_ago - KEPT_FOR
    os.utime(kept, (month_ago, month_ago))
    MinionRun.begin(minion, "notesfleet.audit", check=False).perform("PC1", call(), done)
    assert not kept.exists()


def test_where_nothing_can_be_recorded_nothing_is_begun(home: Path) -> None:
    home.parent.write_text("a file where the home should be")
    with pytest.raises(NotRecorded, match="this run is not recorded, so nothing is sent"):
        MinionRun.begin(Minion.model_validate(NOBODY), "notesfleet.order", check=False)
