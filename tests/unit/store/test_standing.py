"""How a client stands follows from its wave, its orders and its PC."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from stores import AT, CLIENT, add_client, add_order, add_pc, add_run, add_target, new_store

from notesfleet import clock
from notesfleet.orders.model import OrderState
from notesfleet.orders.report import Report
from notesfleet.store.connection import Store
from notesfleet.store.standing import Standing, StepStanding, read_standings
from notesfleet.store.states import STEPS, ClientState
from notesfleet.store.tables import asides, orders, pcs, reports

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened, answered_at=AT)
    yield opened
    opened.close()


def _only(store: Store) -> Standing:
    (standing,) = read_standings(store)
    return standing


def _absent(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(sa.update(pcs).values(absent_at=AT, absent_why="it does not answer"))


def test_a_pc_without_clients_is_not_audited(store: Store) -> None:
    assert (_only(store).client, _only(store).state) == ("", None)


def test_a_client_in_no_wave_is_audited(store: Store) -> None:
    add_client(store)
    assert _only(store).state is ClientState.AUDITED


def test_a_client_of_a_wave_waits_until_something_is_sent(store: Store) -> None:
    add_client(store)
    add_target(store)
    assert _only(store).state is ClientState.WAITING


def test_a_client_that_is_left_out_says_why(store: Store) -> None:
    add_client(store)
    add_target(store, left_out="needs an inside audit")
    assert (_only(store).state, _only(store).reason) == (ClientState.LEFT_OUT, "needs an inside audit")


def test_the_first_step_that_is_not_done_gives_the_reason(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[2], "pending", "waits_for_order")
    add_order(store, STEPS[1], "pending", "notes_closed")
    add_order(store, STEPS[0], "done")
    standing = _only(store)
    assert (standing.state, standing.reason) == (ClientState.PENDING, "notes_closed")
    assert [step.step for step in standing.steps] == list(STEPS)


def test_a_failed_step_makes_the_client_failed(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], "failed", "not_taken")
    add_order(store, STEPS[1], "pending", "waits_for_order")
    assert (_only(store).state, _only(store).reason) == (ClientState.FAILED, "not_taken")


def test_done_is_all_steps_and_what_is_left_is_counted_apart_from_mail_that_was_not_compared(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], "done")
    assert _only(store).state is ClientState.PENDING
    add_order(store, STEPS[1], "done", left=["not_compared"])
    add_order(store, STEPS[2], "done", left=["unsupported", "unsupported"])
    standing = _only(store)
    assert (standing.state, standing.left, standing.not_compared) == (ClientState.DONE, 2, True)


def test_an_absent_pc_keeps_what_is_done_and_shows_the_rest_as_absent(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], "pending", "notes_closed")
    _absent(store)
    assert (_only(store).state, _only(store).reason) == (ClientState.ABSENT, "it does not answer")
    for step in STEPS:
        add_order(store, step, "done", sent_at="2026-11-26T09:00:00Z")
    assert _only(store).state is ClientState.DONE


def test_orders_of_another_campaign_round_or_mode_do_not_count(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], "done", campaign="other")
    add_order(store, STEPS[0], "done", round="2")
    add_order(store, STEPS[0], "done", mode="check")
    assert _only(store).state is ClientState.WAITING


@pytest.mark.parametrize(
    ("at", "state"), [("2026-11-26T07:59:59Z", ClientState.PENDING), (AT, ClientState.ASIDE)], ids=["older", "newest"]
)
def test_a_document_put_aside_counts_until_a_good_report_comes(store: Store, at: str, state: ClientState) -> None:
    add_client(store)
    add_target(store)
    add_run(store)
    add_order(store, STEPS[0], "pending", "locked")
    row = {"run": "r1", "position": 0, "item": 0, "host": CLIENT, "pc": "pc1", "at": at, "why": "damaged", "path": "x"}
    with store.transaction() as connection:
        connection.execute(sa.insert(asides).values(**row))
    assert _only(store).state is state


def test_an_order_that_waits_for_a_condition_says_which(store: Store) -> None:
    add_client(store)
    add_target(store)
    order = add_order(store, STEPS[0], "pending", "condition")
    report = Report.model_validate(
        {
            "order": order,
            "client": CLIENT,
            "mode": "apply",
            "state": "pending",
            "reason": "condition",
            "actions": [
                {"name": "require.mailbox_at", "status": "met"},
                {"name": "require.outbox_empty", "status": "pending"},
                {"name": "document.replace_value", "status": "not_reached"},
            ],
        }
    )
    with store.transaction() as connection:
        connection.execute(sa.update(reports).where(reports.c.order == order).values(document=report.document()))
    assert (_only(store).reason, _only(store).unmet) == ("condition", "require.outbox_empty")


def _staged(store: Store, state: str, not_after: str, **values: object) -> StepStanding:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], state, "notes_closed", staging=json.dumps({"not_after": not_after}), **values)
    return _only(store).steps[0]


@pytest.mark.parametrize("state", ["staged", "running", "pending"])
def test_an_order_that_did_not_end_in_time_is_shown_as_expired(store: Store, state: str) -> None:
    step = _staged(store, state, clock.text(clock.now() - timedelta(seconds=2)))
    assert (step.state, step.reason) == (OrderState.EXPIRED, None)
    assert (_only(store).state, _only(store).reason) == (ClientState.FAILED, "expired")


@pytest.mark.parametrize("state", ["staged", "running", "pending"])
def test_an_order_whose_time_is_not_over_keeps_its_state(store: Store, state: str) -> None:
    step = _staged(store, state, clock.text(clock.now() + timedelta(minutes=1)))
    assert (step.state, step.reason) == (OrderState(state), "notes_closed")


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_what_has_ended_does_not_expire(store: Store, state: str) -> None:
    assert _staged(store, state, "2020-01-01T00:00:00Z").state is OrderState(state)


def test_a_cancelled_order_keeps_its_state_until_its_journal_says_so(store: Store) -> None:
    step = _staged(store, "pending", "2020-01-01T00:00:00Z", cancel_at=AT)
    assert (step.state, step.cancel_at, step.recalled) == (OrderState.PENDING, AT, True)
    assert _only(store).recalled
    with store.transaction() as connection:
        connection.execute(sa.update(orders).values(state="cancelled", reason=None))
    assert not _only(store).recalled
    assert (_only(store).state, _only(store).reason) == (ClientState.FAILED, "cancelled")
