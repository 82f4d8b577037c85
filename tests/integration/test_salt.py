"""Salt's door: real `salt-call --local` against virtual PCs, beside real `ansible-playbook` on the same company.

Real here: Salt with its loader, fileserver, pillar, states and returner; the adapters of `salt/`; the package; the
scripts that travel and the runner, executed by a real PowerShell process. Stood in: `powershell.exe` itself, by
`virtual_powershell`, which carries command and standard input to the virtual PC, because this machine is no Windows;
and Windows, Notes and Domino, by the simulator's model, as everywhere.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from fleet import VirtualFleet, virtual_fleet
from minion import NO_SALT, Minion
from powershell import powershell_program

from notesfleet.simulator.company import demo_company
from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.state import World
from notesfleet.store.connection import Store, open_store
from notesfleet.store.inventory import read
from notesfleet.store.runs import read_run, read_runs

pytestmark = [
    pytest.mark.skipif(NO_SALT, reason="no Salt: pip install 'notesfleet[salt]'"),
    pytest.mark.timeout(900),
]

CLIENT, PC = "pc-0101~jdupont", "PC-0101"
STEPS = ["enable_local_replica", "switch_server", "update_replicator"]
CAMPAIGN = """\
schema: 1
name: consolidation
server_move: manual
servers:
  - {from: MAIL01/ACME, to: CN=CLU1/O=ACME, from_host: mail01.acme.example, to_host: clu1.acme.example}
waves: [{name: pilot, date: 2026-11-26, sites: [lyon]}]
"""
CONTROLLERS_OWN = ("issued_at", "issued_by", "not_after")


@contextmanager
def company(folder: Path, powershell: str) -> Iterator[VirtualFleet]:
    """Four clients on three PCs, and a store that knows the PCs."""
    with virtual_fleet(demo_company(clients=4), folder, powershell, filled=False) as fleet:
        rows = (folder / "simulator" / "pcs.csv").read_text()
        (folder / "pcs.csv").write_text(rows)
        (folder / "campaign.yml").write_text(CAMPAIGN)
        notesfleet(fleet, "clients", "import", "pcs.csv")
        fleet.inventory_of_the_store()
        yield fleet


def notesfleet(fleet: VirtualFleet, *words: str) -> str:
    done = Cli(fleet.folder)(*words, NOTESFLEET_CLOCK=str(fleet.folder / "simulator" / "clock"))
    assert done.returncode == 0, done
    return done.stdout


def world(fleet: VirtualFleet, pc: str = PC) -> World:
    """The whole state with one PC, without what the controller alone decides: who asked and until when."""
    state = fleet.model.dump()
    state.pcs = [each for each in state.pcs if each.name == pc]
    for file in state.pcs[0].files:
        if file.path.endswith(".staging.json"):
            staged = json.loads(base64.b64decode(file.base64))
            text = json.dumps({name: value for name, value in staged.items() if name not in CONTROLLERS_OWN})
            file.base64 = base64.b64encode(text.encode()).decode()
    return state


def without_orders(state: World) -> World:
    """The state without what lies in notesfleet's own folders, because an order that only looks is staged too.

    And without the time for which the PC waited: it passes in a look as well.
    """
    for pc in state.pcs:
        pc.ahead = 0
        pc.files = [file for file in pc.files if "\\notesfleet\\" not in file.path]
        pc.folders = [folder for folder in pc.folders if "\\notesfleet\\" not in folder.path]
    return state


@contextmanager
def opened(fleet: VirtualFleet) -> Iterator[Store]:
    store = open_store(f"sqlite:///{fleet.folder / 'home' / 'store.db'}")
    try:
        yield store
    finally:
        store.close()


def orders(fleet: VirtualFleet, client: str = CLIENT) -> dict[str, str]:
    """Step to order id, as the store has them."""
    with opened(fleet) as store:
        return dict(next(host.variables["notesfleet"]["orders"] for host in read(store).hosts if host.name == client))


def states_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a state run, in their order."""
    return sorted(value.values(), key=lambda each: each["__run_num__"])


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualFleet]:
    program = powershell_program()
    with company(tmp_path_factory.mktemp("salt"), program) as fleet:
        yield fleet


