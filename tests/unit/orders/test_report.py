from __future__ import annotations

import contextlib

import pytest
from conformance.play import Play, PythonEngine
from conformance.vectors import Vector, journal, vectors
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.errors import DocumentError
from notesfleet.orders.journal import Journal, Record
from notesfleet.orders.model import OrderState
from notesfleet.orders.report import Report, fold


def played(name: str) -> tuple[Play, Journal]:
    play = Play(next(each for each in vectors() if each.name == name), PythonEngine())
    return play, journal(play.play(), next(iter(play.orders.values())))


def told(name: str, records: list[Record] | None = None) -> Report:
    play, found = played(name)
    order = next(iter(play.orders.values()))
    return fold(order.order, found if records is None else Journal(records), order.staging)


def test_an_empty_journal_is_a_staged_order() -> None:
    report = told("ini_set_closed", [])
    assert (report.state, report.started, report.ended, report.changed) == (OrderState.STAGED, None, None, False)
    assert [action.status for action in report.actions] == ["not_reached"]


def test_the_document_has_the_shape_of_the_specification() -> None:
    document = told("ini_set_closed").document()
    assert list(document) == [
        "schema", "order", "client", "mode", "state", "reason", "attempt", "started", "ended", "actions", "left"
    ]  # fmt: skip
    assert document["actions"] == [
        {
            "name": "ini.set",
            "status": "changed",
            "way": "closed",
            "seconds": 0,
            "same": 0,
            "saw": None,
            "unproven": False,
            "error": None,
            "parts": [
                {
                    "at": {"ini": "mailserver"},
                    "before": {"values": ["CN=Old/O=Acme"]},
                    "after": {"values": ["CN=New/O=Acme"]},
                    "status": "changed",
                }
            ],
        }
    ]


def test_an_undone_part_ends_as_it_began() -> None:
    report = told("stage_failing_undone")
    first = report.actions[0].parts[0]
    assert (first.status, first.after) == ("undone", first.before)
    assert report.actions[2].error is not None
    assert not report.changed


def test_a_switched_mail_server_is_said_not_to_be_compared() -> None:
    assert [(each.a, each.why) for each in told("migration_open").left] == [(4, "not_compared")]
    assert told("check_mode").left == []


def test_a_check_says_what_would_change() -> None:
    report = told("check_mode")
    assert report.changed
    assert report.actions[1].parts[0].status == "would_change"


@pytest.mark.parametrize("vector", vectors(), ids=lambda each: each.name)
def test_every_beginning_of_a_journal_has_a_report(vector: Vector) -> None:
    """A runner may be asked for its journal at any moment; the last record decides the state."""
    play = Play(vector, PythonEngine())
    state = play.play()
    for order in play.orders.values():
        records = journal(state, order).records
        for length in range(len(records) + 1):
            report = fold(order.order, Journal(records[:length]), order.staging)
            ended = bool(length) and records[length - 1]["k"] == "finished"
            assert report.state.ended == ended
            assert (report.ended is not None) == ended


def test_another_orders_journal_is_not_folded() -> None:
    play, found = played("ini_set_closed")
    foreign = [found.records[0] | {"id": "f" * 32}, *found.records[1:]]
    with pytest.raises(DocumentError, match="f" * 32):
        fold(next(iter(play.orders.values())).order, Journal(foreign))


@pytest.mark.parametrize(
    ("name", "state"), [("begin_not_after", OrderState.EXPIRED), ("document_not_found", OrderState.FAILED)]
)
def test_a_higher_attempt_that_lies_there_is_staged_until_the_runner_begins_it(name: str, state: OrderState) -> None:
    play, found = played(name)
    order = next(iter(play.orders.values()))
    first = fold(order.order, found, order.staging)
    assert (first.state, first.attempt) == (state, 1)
    second = fold(order.order, found, order.staging.model_copy(update={"attempt": 2}))
    assert (second.state, second.reason, second.attempt, second.ended) == (OrderState.STAGED, None, 2, None)
    assert [action.error for action in second.actions] == [None] * len(second.actions)
    retried = [*found.records, {"k": "retry", "t": found.records[-1]["t"], "attempt": 2}]
    third = fold(order.order, Journal(retried), order.staging.model_copy(update={"attempt": 2}))
    assert (third.state, third.attempt) == (OrderState.RUNNING, 2)


def test_what_is_cancelled_or_done_stays_so_whatever_attempt_lies_there() -> None:
    for name, state in (("begin_cancelled", OrderState.CANCELLED), ("ini_set_closed", OrderState.DONE)):
        play, found = played(name)
        order = next(iter(play.orders.values()))
        assert fold(order.order, found, order.staging.model_copy(update={"attempt": 2})).state is state


wild = st.dictionaries(
    st.sampled_from(
        ["a", "p", "s", "last", "reason", "state", "left", "saw", "met", "at", "t", "id", "attempt", "parts"]
    ),
    st.none() | st.integers(-3, 99) | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    max_size=6,
)
kinds = ["start", "retry", "identity", "pending", "stage", "saw", "found", "begin", "end", "would", "ended", "failing"]


@given(st.lists(st.tuples(st.sampled_from([*kinds, "undo", "finished", "x"]), wild), max_size=5))
def test_records_that_a_user_made_up_are_one_error_and_no_traceback(made: list[tuple[str, Record]]) -> None:
    records = [{"k": kind} | record for kind, record in made]
    with contextlib.suppress(DocumentError):
        assert isinstance(told_fast(records), Report)


_PLAYED = played("stage_conditions_first")


def told_fast(records: list[Record]) -> Report:
    return fold(next(iter(_PLAYED[0].orders.values())).order, Journal(records))
