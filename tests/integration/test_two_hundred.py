"""Two hundred clients, a tenth of the PCs off, a tenth dark, a fifth with nobody logged on: nobody is lost count of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fleet import ROOT, Ran, VirtualFleet, virtual_fleet

from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.clients_file import import_clients, read_clients_file
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.state import Pc, PcEvent
from notesfleet.store.connection import Store, open_store
from notesfleet.store.inventory import read
from notesfleet.store.standing import read_standings
from notesfleet.store.states import ClientState
from notesfleet.store.tables import orders, plays, results

MIGRATE = str(ROOT / "playbooks" / "migrate.yml")
CAMPAIGN = (ROOT / "demo" / "campaign.yml").read_text(encoding="utf-8")
EVERYONE = "waves:\n  - {name: all, date: 2026-11-26, sites: [basel, lyon, boston]}\n"
BACK = "2026-11-27T09:00:00Z"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualFleet]:
    """All have been audited, and the campaign is loaded; then comes the evening."""
    world = demo_company(1, 200)
    for pc in world.pcs:
        pc.power = "on"
        pc.events = [event for event in pc.events if event.at > "2026-11-26T17:10:00Z"]
    with virtual_fleet(world, tmp_path_factory.mktemp("many"), filled=False) as fleet:
        fleet.anew = True  # As an administrator starts it.
        store = _store(fleet)
        import_clients(store, read_clients_file(fleet.folder / "simulator" / "pcs.csv"))
        fleet.inventory_of_the_store()
        fleet.audit_without_ansible()
        (fleet.folder / "campaign.yml").write_text(CAMPAIGN.split("waves:\n")[0] + EVERYONE)
        load_campaign(store, read_campaign(fleet.folder / "campaign.yml"), "campaign.yml")
        store.close()
        for number, pc in enumerate(world.pcs):
            _evening(pc, number)
        yield fleet


def _evening(pc: Pc, number: int) -> None:
    if number % 10 == 0:
        pc.power = "off"
        pc.sessions, pc.processes = [], []
    elif number % 10 == 5:
        pc.power = "dark"
    elif number % 5 == 1:
        pc.sessions, pc.processes = [], []
        for client in pc.clients:
            client.memory, client.location_memory = None, None


def _store(fleet: VirtualFleet) -> Store:
    return open_store(f"sqlite:///{fleet.folder / 'home' / 'store.db'}")


def _wave(store: Store, group: str = "wave_all") -> set[str]:
    return {host.name for host in read(store).hosts if group in host.groups}


def _states(store: Store, names: set[str]) -> Counter[ClientState | None]:
    return Counter(each.state for each in read_standings(store) if each.client in names)


def _summary(ran: Ran) -> dict[str, int]:
    """What the last line of sums of `fleet_progress` counts, by word, and the hosts that it speaks of."""
    hosts, said = re.findall(r"^(\d+) hosts, [\d:]+: (.+)$", ran.text, re.MULTILINE)[-1]
    counts = re.findall(r"([a-z]+) (\d+)", re.sub(r"\([^)]*\)", "", said))
    return {"hosts": int(hosts)} | {word: int(count) for word, count in counts}


def _causes(ran: Ran) -> Counter[str]:
    """The same, summed over the lines of causes."""
    lines = re.findall(r"^  ([a-z]+) (\d+): ", ran.text, re.MULTILINE)
    return sum((Counter({word: int(count)}) for word, count in lines), Counter())


def test_the_run_ends_and_everyone_is_accounted_for_and_the_next_goes_on(fleet: VirtualFleet) -> None:
    store = _store(fleet)
    wave = _wave(store)
    off = {each.client for each in read_standings(store) if _power(fleet, each.pc) != "on"} & wave
    assert len(wave) > 120
    fleet.environment["ANSIBLE_STDOUT_CALLBACK"] = "notesfleet.client.fleet_progress"

    first = fleet.playbook(MIGRATE, "-e", "target=wave_all", "-e", "wait=1")
    assert first.code in (0, 2), first.text[-3000:]
    states = _states(store, wave)
    print(f"\n{len(wave)} clients of the wave: {dict(states)}; {len(off)} of PCs that are off or dark")
    assert sum(states.values()) == len(wave)
    assert {each.client for each in read_standings(store) if each.state is ClientState.ABSENT} & wave == off
    assert states[ClientState.WAITING] == 0
    assert set(states) <= {ClientState.DONE, ClientState.PENDING, ClientState.FAILED, ClientState.ABSENT}
    said = _summary(first)
    assert said == {"hosts": len(wave)} | {state.value: count for state, count in states.items() if state}
    assert _causes(first) == Counter({word: said[word] for word in ("pending", "absent", "failed")})
    with store.transaction() as connection:
        spoken = set(connection.execute(sa.select(results.c.host)).scalars())
        listed = {host for hosts in connection.execute(sa.select(plays.c.hosts)).scalars() for host in hosts}
        sent = set(connection.execute(sa.select(orders.c.client).where(orders.c.campaign.is_not(None))).scalars())
    assert wave <= listed
    assert wave - off <= spoken
    assert sent == wave - off

    done = {each.client for each in read_standings(store) if each.state is ClientState.DONE}
    for pc in fleet.model.state.pcs:
        if pc.power != "on":
            pc.power = "on"
            pc.events += [
                PcEvent.model_validate({"at": "2026-11-27T08:59:00Z", "do": do, "sid": client.sid})
                for client in pc.clients
                for do in ("logon", "notes_start")
                if not any(session.sid == client.sid for session in pc.sessions)
            ]
    fleet.advance(BACK)
    second = fleet.playbook(MIGRATE, "-e", "target=wave_all", "-e", "wait=1")
    assert second.code in (0, 2), second.text[-3000:]
    after = _states(store, wave)
    print(f"the next morning: {dict(after)}")
    assert _hosts_of_the_last_run(store) & done == set()
    assert after[ClientState.ABSENT] == 0
    assert after[ClientState.DONE] > states[ClientState.DONE]
    store.close()


def _hosts_of_the_last_run(store: Store) -> set[str]:
    with store.transaction() as connection:
        run = connection.execute(sa.select(results.c.run).order_by(results.c.at.desc()).limit(1)).scalar_one()
        return set(connection.execute(sa.select(results.c.host).where(results.c.run == run)).scalars())


def _power(fleet: VirtualFleet, name: str) -> str:
    return next((pc.power for pc in fleet.model.state.pcs if pc.name.lower() == name.lower()), "on")
