"""The real playbooks by real ansible-playbook against virtual PCs (Python engine)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from fleet import ROOT, Ran, VirtualFleet, virtual_fleet

from notesfleet.orders.model import Order
from notesfleet.simulator.company import demo_company, one_client
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS
from notesfleet.simulator.state import NotesClient, NotesDoc
from notesfleet.simulator.wire.counts import Count

MIGRATE = "playbooks/migrate.yml"
OLD = OLD_SERVERS["lyon"]


def item(document: NotesDoc, name: str) -> object:
    return next((each.values[0] for each in document.items if each.name == name), None)


def locations(client: NotesClient) -> dict[str, NotesDoc]:
    names = next(database for database in client.databases if database.path == "names.nsf")
    return {str(item(each, "Name")): each for each in names.documents if item(each, "Form") == "Location"}


def the_client(fleet: VirtualFleet) -> NotesClient:
    return fleet.model.dump().pcs[0].clients[0]


def migrate(fleet: VirtualFleet, *options: str) -> Ran:
    ran = fleet.playbook(MIGRATE, *options)
    assert ran.code == 0, ran.text
    return ran


@dataclass(frozen=True)
class MigratedTwice:
    """What the wire carried for the one PC in each run, and the client before, between and after the two."""

    before: NotesClient
    first: Ran
    between: NotesClient
    harms: list[str]
    second: Ran
    after: NotesClient
    at_first: Count
    in_all: Count
    open_shells: int


@pytest.fixture(scope="module")
def migrated_twice(tmp_path_factory: pytest.TempPathFactory) -> MigratedTwice:
    world = one_client(notes_open=True, asks=True, foreign="mmartin")
    with virtual_fleet(world, tmp_path_factory.mktemp("twice")) as fleet:
        counts = fleet.simulator.wsman.counts.pcs
        before = the_client(fleet)
        first = migrate(fleet)
        between, harms = the_client(fleet), fleet.model.dump().pcs[0].harms
        at_first = counts["PC-0001"].total.model_copy()
        second = migrate(fleet)
        in_all = counts["PC-0001"].total.model_copy()
        open_shells = fleet.simulator.wsman.open_shells()
        return MigratedTwice(before, first, between, harms, second, the_client(fleet), at_first, in_all, open_shells)


def test_a_client_is_migrated_with_notes_open_all_the_time_and_then_left_alone(migrated_twice: MigratedTwice) -> None:
    first, client = migrated_twice.first, migrated_twice.between
    assert (first.sum("changed"), first.sum("failed")) == (2, 0)
    found = locations(client)
    assert {item(found[name], "MailServer") for name in ("Office (Network)", "Home")} == {NEW_SERVER}
    assert {item(found[name], "MailType") for name in ("Office (Network)", "Home")} == {"1"}
    assert item(found["Office (Network)"], "$SavedServers") is None
    assert found["For mmartin"] == locations(migrated_twice.before)["For mmartin"]
    assert item(found["Island (Disconnected)"], "MailServer") == ""
    assert any(database.path == "mail\\jdupont.nsf" for database in client.databases)
    assert migrated_twice.harms == []
    second = migrated_twice.second
    assert (second.sum("changed"), second.sum("failed")) == (0, 0)
    assert migrated_twice.after == client


def test_three_steps_are_three_tasks_and_few_requests(migrated_twice: MigratedTwice) -> None:
    first, total = migrated_twice.at_first, migrated_twice.in_all
    # One for the probe; Create, Command, Send, Receive, Signal, Delete for each step; once more Command to
    # Signal where the first step also brings the runner.
    assert first.requests == 1 + 18 + 4
    assert total.requests - first.requests == 1 + 18
    delivering, in_place = first.received + first.sent, total.received + total.sent - first.received - first.sent
    print(f"\nthree steps: {delivering} bytes with the runner's delivery, {in_place} with it in place")
    assert delivering < 405_000
    assert in_place < 255_000
    assert migrated_twice.open_shells == 0


def test_check_mode_says_what_would_change_and_changes_nothing_of_the_users(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        before = the_client(fleet)
        ran = migrate(fleet, "--check", "--diff")
        assert ran.sum("changed") >= 1
        assert "document.replace_value" in ran.text
        assert the_client(fleet) == before
        assert migrate(fleet).sum("changed") == 2


def test_absent_pcs_are_neither_failed_nor_unreachable_nor_changed(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        absent = {name for name in fleet.variables if name.startswith(("pc-0108", "pc-0204"))}
        fleet.variables = {name: said for name, said in fleet.variables.items() if name in absent | {"pc-0101~jdupont"}}
        ran = migrate(fleet, "-e", "batch=1")
        assert ran.sum("unreachable") == ran.sum("failed") == 0
        assert ran.recap["pc-0101~jdupont"]["changed"] == 2
        assert {record.fields["host"] for record in fleet.spooled("absent")} == absent


def test_pcs_that_go_dark_after_the_probe_are_absent_and_a_dark_batch_does_not_end_the_play(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        fleet.variables = dict(sorted(fleet.variables.items())[:3])
        fleet.simulator.world.state.pcs[0].power = "off"
        without_probe = fleet.written((ROOT / MIGRATE).read_text().split("\n\n", 2)[2])
        ran = fleet.playbook(without_probe, "-e", "batch=1", "-e", "notesfleet_dark=true")
        assert ran.code == 0, ran.text
        assert (ran.sum("unreachable"), ran.sum("failed")) == (0, 0)
        assert ran.recap["pc-0101~jdupont"] | {"ok": 3, "changed": 0} == ran.recap["pc-0101~jdupont"]
        assert all(ran.recap[name]["changed"] == 2 for name in list(fleet.variables)[1:])
        # The first task found it absent, the others did not ask again.
        assert [record.fields["host"] for record in fleet.spooled("absent")] == ["pc-0101~jdupont"]


def test_two_clients_of_one_pc_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        fleet.variables = {name: said for name, said in fleet.variables.items() if name.startswith("pc-0103")}
        ran = migrate(fleet, "--forks", "5")
        assert [ran.recap[name]["changed"] for name in fleet.variables] == [2, 2]


def test_without_the_callback_the_run_fails_before_anything_is_sent(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        lines = (ROOT / "ansible.cfg").read_text().splitlines(keepends=True)
        (tmp_path / "ansible.cfg").write_text("".join(each for each in lines if "callbacks_enabled" not in each))
        paths = {f"ANSIBLE_{name.upper()}_PATH": str(ROOT / name) for name in ("collections", "roles")}
        fleet.environment = paths | {"ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg")}
        ran = fleet.playbook(MIGRATE)
        assert ran.code == 2
        assert "enable the callback notesfleet.client.report_store" in ran.text
        assert "Traceback" not in ran.text
        assert not fleet.simulator.wsman.counts.pcs


def test_without_the_store_the_run_fails_before_anything_is_sent(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        (tmp_path / "home" / "store.db").unlink()
        ran = fleet.playbook(MIGRATE)
        assert ran.code == 2
        assert "make it with `notesfleet store init`" in ran.text
        assert not fleet.simulator.wsman.counts.pcs


def test_a_target_that_is_not_there_fails_and_names_the_waves_and_one_that_is_empty_does_not(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        for playbook in ("audit", "migrate", "collect"):
            ran = fleet.playbook(f"playbooks/{playbook}.yml", "-e", "target=wave_tset")
            assert ran.code == 2, ran.text
            assert "There is no group and no host wave_tset" in ran.text
            assert "Its waves are: wave_test" in ran.text
            assert not fleet.simulator.wsman.counts.pcs
        fleet.variables = {}
        assert fleet.playbook(MIGRATE).code == 0


def test_a_client_that_is_in_no_wave_is_told_what_to_do(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        fleet.variables["pc-0001~jdupont"]["notesfleet"]["mailbox"] = None
        ran = fleet.playbook(MIGRATE)
        assert ran.code == 2
        assert "in no wave of a campaign" in ran.text
        assert not fleet.spooled("sent")


MISTAKES = {
    "{step: s, actions: [{name: ini.sett}]}": "actions.0.name: 'ini.sett' is no action",
    "{step: s, wayt: 3, actions: [{name: require.outbox_empty}]}": "did you mean `wait`?",
    "{step: s, after: [never], actions: [{name: require.outbox_empty}]}": "has no order of the step never",
}
"""Arguments of an order, and what is said of them."""


def of_tasks(*tasks: str) -> str:
    """A play of these tasks for all hosts."""
    return "- hosts: all\n  gather_facts: false\n  tasks:\n" + "".join(f"    - {task}\n" for task in tasks)


def test_a_wrong_argument_is_one_sentence_and_nothing_is_sent(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        named = [f"name: Mistake {number}, notesfleet.client.order: {each}" for number, each in enumerate(MISTAKES)]
        tasks = [f"{{{each}, ignore_errors: true}}" for each in named[:-1]] + [f"{{{named[-1]}}}"]
        ran = fleet.playbook(fleet.written(of_tasks(*tasks)))
        assert ran.code == 2
        for number, sentence in enumerate(MISTAKES.values()):
            (said,) = [line for line in ran.text.splitlines() if f"pc-0001~jdupont: Mistake {number}: " in line]
            assert said.startswith("failed")
            assert sentence in said
        assert "Traceback" not in ran.text
        assert not fleet.spooled("sent")


def test_a_step_gives_the_same_order_whatever_type_ansible_delivers(tmp_path: Path) -> None:
    values = ("2", '"2"', '"{{ 1 + 1 }}"')
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        actions = [f"{{name: ini.set, with: {{name: Quiet, value: {value}}}}}" for value in values]
        tasks = [f"notesfleet.client.order: {{step: s, actions: [{action}]}}" for action in actions]
        assert fleet.playbook(fleet.written(of_tasks(*tasks))).code == 0
        sent = [each for record in fleet.spooled("sent") for each in record.fields["orders"]]
        assert len(sent) == len(values)
        assert len({each["id"] for each in sent}) == 1
        assert Order.model_validate_json(sent[0]["text"]).actions[0].with_["value"] == "2"


def test_a_replica_that_fills_later_and_an_entry_that_comes_later_keep_mail_on_the_server_until_then(
    tmp_path: Path,
) -> None:
    world = one_client(notes_open=True, asks=True)
    world.switches.create_replica_fills = False
    world.switches.entry_delay = 600
    with virtual_fleet(world, tmp_path) as fleet:
        migrate(fleet)
        office = locations(the_client(fleet))["Office (Network)"]
        assert (item(office, "MailType"), item(office, "MailServer")) == ("0", OLD)
        fleet.advance("2026-11-26T10:00:00Z")
        second = migrate(fleet)
        office = locations(the_client(fleet))["Office (Network)"]
        assert (item(office, "MailType"), item(office, "MailServer")) == ("1", NEW_SERVER)
        assert second.sum("failed") == 0
        assert migrate(fleet).sum("changed") == 0
