"""The thread: the shipped runner and the Python engine bring the same sixteen clients to the same end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fleet import ROOT, Ran, VirtualFleet, advance, virtual_fleet
from migration import ALL, WAVES, ids_by_step, without_controllers_time
from powershell import powershell_program

from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.clients_file import import_clients, read_clients_file
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.sites import NEW_SERVER
from notesfleet.simulator.state import NotesClient, World
from notesfleet.store.connection import Store, open_store
from notesfleet.store.inventory import read
from notesfleet.store.standing import read_standings

ABSENT = ["pc-0108", "pc-0204", "pc-0207~elang"]
EVENING, MORNING = "2026-11-26T17:06:00Z", "2026-11-27T08:06:00Z"


@dataclass(frozen=True)
class Migrated:
    """Audit, wave, night, collection and wave by the real playbooks, and what all PCs are then."""

    fleet: VirtualFleet
    collected: Ran
    brought: int
    second: Ran
    world: World
    orders: dict[str, dict[str, str]]


@contextmanager
def company(folder: Path, powershell: str = "") -> Iterator[VirtualFleet]:
    """The virtual PCs, in a store that knows their names."""
    with virtual_fleet(demo_company(1, 16), folder, powershell, filled=False) as fleet:
        with opened(fleet) as store:
            import_clients(store, read_clients_file(folder / "simulator" / "pcs.csv"))
        fleet.inventory_of_the_store()
        yield fleet


@contextmanager
def opened(fleet: VirtualFleet) -> Iterator[Store]:
    store = open_store(f"sqlite:///{fleet.folder / 'home' / 'store.db'}")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def migrated(folder: Path, powershell: str = "") -> Iterator[Migrated]:
    with company(folder, powershell) as fleet:
        play(fleet, "audit", "unaudited", "-e", "depth=inside")
        with opened(fleet) as store:
            load_campaign(store, read_campaign(campaign(folder)), "campaign.yml")
        advance(fleet, EVENING)
        play(fleet, "migrate", WAVES)
        assert named(fleet, "absent") == ABSENT
        advance(fleet, MORNING)
        answers = len(fleet.spooled("answer"))
        collected = play(fleet, "collect", ALL)
        late = fleet.spooled("answer")[answers:]
        brought = sum(len(client["orders"]) for each in late for client in each.fields["answer"]["clients"])
        second = play(fleet, "migrate", WAVES)
        assert (len(named(fleet, "done")), len(named(fleet, "absent"))) == (14, 2)
        world = without_controllers_time(fleet.model.dump())
        assert [pc.name for pc in world.pcs if pc.harms] == []
        yield Migrated(fleet, collected, brought, second, world, orders(fleet))


def campaign(folder: Path) -> Path:
    """The demo's; what it has as a mounted share is the simulator's folder here."""
    path = folder / "campaign.yml"
    text = (ROOT / "demo" / "campaign.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("/mnt/netlogon", str(folder / "simulator" / "netlogon")), encoding="utf-8")
    return path


def play(fleet: VirtualFleet, playbook: str, target: str, *options: str) -> Ran:
    ran = fleet.playbook(f"playbooks/{playbook}.yml", "-e", f"target={target}", *options)
    assert (ran.code, ran.sum("failed"), ran.sum("unreachable")) == (0, 0, 0), ran.text[-4000:]
    return ran


def named(fleet: VirtualFleet, state: str) -> list[str]:
    """The clients in that state, and PCs that were not audited."""
    with opened(fleet) as store:
        return sorted(each.client or each.pc.lower() for each in read_standings(store) if each.state == state)


def hosts(fleet: VirtualFleet) -> dict[str, dict[str, Any]]:
    """The variables of all inventory hosts."""
    with opened(fleet) as store:
        return {host.name: host.variables["notesfleet"] for host in read(store).hosts}


def orders(fleet: VirtualFleet) -> dict[str, dict[str, str]]:
    return ids_by_step(hosts(fleet))


@pytest.fixture(scope="module")
def by_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migrated]:
    with migrated(tmp_path_factory.mktemp("thread")) as ended:
        yield ended


@pytest.mark.timeout(2400)
def test_the_shipped_runner_leaves_what_the_python_engine_leaves(by_python: Migrated, tmp_path: Path) -> None:
    with migrated(tmp_path, powershell_program()) as by_powershell:
        assert differences(by_python.world, by_powershell.world) == []
        assert by_python.orders == by_powershell.orders


def test_a_night_later_the_reports_are_collected_and_only_who_was_absent_is_migrated(by_python: Migrated) -> None:
    collected = by_python.collected
    assert (collected.sum("changed"), by_python.brought) == (0, 39)
    changed = {host: said["changed"] for host, said in by_python.second.recap.items() if said["changed"]}
    assert changed == {"pc-0207~elang": 2}
    for pc in by_python.world.pcs:
        for client in pc.clients if pc.power == "on" else []:
            assert mail_servers(client) == {NEW_SERVER}, pc.name


def mail_servers(client: NotesClient) -> set[object]:
    """Of the user's two Locations that are for mail."""
    names = next(database for database in client.databases if database.path == "names.nsf")
    items = [{item.name: item.values for item in each.items} for each in names.documents]
    mail = [each for each in items if each.get("Name") in (["Office (Network)"], ["Home"])]
    return {each["MailServer"][0] for each in mail}


def test_an_order_keeps_its_id_after_a_later_audit_and_sent_again_changes_nothing(by_python: Migrated) -> None:
    assert sum(len(each) for each in by_python.orders.values()) == 14 * 3

    play(by_python.fleet, "audit", ALL, "-e", "depth=inside")
    again = play(by_python.fleet, "migrate", ALL)

    assert again.sum("changed") == 0
    assert orders(by_python.fleet) == by_python.orders


def test_an_audit_from_outside_installs_and_writes_nothing_on_any_pc(tmp_path: Path) -> None:
    with company(tmp_path) as fleet:
        before = fleet.model.dump()

        play(fleet, "audit", "unaudited", "-e", "depth=outside")

        assert fleet.model.dump() == before
        assert len([each for each in hosts(fleet) if "~" in each]) == 14
