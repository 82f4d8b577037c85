"""The hosts that Ansible gets: one for each client, its groups, and what its orders need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from stores import CLIENT, SID, add_client, add_order, add_pc, add_target, new_store

from notesfleet.store.connection import Store
from notesfleet.store.exclusions import exclude
from notesfleet.store.inventory import InventoryHost, read
from notesfleet.store.states import STEPS
from notesfleet.store.tables import clients

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened, site="Saint-Étienne 2")
    yield opened
    opened.close()


def _host(store: Store) -> InventoryHost:
    (host,) = read(store).hosts
    return host


def test_a_pc_that_was_not_audited_is_a_host_under_its_own_name(store: Store) -> None:
    assert _host(store) == InventoryHost(
        "pc1", ["unaudited", "site_saint_tienne_2"], {"ansible_host": "127.0.0.1", "notesfleet": {"pc": "pc1"}}
    )


def test_an_audited_pc_is_its_clients_and_no_longer_itself(store: Store) -> None:
    add_client(store)
    add_client(store, "pc1~other", "S-1-5-21-1-2-3-1002")
    assert [host.name for host in read(store).hosts] == [CLIENT, "pc1~other"]
    assert all("unaudited" not in host.groups for host in read(store).hosts)


def test_each_client_knows_the_names_of_all_clients_of_its_pc_and_of_no_other(store: Store) -> None:
    add_client(store)
    add_client(store, "pc1~other", "S-1-5-21-1-2-3-1002")
    add_pc(store, "pc2")
    add_client(store, "pc2~jdupont")
    names = {host.name: host.variables["notesfleet"]["names"] for host in read(store).hosts}
    both = {SID: CLIENT, "S-1-5-21-1-2-3-1002": "pc1~other"}
    assert names == {CLIENT: both, "pc1~other": both, "pc2~jdupont": {SID: "pc2~jdupont"}}


def test_a_client_of_no_wave_has_neither_campaign_nor_mailbox(store: Store) -> None:
    add_client(store)
    with store.transaction() as connection:
        connection.execute(
            sa.update(clients).values(user="CN=J/O=A", data="C:\\D", ini="C:\\D\\notes.ini", machine="m")
        )
    assert _host(store).variables["notesfleet"] == {
        "pc": "pc1",
        "client": CLIENT,
        "sid": SID,
        "user": "CN=J/O=A",
        "data": "C:\\D",
        "ini": "C:\\D\\notes.ini",
        "machine": "m",
        "prompt_free": False,
        "campaign": None,
        "mailbox": None,
        "orders": {},
        "other_orders": {},
        "names": {SID: CLIENT},
        "excluded": None,
    }


def test_a_client_of_a_wave_has_its_campaign_mailbox_and_orders(store: Store) -> None:
    add_client(store)
    add_target(store)
    add_order(store, STEPS[0], "done", sent_at="2026-11-26T07:00:00Z")
    newest = add_order(store, STEPS[0], "pending", "locked", sent_at="2026-11-26T09:00:00Z")
    said = _host(store).variables["notesfleet"]
    assert said["campaign"] == {
        "name": "c",
        "round": "1",
        "not_after_days": 3,
        "wait": 40,
        "stop_file": None,
        "stop_if_unreadable": False,
    }
    assert said["mailbox"] == {"from": "CN=Old01/O=Acme"}
    assert said["orders"] == {STEPS[0]: newest}
    assert {"wave_pilot", "wave_pilot_all", "state_pending", "server_old01_acme"} <= set(_host(store).groups)


def test_a_client_that_is_done_leaves_the_wave_but_not_all_of_it(store: Store) -> None:
    add_client(store)
    add_target(store)
    for step in STEPS:
        add_order(store, step, "done")
    groups = _host(store).groups
    assert "wave_pilot" not in groups
    assert {"wave_pilot_all", "state_done"} <= set(groups)


def test_a_client_that_is_left_out_is_in_no_wave(store: Store) -> None:
    add_client(store)
    add_target(store, left_out="needs an inside audit")
    assert [group for group in _host(store).groups if group.startswith("wave_")] == []


def test_a_client_that_is_excluded_is_in_no_wave_and_says_why(store: Store) -> None:
    add_client(store)
    add_target(store)
    exclude(store, CLIENT, reason="on leave", author="ann")
    assert [group for group in _host(store).groups if group.startswith("wave_")] == []
    assert "state_excluded" in _host(store).groups
    assert _host(store).variables["notesfleet"]["excluded"] == "on leave"


def test_an_inside_audit_is_collected_until_its_journal_came(store: Store) -> None:
    add_client(store)
    audit = add_order(store, "audit", "pending", "notes_closed", campaign=None, mode="check")
    assert _host(store).variables["notesfleet"]["orders"] == {"audit": audit}
    add_order(store, "audit", "done", campaign=None, mode="check", sent_at="2026-11-27T09:00:00Z")
    with store.transaction() as connection:
        connection.execute(sa.text("UPDATE orders SET state = 'done'"))
    assert _host(store).variables["notesfleet"]["orders"] == {}


def test_what_is_open_of_an_earlier_round_is_named_so_that_it_can_be_cancelled(store: Store) -> None:
    add_client(store)
    add_target(store)
    old = add_order(store, STEPS[0], "pending", "notes_closed", round="0")
    adhoc = add_order(store, "quiet", "staged", campaign=None)
    add_order(store, STEPS[1], "done", round="0")
    add_order(store, "audit", "pending", "notes_closed", campaign=None, mode="check")
    new = add_order(store, STEPS[0], "staged")
    said = _host(store).variables["notesfleet"]
    assert said["other_orders"] == {old: STEPS[0], adhoc: "quiet"}
    assert said["orders"][STEPS[0]] == new
