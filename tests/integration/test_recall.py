"""Stop, cancellation and expiry: real ansible-playbook and `notesfleet` against virtual PCs.

What depends on the engine alone (the stop file, a share that cannot be reached, time that is over) is in the vectors.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from fleet import VirtualFleet, advance, virtual_fleet
from powershell import powershell_program

from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.clients_file import import_clients, read_clients_file
from notesfleet.fleet.waves import load_campaign
from notesfleet.orders.journal import read_journal
from notesfleet.simulator.builder import add_client, add_pc, new_world
from notesfleet.simulator.sites import Who
from notesfleet.simulator.state import Pc, PcEvent, World
from notesfleet.simulator.traits import Traits
from notesfleet.store.connection import open_store

CAMPAIGN = """\
schema: 1
name: moving
not_after_days: 1
wait: 20
servers: [{from: MAIL01/ACME, to: CN=CLU1/O=ACME, from_host: mail01.acme.example, to_host: clu1.acme.example}]
waves: [{name: test, date: 2026-11-26, sites: [lyon]}]
"""
SHARE = "\\\\acme.example\\netlogon"
MIGRATE, COLLECT, STOP = (f"playbooks/{name}.yml" for name in ("migrate", "collect", "stop"))
BEGUN, CLOSED, NOBODY = "mail waits", "Notes is closed", "nobody is logged on"


def company(kinds: list[str]) -> World:
    """A client for each kind; all have Notes open, so that the audit sees them inside."""
    world = new_world(1, "2026-11-26T08:00:00Z")
    for number, kind in enumerate(kinds, start=1):
        pc = add_pc(world, f"PC-01{number:02}", "lyon", number)
        traits = Traits(notes_open=True, asks=True, logged_on=True, moved=True, waiting_mail=2 * (kind == BEGUN))
        add_client(world, pc, Who(f"Person {number:02}", f"user{number:02}", "lyon"), traits)
    return world


@contextmanager
def audited(
    tmp_path: Path, kinds: list[str], program: str = "", if_unreadable: str = "go_on"
) -> Iterator[VirtualFleet]:
    """The PCs are audited and the campaign is loaded; then each is as its kind says."""
    world = company(kinds)
    with virtual_fleet(world, tmp_path, program, filled=False) as fleet:
        store = open_store(f"sqlite:///{tmp_path / 'home' / 'store.db'}")
        import_clients(store, read_clients_file(tmp_path / "simulator" / "pcs.csv"))
        fleet.inventory_of_the_store()
        fleet.audit_without_ansible()
        places = {"pc": f"{SHARE}\\moving.stop", "write": str(tmp_path / "simulator" / "netlogon" / "moving.stop")}
        stop_file = json.dumps(places | {"if_unreadable": if_unreadable})
        (tmp_path / "campaign.yml").write_text(f"{CAMPAIGN}stop_file: {stop_file}\n")
        load_campaign(store, read_campaign(tmp_path / "campaign.yml"), "campaign.yml")
        store.close()
        for pc, kind in zip(world.pcs, kinds, strict=True):
            if kind != BEGUN:
                pc.processes, pc.clients[0].memory, pc.clients[0].location_memory = [], None, None
            if kind == NOBODY:
                pc.sessions = []
        yield fleet


def play(fleet: VirtualFleet, playbook: str, *options: str) -> str:
    ran = fleet.playbook(playbook, *options)
    assert (ran.code, ran.sum("failed"), ran.sum("unreachable")) == (0, 0, 0), ran.text[-4000:]
    return ran.text


def notesfleet(fleet: VirtualFleet, *words: str, code: int = 0) -> str:
    done = Cli(fleet.folder)(*words, NOTESFLEET_CLOCK=str(fleet.folder / "simulator" / "clock"))
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def report(fleet: VirtualFleet) -> dict[str, dict[str, Any]]:
    """Each client as the report shows it."""
    clients = json.loads(notesfleet(fleet, "report", "--format", "json"))["clients"]
    return {each["client"]: each for each in clients}


def steps(fleet: VirtualFleet) -> Counter[str]:
    """How the orders of all clients stand, as the store shows them."""
    return Counter(step["state"] for each in report(fleet).values() for step in each["steps"])


def happen(fleet: VirtualFleet, *doings: tuple[str, str], pcs: list[Pc] | None = None) -> None:
    """What people do from now on: (moment, doing), on all PCs or on these."""
    for pc in fleet.model.state.pcs if pcs is None else pcs:
        events = [{"at": f"2026-11-{at}Z", "do": do, "sid": pc.clients[0].sid} for at, do in doings]
        pc.events += [PcEvent.model_validate(event) for event in events]


def journals(pc: Pc) -> list[list[dict[str, Any]]]:
    """The records of each order of the campaign; the audit's are left out."""
    files = {file.path: base64.b64decode(file.base64) for file in pc.files}
    mine = [path[-37:-5] for path, data in files.items() if path[-37:-5].isalnum() and b'"campaign":"moving"' in data]
    data = [content for path, content in files.items() if path.endswith(".journal") and path[-40:-8] in mine]
    return [read_journal(each).records for each in data]