def synced(fleet: VirtualFleet, pc: str) -> Minion:
    """A minion that has just got the adapters from the fileserver."""
    minion = Minion(fleet, pc, fleet.folder / pc.lower())
    brought = minion.call("saltutil.sync_all").value
    assert brought["modules"] == ["modules.notesfleet"]
    assert brought["states"] == ["states.notesfleet"]
    assert brought["returners"] == ["returners.notesfleet_store"]
    assert brought["pillar"] == ["pillar.notesfleet_store"]
    return minion


def audited(fleet: VirtualFleet, pc: str, *clients: str) -> Minion:
    """A minion whose clients are audited inside and in the wave."""
    minion = synced(fleet, pc)
    done = minion.call("notesfleet.audit", "depth=inside")
    assert done.code == 0, done.text
    assert [each["client"] for each in done.value["clients"]] == list(clients)
    notesfleet(fleet, "campaign", "load", "campaign.yml")
    return minion


@pytest.fixture(scope="module")
def migrated(fleet: VirtualFleet) -> Minion:
    """A minion whose client was audited and migrated by its highstate: the top file knows that it is in the wave."""
    minion = audited(fleet, PC, CLIENT)
    done = minion.call("state.highstate")
    assert done.code == 0, done.text
    assert [(each["name"], each["result"]) for each in states_of(done.value)] == [(step, True) for step in STEPS]
    assert [CLIENT in each["changes"] for each in states_of(done.value)] == [True, True, False]
    return minion


def test_a_migration_by_salt_ends_as_ansibles_and_its_orders_are_the_same(
    fleet: VirtualFleet, migrated: Minion, tmp_path: Path
) -> None:
    with company(tmp_path, "") as other:
        assert other.playbook("playbooks/audit.yml", "-e", f"target={PC.lower()}", "-e", "depth=inside").code == 0
        notesfleet(other, "campaign", "load", "campaign.yml")
        ran = other.playbook("playbooks/migrate.yml", "-e", f"target={CLIENT}")
        assert (ran.code, ran.sum("changed")) == (0, 2), ran.text
        assert sorted(orders(other)) == STEPS
        assert orders(fleet) == orders(other)
        assert differences(world(other), world(fleet)) == []
    assert [harm for pc in fleet.model.dump().pcs for harm in pc.harms] == []


def test_the_second_run_changes_nothing(fleet: VirtualFleet, migrated: Minion) -> None:
    before, known = world(fleet), orders(fleet)
    done = migrated.call("state.apply", "notesfleet.migrate", f"pillar={{notesfleet_target: {CLIENT}}}")
    assert done.code == 0, done.text
    assert [(each["result"], each["changes"]) for each in states_of(done.value)] == [(True, {})] * 3
    assert differences(before, world(fleet)) == []
    assert orders(fleet) == known


def test_ansible_finds_what_salt_sent_done(fleet: VirtualFleet, migrated: Minion) -> None:
    before = world(fleet)
    ran = fleet.playbook("playbooks/migrate.yml", "-e", f"target={CLIENT}")
    assert (ran.code, ran.sum("changed"), ran.sum("failed")) == (0, 0, 0), ran.text
    assert differences(before, world(fleet)) == []


def test_the_run_is_in_the_store_with_its_results(fleet: VirtualFleet, migrated: Minion) -> None:
    with opened(fleet) as store:
        run = next(each for each in read_runs(store) if each.playbook == "notesfleet.step")
        results = read_run(store, run).results
    assert run.stats[CLIENT]["changed"] == 2
    assert [(each.action, each.status) for each in results][:3] == [
        ("notesfleet.step", "changed"),
        ("notesfleet.step", "changed"),
        ("notesfleet.step", "ok"),
    ]


def test_a_look_says_what_would_change_and_leaves_the_whole_state_as_it_was(fleet: VirtualFleet) -> None:
    minion = audited(fleet, "PC-0103", "pc-0103~kbenali", "pc-0103~lpetit")
    before = without_orders(world(fleet, "PC-0103"))
    done = minion.call("state.apply", "notesfleet.migrate", "test=True")
    assert differences(before, without_orders(world(fleet, "PC-0103"))) == []
    first = states_of(done.value)[0]
    assert first["result"] is None, done.text
    assert sorted(first["changes"]) == ["pc-0103~kbenali", "pc-0103~lpetit"]
    would = first["changes"]["pc-0103~kbenali"]
    assert (would[0]["before_header"].split()[0], would[0]["before"]) == ("replica.ensure", {})
    assert not set(orders(fleet, "pc-0103~kbenali")) & set(STEPS), "a look is no step of the migration"

    done = minion.call("state.single", "notesfleet.ini_present", "name=Debug_Outfile", "value=x", "test=True")
    (shown,) = done.value.values()
    assert shown["result"] is None, done.text
    assert differences(before, without_orders(world(fleet, "PC-0103"))) == []


