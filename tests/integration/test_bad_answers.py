"""A PC that answers nonsense fails alone, with the reason; the others go on, what it said is kept aside, unused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from fleet import Ran, VirtualFleet, virtual_fleet

from notesfleet.simulator.company import demo_company
from notesfleet.simulator.faults import Fault
from notesfleet.store.connection import Store, open_store
from notesfleet.store.standing import Standing, read_standings
from notesfleet.store.states import ClientState
from notesfleet.store.tables import asides, facts, orders

AUDIT = "playbooks/audit.yml"
MIGRATE = "playbooks/migrate.yml"
ANSWERS = [
    ("PC-0101", Fault.JOURNAL_TOO_LARGE, "cannot be taken: more than 4194304 bytes"),
    ("PC-0102", Fault.JOURNAL_CUT, "does not fit the line before it"),
    ("PC-0103", Fault.JOURNAL_CHECKSUM, "does not fit"),
    ("PC-0104", Fault.JOURNAL_NOT_OF_ITS_SCHEMA, "the journal is that of order 1, not of"),
    ("PC-0201", Fault.JOURNAL_OF_ANOTHER, "the journal is that of order 00000000000000000000000000000000"),
    ("PC-0202", Fault.ANSWER_NONSENSE, "is not used and kept aside: clients.0.sid"),
    ("PC-0203", Fault.ANSWER_OTHER_CLIENT, "the PC said nothing about this client"),
    ("PC-0205", Fault.NO_DOCUMENT, "is not used and kept aside: runner"),
]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> VirtualFleet:
    with virtual_fleet(
        demo_company(1, 16), tmp_path_factory.mktemp("bad"), faults={pc: fault for pc, fault, _ in ANSWERS}
    ) as fleet:
        busy = {pc for pc, _, _ in ANSWERS} | {"PC-0206", "PC-0207"}
        fleet.variables = {name: said for name, said in fleet.variables.items() if said["notesfleet"]["pc"] in busy}
        yield fleet


@pytest.fixture(scope="module")
def ran(fleet: VirtualFleet) -> Ran:
    return fleet.playbook(MIGRATE, "-e", "batch=100%", "-v")


@pytest.fixture
def store(fleet: VirtualFleet, ran: Ran) -> Store:
    opened = open_store(f"sqlite:///{fleet.folder / 'home' / 'store.db'}")
    yield opened
    opened.close()


def _of(fleet: VirtualFleet, pc: str) -> list[str]:
    return [name for name, said in fleet.variables.items() if said["notesfleet"]["pc"] == pc]


@pytest.mark.parametrize(("pc", "fault", "said"), ANSWERS)
def test_that_client_fails_with_the_reason(fleet: VirtualFleet, ran: Ran, pc: str, fault: Fault, said: str) -> None:
    for client in _of(fleet, pc):
        assert ran.recap[client]["failed"] == 1, ran.text
    assert said in ran.text


@pytest.mark.parametrize(("pc", "fault", "said"), ANSWERS)
def test_nothing_of_it_is_used(fleet: VirtualFleet, store: Store, pc: str, fault: Fault, said: str) -> None:
    with store.transaction() as connection:
        states = (
            connection.execute(sa.select(orders.c.state).where(orders.c.client.in_(_of(fleet, pc)))).scalars().all()
        )
    assert set(states) <= {"staged", "failed"}, states


@pytest.mark.parametrize(
    ("pc", "fault"), [(pc, fault) for pc, fault, _ in ANSWERS if fault is not Fault.ANSWER_OTHER_CLIENT]
)
def test_what_it_said_is_kept_aside(fleet: VirtualFleet, store: Store, pc: str, fault: Fault) -> None:
    with store.transaction() as connection:
        kept = connection.execute(sa.select(asides).where(asides.c.pc == pc)).all()
    assert kept, fault
    for each in kept:
        path = Path(each.path)
        assert path.parent == fleet.folder / "home" / "aside"
        assert path.stat().st_mode & 0o777 == 0o600
        json.loads(path.read_text())
    standings: list[Standing] = [each for each in read_standings(store) if each.client in _of(fleet, pc)]
    assert {each.state for each in standings} == {ClientState.ASIDE}


def test_the_others_go_on(fleet: VirtualFleet, ran: Ran) -> None:
    assert ran.code == 2
    assert ran.recap["pc-0206~bgerber"]["failed"] == 0
    faulty = {client for pc, _, _ in ANSWERS for client in _of(fleet, pc)}
    failed = {client for client, counts in ran.recap.items() if counts["failed"]}
    assert failed == faulty
    assert ran.recap["pc-0207~elang"]["changed"] >= 1, ran.text


def test_a_survey_that_is_none_gives_no_facts(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(1, 4), tmp_path, faults={"PC-0101": Fault.SURVEY_NONSENSE}) as fleet:
        ran = fleet.playbook(AUDIT)
        assert "the survey of PC-0101 is not used and kept aside: code_page" in ran.text
        assert [client for client, counts in ran.recap.items() if counts["failed"]] == ["pc-0101~jdupont"]
        store = open_store(f"sqlite:///{tmp_path / 'home' / 'store.db'}")
        with store.transaction() as connection:
            known = set(connection.execute(sa.select(facts.c.client)).scalars())
        store.close()
    assert "pc-0101~jdupont" not in known
    assert len(known) == 3