def lasts(pcs: list[Pc]) -> Counter[str]:
    """How many orders' journals end with which state or reason."""
    ends = [records[-1] for pc in pcs for records in journals(pc) if records]
    return Counter(record.get("reason") or record.get("state") or record["k"] for record in ends)


def begun(fleet: VirtualFleet) -> list[int]:
    """For each PC how many stages and writes its orders have begun."""
    kinds = [[each["k"] for records in journals(pc) for each in records] for pc in fleet.model.dump().pcs]
    return [each.count("stage") + each.count("begin") for each in kinds]


def of_user(pc: Pc) -> dict[str, Any]:
    """The whole PC but notesfleet's own files and what waits to happen there."""
    whole = pc.model_dump(mode="json", exclude={"events", "waiters", "ahead", "folders", "tasks"})
    return whole | {"files": [each for each in whole["files"] if "\\notesfleet\\" not in each["path"]]}


def users(fleet: VirtualFleet, *numbers: int) -> list[dict[str, Any]]:
    pcs = fleet.model.dump().pcs
    return [of_user(pcs[number]) for number in numbers or range(len(pcs))]


def test_no_stage_begins_while_the_campaign_is_stopped_and_lifted_all_go_on(tmp_path: Path) -> None:
    third = 10
    kinds = [BEGUN] * third + [CLOSED] * third + [NOBODY] * third
    with audited(tmp_path, kinds) as fleet:
        untouched = list(range(third, 3 * third))
        before = users(fleet, *untouched)
        play(fleet, MIGRATE)
        begun_before, states = begun(fleet), steps(fleet)
        assert [count > 0 for count in begun_before] == [True] * third + [False] * 2 * third
        assert states == {"done": third, "pending": 8 * third}
        said = play(fleet, STOP, "-e", "campaign=moving", "-e", "reason='mail03 is down'")
        assert f"{8 * third} open orders of it ({8 * third} pending) begin no further stage" in said
        people = fleet.model.state.pcs
        happen(fleet, ("26T09:30:00", "notes_exit"), ("26T10:00:00", "notes_start"), pcs=people[:third])
        happen(fleet, ("26T09:30:00", "notes_start"), ("26T10:30:00", "notes_exit"), pcs=people[third:])
        happen(fleet, ("26T09:00:00", "logon"), ("26T11:00:00", "logoff"), pcs=people[2 * third :])
        advance(fleet, "2026-11-26T12:00:00Z")
        play(fleet, COLLECT, "-e", "target=wave_test_all")
        assert begun(fleet) == begun_before
        assert users(fleet, *untouched) == before
        assert lasts(people) == {"done": third, "stopped_by_site": 8 * third}
        assert [each["state"] for each in report(fleet).values()] == ["pending"] * 3 * third
        assert "is stopped already, since 20" in notesfleet(fleet, "stop", "moving", "--reason", "once more")
        print(
            f"\n{third} begun and {2 * third} staged when the stop file came; then 0 began a stage in 4 h,"
            f" and all {8 * third} open orders say stopped_by_site"
        )
        play(fleet, STOP, "-e", "campaign=moving", "-e", "lift=true", "-e", "reason='it is up'")
        happen(fleet, ("26T13:00:00", "logon"), ("26T13:30:00", "notes_start"))
        advance(fleet, "2026-11-26T15:00:00Z")
        play(fleet, COLLECT, "-e", "target=wave_test_all")
        assert steps(fleet) == {"done": 9 * third}
        assert {each["state"] for each in report(fleet).values()} == {"done"}
        assert [pc.harms for pc in people if pc.harms] == []
        print(f"lifted, all {9 * third} orders of {3 * third} clients are done")


@pytest.mark.parametrize("if_unreadable", ["go_on", "stop"])
def test_a_stop_file_that_cannot_be_looked_at_stops_where_the_campaign_says_so(
    if_unreadable: str, tmp_path: Path
) -> None:
    with audited(tmp_path, [CLOSED], if_unreadable=if_unreadable) as fleet:
        (pc,) = fleet.model.state.pcs
        pc.shares = False
        before = users(fleet)
        play(fleet, MIGRATE)
        happen(fleet, ("26T09:00:00", "notes_start"), ("26T10:00:00", "notes_exit"))
        advance(fleet, "2026-11-26T11:00:00Z")
        if if_unreadable == "go_on":
            assert begun(fleet)[0] > 0
            return
        assert (begun(fleet), users(fleet)) == ([0], before)
        pc.shares = True
        happen(fleet, ("26T12:00:00", "notes_start"))
        advance(fleet, "2026-11-26T13:00:00Z")
        assert begun(fleet)[0] > 0