def test_bad_input_gets_the_sentence_that_ansible_gives_and_nothing_is_sent(fleet: VirtualFleet) -> None:
    minion, pc = synced(fleet, "PC-0102"), "pc-0102"
    setting = "[{name: ini.set, with: {name: a, value: b}}]"
    by_ansible = fleet.playbook(fleet.written(PLAYBOOK.format(host=pc, setting=setting))).text
    asked = fleet.simulator.wsman.counts.pcs.get("PC-0102")

    for words in (
        ("step=Switch", "acions=[]", "wait=long"),
        ("step=x", "actions=[{name: ini.sett, with: {name: a, value: b}}]"),
        ("step=x", f"actions={setting}"),
    ):
        refused(minion, by_ansible, "notesfleet.order", *words)
    (shown,) = minion.call("state.single", "notesfleet.ini_present", "name=a", "value=b").value.values()
    assert shown["result"] is False
    assert shown["comment"] in by_ansible

    (fleet.folder / "elsewhere").mkdir()
    missing = {"NOTESFLEET_STORE": f"sqlite:///{fleet.folder}/elsewhere/store.db"}
    sentence = Cli(fleet.folder)("report", **missing).stderr.removeprefix("notesfleet: ")
    assert "make it with `notesfleet store init`" in sentence
    refused(minion, sentence, "notesfleet.order", "step=x", f"actions={setting}", **missing)
    nowhere = {"NOTESFLEET_POWERSHELL": "/nowhere/powershell"}
    refused(minion, NO_PROGRAM, "notesfleet.audit", **nowhere)

    assert fleet.simulator.wsman.counts.pcs.get("PC-0102") == asked is None
    assert not minion.recorded("sent")


def test_a_pc_that_lacks_the_runner_just_after_it_was_sent_one_is_an_error(
    fleet: VirtualFleet, migrated: Minion
) -> None:
    before = world(fleet)
    program = fleet.folder / "lacking"
    program.write_text('#!/bin/sh\necho \'{"changed":false,"runner":"missing","clients":[]}\'\n')
    program.chmod(0o700)
    sentence = f"{PC.lower()} says that it has no runner just after it was sent one"
    refused(migrated, sentence, "notesfleet.order_info", NOTESFLEET_POWERSHELL=str(program))
    assert differences(before, world(fleet)) == []


def test_where_pip_installed_notesfleet_salt_finds_the_adapters_by_its_entry_point(
    fleet: VirtualFleet, tmp_path: Path
) -> None:
    installed = tmp_path / "notesfleet_here-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: notesfleet-here\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[salt.loader]\nhere = notesfleet.exchange.salt_folders:folders\n")
    minion = Minion(fleet, "PC-0102", tmp_path / "minion", {"PYTHONPATH": str(tmp_path)})
    assert minion.call("sys.list_returners", "notesfleet_store").value == ["notesfleet_store"]
    # The state, its execution module and the pillar that names the PC.
    (shown,) = minion.call("state.single", "notesfleet.ini_present", "name=a", "value=b").value.values()
    assert shown["comment"].startswith("pc-0102: this host is not audited")


NO_PROGRAM = (
    "NOTESFLEET_POWERSHELL: there is no program /nowhere/powershell; "
    "name the program of Windows PowerShell 5.1 in NOTESFLEET_POWERSHELL"
)
PLAYBOOK = """\
- hosts: {host}
  gather_facts: false
  ignore_errors: true
  tasks:
    - notesfleet.client.order: {{step: Switch, acions: [], wait: long}}
    - notesfleet.client.order: {{step: x, actions: [{{name: ini.sett, with: {{name: a, value: b}}}}]}}
    - notesfleet.client.order: {{step: x, actions: {setting}}}
"""


def refused(minion: Minion, sentences: str, function: str, *words: str, **variables: str) -> None:
    """It is an error of one line, which is among these sentences; no traceback."""
    done = minion.call(function, *words, **variables)
    assert done.code != 0, done
    said = next(line for line in done.text.splitlines() if line.startswith("Error running"))
    assert said.removeprefix(f"Error running '{function}': ") in sentences, done.text
    assert "Traceback" not in done.text
