"""Surveys in the store: names that stay, facts that are not lost, and profiles that cannot be mixed up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import AT, LATER, Run, order_of
from stores import CLIENT, SID, add_client, add_pc, new_store

from notesfleet.audit.reading import read_clients
from notesfleet.audit.survey import Survey
from notesfleet.exchange.host import read_host
from notesfleet.simulator.company import one_client
from notesfleet.simulator.engines.survey import survey
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.store import readings
from notesfleet.store.connection import Store
from notesfleet.store.inventory import read
from notesfleet.store.tables import clients

pytestmark = pytest.mark.usefixtures("database")

SURVEY = survey(ModelWorld(one_client()).system_seams("PC-0001"))
(PROFILE,) = SURVEY["profiles"]


def surveyed(accounts: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A survey of pc1 with these profiles, SID to account."""
    return SURVEY | {"profiles": [PROFILE | {"sid": sid, "account": name} | fields for sid, name in accounts.items()]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Run:
    return Run(store, tmp_path)


def take(run: Run, document: Any, at: str = AT) -> list[str]:
    run.spool.append("survey", host="pc1", pc="pc1", at=at, survey=document)
    return run.imported().asides


def stored(store: Store) -> dict[str, str]:
    with store.transaction() as connection:
        return {row.sid: row.name for row in connection.execute(sa.select(clients))}


def sections(store: Store) -> dict[str, Any]:
    with store.transaction() as connection:
        return {name: reading.document for name, reading in readings.newest(connection)[CLIENT].items()}


def test_a_new_profile_with_a_lower_sid_and_the_same_account_does_not_stop_the_pcs_surveys(
    store: Store, run: Run
) -> None:
    assert take(run, surveyed({SID: "jdupont"})) == []
    assert take(run, surveyed({"S-1-5-21-0-7": "jdupont", SID: "jdupont"}), LATER) == []
    assert stored(store) == {SID: CLIENT, "S-1-5-21-0-7": f"{CLIENT}-7"}


def test_a_renamed_account_stays_the_same_client(store: Store, run: Run) -> None:
    take(run, surveyed({SID: "jdupont"}))
    take(run, surveyed({SID: "jmartin"}), LATER)
    assert stored(store) == {SID: CLIENT}


def test_an_ini_that_is_locked_today_does_not_hide_what_was_read_yesterday(store: Store, run: Run) -> None:
    take(run, surveyed({SID: "jdupont"}))
    read_before = sections(store)
    locked = {"ini": "", "data": "", "databases": [], "error": "locked_file"}
    assert take(run, surveyed({SID: "jdupont"}, **locked), LATER) == []
    assert {name: sections(store)[name] for name in ("ini", "notes", "files")} == {
        name: read_before[name] for name in ("ini", "notes", "files")
    }
    assert stored(store) == {SID: CLIENT}


def test_a_client_of_which_the_ini_was_never_read_is_a_client_that_says_so(store: Store, run: Run) -> None:
    locked = {"ini": "", "data": "", "databases": [], "error": "locked_file"}
    take(run, surveyed({SID: "jdupont"}, **locked))
    assert sections(store)["ini"]["mail_server"] == {"unknown": "notes.ini: locked_file"}


def test_an_ini_that_cannot_be_decoded_leaves_its_client_alone_in_doubt(store: Store, run: Run) -> None:
    odd = surveyed({SID: "jdupont"}, ini="W05vdGVzXQ0KTWFpbEZpbGU9gQ0K") | {"code_page": 932}
    assert take(run, odd) == []
    assert "unreadable" in sections(store)["ini"]["mail_file"]["unknown"]


def test_an_order_of_another_profile_than_its_name_is_put_aside(store: Store, run: Run) -> None:
    add_client(store)
    run.sent(order_of(CLIENT, "S-1-5-21-0-7"))
    assert "is of another profile" in run.imported().asides[0]


accounts = st.dictionaries(
    st.integers(1, 9).map(lambda number: f"S-1-5-21-{number % 2}-{number}"),
    st.sampled_from(["ann", "ANN", "ann-3", "bob", "é"]),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None)
@given(st.lists(accounts, min_size=1, max_size=4))
def test_an_audit_names_each_client_as_the_store_will(seen: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder))
        add_pc(store)
        given_before: dict[str, str] = {}
        for number, each in enumerate(seen):
            hosts = read(store).hosts
            named = []
            for host in hosts:
                said = read_host(host.name, host.variables["notesfleet"])
                shown = read_clients(Survey.model_validate(surveyed(each)), said.pc, said.known_names)
                named.append({reading.sid: reading.name for reading in shown})
            assert take(Run(store, Path(folder), f"r{number}"), surveyed(each)) == []
            assert all(names == {sid: stored(store)[sid] for sid in each} for names in named)
            assert stored(store) == stored(store) | given_before
            given_before = stored(store)
        store.close()