def test_an_order_whose_time_is_over_is_expired_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with audited(tmp_path, [NOBODY]) as fleet:
        before = users(fleet)
        play(fleet, MIGRATE)
        assert steps(fleet) == {"pending": 3}
        advance(fleet, "2026-11-27T09:00:00Z")
        # Nobody has been there, so no journal says it: the store does.
        assert steps(fleet) == {"expired": 3}
        happen(fleet, ("27T10:00:00", "logon"), ("27T10:05:00", "notes_start"), ("27T10:30:00", "notes_exit"))
        happen(fleet, ("27T11:00:00", "logoff"))
        advance(fleet, "2026-11-27T12:00:00Z")
        play(fleet, COLLECT, "-e", "target=wave_test_all")
        assert (lasts(fleet.model.state.pcs), steps(fleet)) == ({"expired": 3}, {"expired": 3})
        assert (users(fleet), begun(fleet)) == (before, [0])
        happen(fleet, ("27T12:30:00", "logon"), ("27T13:00:00", "notes_start"))
        play(fleet, MIGRATE)
        advance(fleet, "2026-11-27T15:00:00Z")
        play(fleet, COLLECT, "-e", "target=wave_test_all")
        records = [each for records in journals(fleet.model.state.pcs[0]) for each in records]
        retries = [each["attempt"] for each in records if each["k"] == "retry"]
        assert (retries, steps(fleet)) == ([2, 2, 2], {"done": 3})
        print("\n3 orders expired, nothing written; attempt 2 of all 3 is done")


@pytest.mark.parametrize("engine", ["python", "powershell"])
def test_what_is_cancelled_writes_nothing_more_and_says_what_it_had_done(engine: str, tmp_path: Path) -> None:
    kinds = [BEGUN, CLOSED, NOBODY, CLOSED]
    program = powershell_program() if engine == "powershell" else ""
    with audited(tmp_path, kinds, program) as fleet:
        play(fleet, MIGRATE)
        names = list(report(fleet))
        people = fleet.model.state.pcs
        people[3].power = "off"
        notesfleet(fleet, "exclude", names[1], "--reason", "on leave")
        before, done = users(fleet), begun(fleet)
        everyone = "cancel=wave_test_all:state_excluded"
        said = play(fleet, STOP, "-e", everyone, "-e", "reason='the new server is late'")
        assert users(fleet) == before
        states = {name: [step["state"] for step in each["steps"]] for name, each in report(fleet).items()}
        assert [states[name] for name in names] == [
            ["done", "cancelled", "cancelled"],
            ["cancelled"] * 3,
            ["pending"] * 3,
            ["pending"] * 3,
        ]
        cancel_at = [[bool(step["cancel_at"]) for step in report(fleet)[name]["steps"]] for name in names]
        assert cancel_at == [[False, True, True], [True] * 3, [True] * 3, [False] * 3]
        assert report(fleet)[names[2]]["sentence"] == "It is cancelled on the PC and ends at the runner's next look."
        assert report(fleet)[names[3]]["state"] == "absent"
        assert "does not lie on the PC" not in said
        again = fleet.playbook(MIGRATE, "-e", f"target={names[0]}:{names[2]}")
        assert (again.code, again.sum("failed"), again.sum("changed")) == (2, 2, 0), again.text
        assert again.text.count("new `round`") >= 2
        # Everybody comes, opens Notes and closes it: nothing is written any more.
        here = people[:3]
        happen(fleet, ("26T09:00:00", "logon"), ("26T09:30:00", "notes_start"), ("26T10:00:00", "notes_exit"), pcs=here)
        happen(fleet, ("26T10:10:00", "logoff"), pcs=people[2:3])
        advance(fleet, "2026-11-26T12:00:00Z")
        play(fleet, COLLECT, "-e", f"target={names[2]}")
        assert [step["state"] for step in report(fleet)[names[2]]["steps"]] == ["cancelled"] * 3
        assert begun(fleet) == done
        assert users(fleet, 1, 2, 3) == before[1:]
        assert lasts(people) == {"done": 1, "cancelled": 8, "would_ask_password": 1, "waits_for_order": 2}
        print(
            f"\n{engine}: 8 orders cancelled, 1 that was done stays done, 3 of an absent PC not claimed; 0 writes after"
        )
