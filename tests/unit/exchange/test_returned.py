"""What minions return: their own PC's records go into the store, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded import ORDER
from stores import CLIENT, SID, add_client, add_pc, new_store

from notesfleet.exchange.returned import take_returned
from notesfleet.orders.model import Staging
from notesfleet.packed import pack
from notesfleet.store.connection import Store
from notesfleet.store.inventory import read
from notesfleet.store.runs import read_run, read_runs
from notesfleet.store.spool import sealed

AT = "2026-11-26T09:00:00Z"
RUN = "20261126T090000Z-1-abcdef"
OTHER = "pc2~eve"
BEGIN: dict[str, Any] = {"kind": "run", "id": RUN, "playbook": "notesfleet.step", "started": AT, "check": False}
SENT = {"client": CLIENT, "id": ORDER.id, "text": ORDER.text, "staging": Staging(ini="C:\\Notes\\notes.ini").content}
RESULT = {"host": CLIENT, "task": "notesfleet.step", "action": "notesfleet.step", "at": AT, "status": "ok", "msg": ""}


def sent(**other: Any) -> dict[str, Any]:
    return {"kind": "sent", "host": CLIENT, "pc": "pc1", "at": AT, "orders": [SENT | other]}


def returned(*records: dict[str, Any]) -> dict[str, Any]:
    """What a state run returns whose states are these records'."""
    return {"a_state": {"result": True, "record": [pack(b"".join(sealed(each) for each in records))]}}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("NOTESFLEET_HOME", str(tmp_path))
    store = new_store(tmp_path)
    for pc, client, sid in (("pc1", CLIENT, SID), ("pc2", OTHER, SID[:-1] + "9")):
        add_pc(store, pc)
        add_client(store, client, sid)
    yield store
    store.close()


def orders(store: Store) -> list[str]:
    return [order for host in read(store).hosts for order in host.variables["notesfleet"].get("other_orders", {})]


def test_a_minions_record_is_in_the_store_as_a_run_of_its_own(store: Store, tmp_path: Path) -> None:
    assert take_returned("pc1.acme.example", returned(BEGIN, sent(), {"kind": "result", **RESULT})) == []
    (run,) = read_runs(store)
    assert (run.id, run.playbook) == (RUN, "notesfleet.step")
    assert [each.host for each in read_run(store, run).results] == [CLIENT]
    assert orders(store) == [ORDER.id]
    assert (tmp_path / "spool" / f"{RUN}.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_record_that_comes_again_or_longer_is_taken_once(store: Store) -> None:
    for records in ([BEGIN], [BEGIN, sent()], [BEGIN, sent()], [BEGIN]):
        assert take_returned("PC1", returned(*records)) == []
    assert len(read_runs(store)) == 1
    assert orders(store) == [ORDER.id]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (sent() | {"pc": "pc2"}, "a record is of another PC than pc1"),
        (sent() | {"host": OTHER}, f"{OTHER} is no client of pc1"),
        (sent(client=OTHER), f"{OTHER} is no client of pc1"),
        ({"kind": "result", **RESULT, "host": "pc1x~eve"}, "pc1x~eve is no client of pc1"),
        ({"kind": "play", "name": "x", "hosts": [OTHER]}, f"{OTHER} is no client of pc1"),
        ({"kind": "end", "at": AT, "stats": {OTHER: {}}}, f"{OTHER} is no client of pc1"),
        (
            {"kind": "answer", "host": CLIENT, "pc": "pc1", "at": AT, "clients": {SID: OTHER}, "answer": {}},
            f"{OTHER} is no client of pc1",
        ),
        ({"kind": "absent", "host": CLIENT, "pc": "pc1", "at": AT, "why": "x"}, "no record of the kind absent"),
        ({"kind": "sent", "host": CLIENT}, "pc: Field required"),
    ],
)
def test_a_minion_speaks_for_its_own_pc_alone(store: Store, tmp_path: Path, record: dict[str, Any], says: str) -> None:
    (sentence,) = take_returned("pc1", returned(BEGIN, sent(), record))
    assert sentence.startswith("what the minion pc1 returned is not used: ")
    assert says in sentence
    assert (read_runs(store), orders(store)) == ([], [])
    assert not (tmp_path / "spool").exists()


def test_a_run_that_is_known_is_not_written_on_by_another(store: Store, tmp_path: Path) -> None:
    take_returned("pc1", returned(BEGIN, sent()))
    (sentence,) = take_returned("pc2", returned(BEGIN | {"controller": "eve"}))
    assert f"its run {RUN} is known here, and was another" in sentence
    # Of another controller with the same store: there is no spool of it here.
    (tmp_path / "spool" / f"{RUN}.jsonl").unlink()
    (sentence,) = take_returned("pc2", returned(BEGIN))
    assert "is known here, and was another" in sentence


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"record": ["no base64"]}, "is not used: "),
        ({"record": [pack(b"no spool\n")]}, "it is not the record of a run"),
        ({"record": [pack(sealed(BEGIN | {"id": "../../x"}))]}, "its run has no name of a run"),
        ({"record": [pack(sealed(BEGIN)[:-1])]}, "it is not the record of a run"),
    ],
)
def test_what_is_no_record_is_named_and_not_used(store: Store, value: dict[str, Any], says: str) -> None:
    (sentence,) = take_returned("pc1", value)
    assert says in sentence
    assert read_runs(store) == []


@pytest.mark.parametrize("value", [None, True, "text", [], {}, {"a": {"result": True}}])
def test_what_other_functions_return_is_nothing_to_the_store(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTESFLEET_STORE", "no address: it is not even opened")
    assert take_returned("pc1", value) == []


def test_a_minion_that_the_store_does_not_know_is_named(store: Store) -> None:
    (sentence,) = take_returned("pc9", returned(BEGIN))
    assert "pc9: the store has no PC of this name" in sentence
