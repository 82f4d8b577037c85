"""Documents that were refused show as `aside`, whoever they are of; how sections stood before can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from stores import AT, CLIENT, add_client, add_pc, add_run, new_store

from notesfleet.audit.inside import Outbox
from notesfleet.store import readings
from notesfleet.store.connection import Store
from notesfleet.store.standing import read_standings
from notesfleet.store.states import ClientState
from notesfleet.store.tables import asides

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened)
    yield opened
    opened.close()


def _refused(store: Store, host: str, at: str) -> None:
    add_run(store)
    row = {"run": "r1", "position": 0, "item": 0, "host": host, "pc": "pc1", "why": "code_page: nonsense", "path": "x"}
    with store.transaction() as connection:
        connection.execute(sa.insert(asides).values(at=at, **row))


def test_a_pc_whose_survey_was_refused_is_aside_with_the_reason(store: Store) -> None:
    _refused(store, "pc1", AT)
    (standing,) = read_standings(store)
    assert (standing.state, standing.reason) == (ClientState.ASIDE, "code_page: nonsense")


def test_a_pc_that_does_not_answer_any_more_is_absent_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    add_pc(store, absent_at="2026-11-27T08:00:00Z", absent_why="does not answer in time")
    _refused(store, "pc1", AT)
    (standing,) = read_standings(store)
    assert (standing.state, standing.reason) == (ClientState.ABSENT, "does not answer in time")
    store.close()


def test_a_pc_that_has_answered_well_since_is_not_aside(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    add_pc(store, answered_at="2026-11-27T08:00:00Z")
    _refused(store, "pc1", AT)
    (standing,) = read_standings(store)
    assert standing.state is None
    store.close()


def test_a_client_of_no_wave_is_aside_too(store: Store) -> None:
    add_client(store)
    _refused(store, CLIENT, AT)
    (standing,) = read_standings(store)
    assert standing.state is ClientState.ASIDE


def test_how_sections_stood_is_given_newest_first_whatever_arrived_when(store: Store) -> None:
    add_client(store)
    with store.transaction() as connection:
        for day, count in ((22, 2), (20, 0), (21, 1)):
            at = f"2026-11-{day}T08:00:00Z"
            readings.keep(connection, CLIENT, at, "inside", {"outbox": Outbox(count=count)})
        states = readings.states_of(connection, CLIENT, frozenset({"outbox"}))
        few = readings.states_of(connection, CLIENT, frozenset({"outbox"}), limit=2)
    assert [state["outbox"].document["count"] for state in states] == [2, 1, 0]
    assert states[:2] == few
