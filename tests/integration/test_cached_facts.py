"""A site that caches facts: what an earlier run found there says nothing of this one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import VirtualFleet, virtual_fleet

from notesfleet.fleet.campaign_file import Campaign
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import one_client
from notesfleet.store.connection import open_store

NOBODY = "target=wave_test:!wave_test"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualFleet]:
    """A run was here whose facts are kept."""
    folder = tmp_path_factory.mktemp("cached")
    with virtual_fleet(one_client(notes_open=True, asks=True, waiting_mail=2), folder) as fleet:
        fleet.environment |= {"ANSIBLE_CACHE_PLUGIN": "jsonfile"}
        fleet.environment |= {"ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts")}
        ran = fleet.playbook("playbooks/migrate.yml")
        assert ran.code == 0, ran.text
        fleet.remember_orders()
        shutil.copytree(folder / "facts", folder / "found")
        yield fleet


@pytest.fixture
def fleet(migrated: VirtualFleet) -> VirtualFleet:
    """The facts are those of that run, whatever a test's own run made of them."""
    facts = migrated.folder / "facts"
    shutil.rmtree(facts)
    shutil.copytree(migrated.folder / "found", facts)
    assert any("notesfleet_present" in path.read_text() for path in facts.iterdir())
    return migrated


def requests(fleet: VirtualFleet) -> int:
    """How many requests the PC had."""
    return fleet.simulator.wsman.counts.pcs["PC-0001"].total.requests


@pytest.mark.parametrize("playbook", ["audit", "migrate", "collect"])
def test_a_target_without_hosts_is_not_filled_from_an_earlier_run(playbook: str, fleet: VirtualFleet) -> None:
    before = requests(fleet)
    ran = fleet.playbook(f"playbooks/{playbook}.yml", "-e", NOBODY)
    assert (ran.code, ran.recap.keys() & fleet.variables.keys(), requests(fleet)) == (0, set(), before), ran.text


def test_a_stop_that_cancels_nothing_does_not_cancel_what_an_earlier_run_reached(fleet: VirtualFleet) -> None:
    before = requests(fleet)
    load(fleet.folder)
    here = ("-e", "ansible_connection=local")
    ran = fleet.playbook("playbooks/stop.yml", "-e", "campaign=test", "-e", "reason=late", *here)
    assert (ran.code, ran.recap.keys() & fleet.variables.keys(), requests(fleet)) == (0, set(), before), ran.text
    assert (fleet.folder / "stop").exists()


def load(folder: Path) -> None:
    """The campaign that the inventory speaks of, with a stop file."""
    stop_file = {"pc": "\\\\acme.example\\netlogon\\stop", "write": str(folder / "stop")}
    said = {"schema": 1, "name": "test", "stop_file": stop_file, "servers": [{"from": "CN=A/O=A", "to": "CN=B/O=A"}]}
    said |= {"waves": [{"name": "test", "date": "2026-11-26", "sites": ["lyon"]}]}
    store = open_store(f"sqlite:///{folder / 'home' / 'store.db'}")
    load_campaign(store, Campaign.model_validate(said), "campaign.yml")
    store.close()
