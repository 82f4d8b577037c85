"""A cancellation that a PC confirms, and which orders a stop concerns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from recorded import AT, DONE, LATER, ORDER, PENDING, Run, journal_of
from stores import CLIENT, SID, add_client, add_order, add_pc, add_target, new_store

from notesfleet import clock
from notesfleet.orders.model import OrderState
from notesfleet.packed import pack
from notesfleet.store.connection import Store
from notesfleet.store.recalls import open_orders
from notesfleet.store.tables import orders, reports

pytestmark = pytest.mark.usefixtures("database")

CANCELLED = {"k": "finished", "state": "cancelled", "left": []}
SHARE = "\\\\acme.example\\netlogon\\c.stop"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened)
    add_client(opened)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Run:
    made = Run(store, tmp_path)
    made.sent(ORDER)
    return made


def cancel(run: Run, journal: bytes, at: str = LATER, logged_on: bool = True, **fields: Any) -> None:
    """What order_cancel spools: what it asks for, then the PC's answer."""
    run.spool.append(
        "cancelled", host=CLIENT, pc="pc1", at=at, client=CLIENT, orders=[ORDER.id], author="a", reason="r"
    )
    said = {"id": ORDER.id, "staged": "known", "cancel": "new", "journal": pack(journal) if journal else ""}
    client = {"sid": SID, "logged_on": logged_on, "orders": [said | fields]}
    answer = {"runner": "present", "time": at, "clients": [client], "changed": False}
    run.spool.append("answer", host=CLIENT, pc="pc1", at=at, clients={SID: CLIENT}, answer=answer)


def row(store: Store) -> tuple[str, str | None, str | None]:
    with store.transaction() as connection:
        found = connection.execute(sa.select(orders)).one()
        return found.state, found.reason, found.cancel_at


def test_an_order_is_cancelled_when_its_journal_says_so(store: Store, run: Run) -> None:
    cancel(run, journal_of(ORDER, PENDING, CANCELLED))
    assert run.imported().refused == []
    assert row(store) == ("cancelled", None, LATER)
    with store.transaction() as connection:
        assert connection.execute(sa.select(reports.c.document)).scalar_one()["state"] == "cancelled"


def test_with_nobody_logged_on_it_is_noted_and_the_order_keeps_waiting(store: Store, run: Run) -> None:
    cancel(run, b"", logged_on=False)
    run.imported()
    assert row(store) == ("pending", "nobody_logged_on", LATER)


def test_the_first_moment_counts_and_any_exchange_can_bring_it(store: Store, run: Run) -> None:
    cancel(run, journal_of(ORDER, PENDING), at=AT, cancel="known")
    cancel(run, journal_of(ORDER, PENDING), at=LATER, cancel="known")
    run.imported()
    assert row(store) == ("pending", "notes_open", AT)


def test_what_was_asked_for_and_not_confirmed_is_not_claimed(store: Store, run: Run) -> None:
    cancel(run, journal_of(ORDER, PENDING), cancel="none", error="disk_full: C: is full")
    run.imported()
    assert row(store) == ("pending", "notes_open", None)


def test_an_order_that_does_not_lie_there_is_not_claimed(store: Store, run: Run) -> None:
    cancel(run, b"", staged="absent", cancel="none")
    run.imported()
    assert row(store) == ("staged", None, None)


def test_an_order_that_was_done_before_stays_done(store: Store, run: Run) -> None:
    cancel(run, journal_of(ORDER, *DONE), cancel="none", ended_before=True)
    run.imported()
    assert row(store) == ("done", None, None)


def test_a_journal_that_cannot_be_trusted_does_not_hide_the_cancellation(store: Store, run: Run) -> None:
    cancel(run, journal_of(ORDER, PENDING).replace(b"notes_open", b"notes_opem"))
    assert len(run.imported().asides) == 1
    assert row(store) == ("staged", None, LATER)


def test_open_orders_are_counted_by_state_and_those_that_look_elsewhere_apart(store: Store) -> None:
    add_target(store)
    later = clock.text(clock.now() + timedelta(hours=1))
    seen = json.dumps({"stop_file": SHARE, "not_after": later})
    add_order(store, "one", "staged", staging=seen)
    add_order(store, "two", "pending", staging=json.dumps({"stop_file": None, "not_after": later}))
    add_order(store, "three", "done", staging=seen)
    add_order(store, "four", "pending", staging=seen, cancel_at=AT)
    add_order(store, "five", "pending", staging=json.dumps({"stop_file": SHARE, "not_after": AT[:3] + "0" + AT[4:]}))
    add_order(store, "six", "running", staging=seen, campaign="other")
    with store.transaction() as connection:
        found = open_orders(connection, "c", SHARE)
    assert (found.states, found.count, found.blind) == ({OrderState.STAGED: 1, OrderState.PENDING: 1}, 2, 1)
