"""A site that caches facts: what an earlier run found there says nothing of this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleet import VirtualFleet, virtual_fleet

from notesfleet.fleet.campaign_file import Campaign
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import one_client
from notesfleet.store.connection import open_store

NOBODY = "target=wave_test:!wave_test"


def migrated(fleet: VirtualFleet, folder: Path) -> int:
    """A run whose facts are kept; how many requests the PC had."""
    facts = folder / "facts"
    fleet.environment |= {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(facts)}
    ran = fleet.playbook("playbooks/migrate.yml")
    assert ran.code == 0, ran.text
    fleet.remember_orders()
    assert any("notesfleet_present" in path.read_text() for path in facts.iterdir())
    return requests(fleet)


def requests(fleet: VirtualFleet) -> int:
    return fleet.simulator.wsman.counts.pcs["PC-0001"].total.requests


@pytest.mark.parametrize("playbook", ["audit", "migrate", "collect"])
def test_a_target_without_hosts_is_not_filled_from_an_earlier_run(playbook: str, tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        before = migrated(fleet, tmp_path)
        ran = fleet.playbook(f"playbooks/{playbook}.yml", "-e", NOBODY)
        assert (ran.code, ran.recap.keys() & fleet.variables.keys(), requests(fleet)) == (0, set(), before), ran.text


def test_a_stop_that_cancels_nothing_does_not_cancel_what_an_earlier_run_reached(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True, waiting_mail=2), tmp_path) as fleet:
        before = migrated(fleet, tmp_path)
        load(tmp_path)
        here = ("-e", "ansible_connection=local")
        ran = fleet.playbook("playbooks/stop.yml", "-e", "campaign=test", "-e", "reason=late", *here)
        assert (ran.code, ran.recap.keys() & fleet.variables.keys(), requests(fleet)) == (0, set(), before), ran.text
        assert (tmp_path / "stop").exists()


def load(folder: Path) -> None:
    """The campaign that the inventory speaks of, with a stop file."""
    stop_file = {"pc": "\\\\acme.example\\netlogon\\stop", "write": str(folder / "stop")}
    said = {"schema": 1, "name": "test", "stop_file": stop_file, "servers": [{"from": "CN=A/O=A", "to": "CN=B/O=A"}]}
    said |= {"waves": [{"name": "test", "date": "2026-11-26", "sites": ["lyon"]}]}
    store = open_store(f"sqlite:///{folder / 'home' / 'store.db'}")
    load_campaign(store, Campaign.model_validate(said), "campaign.yml")
    store.close()
