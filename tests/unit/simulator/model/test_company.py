"""The demo's company has every trait of its issue, and is the same from the same seed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from notesfleet import clock
from notesfleet.audit.notes_ini import NotesIni
from notesfleet.simulator.company import BASES, clients_csv, demo_company, prompt_free_persons
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS
from notesfleet.simulator.staff import SITES, person
from notesfleet.simulator.start import Start, world_of
from notesfleet.simulator.state import NotesClient, Pc, World


def clients(world: World) -> list[tuple[Pc, NotesClient]]:
    return [(pc, client) for pc in world.pcs for client in pc.clients]


@pytest.fixture
def world() -> World:
    """A second after the start, when some have closed Notes or gone home."""
    world = demo_company()
    list(ModelWorld(world).due(clock.parse("2026-11-26T17:00:01Z")))
    return world


def test_the_same_seed_gives_the_same_company_and_another_seed_another() -> None:
    assert demo_company(7) == demo_company(7)
    assert demo_company(7) != demo_company(8)


def test_forty_clients_of_39_people_share_39_pcs_at_three_sites(world: World) -> None:
    assert (len(clients(world)), len(world.pcs)) == (40, 39)
    assert {pc.site for pc in world.pcs} == {"lyon", "basel", "boston"}
    assert len({pc.address for pc in world.pcs}) == 39
    assert len({client.sid for _, client in clients(world)}) == 39
    assert clients_csv(world).splitlines()[:2] == ["pc,address,site", "PC-0101,127.101.1.1,lyon"]


@pytest.mark.parametrize("count", [1, 5, 16, 41, 500])
def test_a_company_of_any_size_is_the_same_from_the_same_seed_and_begins_as_the_demos_does(count: int) -> None:
    world = demo_company(1, count)
    assert len(clients(world)) == count
    assert world.pcs == demo_company(1, count).pcs
    shared = min(count, 14)
    assert [each for _, each in clients(world)][:shared] == [each for _, each in clients(demo_company())][:shared]


def test_the_simulator_starts_with_as_many_clients_as_it_is_asked_for(tmp_path: Path) -> None:
    start = Start(clients=19, seed=1, port=0, engine="python", folder=tmp_path, state=None)
    assert len(clients(world_of(start))) == 19


def test_nobody_in_a_large_company_shares_a_name_an_account_or_an_address() -> None:
    world = demo_company(1, 2400)
    assert len({pc.name for pc in world.pcs}) == len({pc.address for pc in world.pcs}) == len(world.pcs) == 2340
    people = 2340  # One of forty clients is somebody's second.
    assert len({client.sid for _, client in clients(world)}) == people
    assert len({client.user for _, client in clients(world)}) == people
    assert len({profile.account for pc in world.pcs for profile in pc.profiles}) == people + 1
    assert len({person.name for person in world.domino.persons}) == len(world.domino.persons) == people - 60
    for name, one in (("CLU1", people), *((name, None) for name in ("MAIL01", "MAIL02", "MAIL03"))):
        server = next(each for each in world.domino.servers if each.name == f"CN={name}/O=ACME")
        paths = [database.path for database in server.databases if database.path != "names.nsf"]
        assert len(set(paths)) == len(paths) == (one or len(paths))


def test_the_people_of_a_large_company_are_named_as_their_sites_are() -> None:
    assert (person(9, "lyon").name, person(9, "lyon").account) == ("Didier Lefèbvre", "dlefebvre9")
    assert person(49, "basel").account == "jchristen49"
    last = [name for site in SITES.values() for name in site.last]
    assert len(last) == len(set(last))
    world = demo_company(1, 1200)
    central = [client for pc in world.pcs if pc.code_page == 1250 for client in pc.clients]
    assert any(not client.user.isascii() for client in central)


def test_further_clients_are_like_the_demos_in_turn() -> None:
    world = demo_company(1, 160)
    assert [pc.power for pc in world.pcs].count("dark") == 4
    assert len(world.domino.events) == 8
    neighbours = {client.user.split("/")[0][3:]: client for _, client in clients(world)}
    locations = [
        item.values[0]
        for document in neighbours["Nathalie Bernard"].databases[2].documents
        for item in document.items
        if item.name == "Name"
    ]
    assert "For cmartin0" in locations


def test_a_person_with_two_pcs_has_one_mailbox_and_two_clients_of_its_own(world: World) -> None:
    two = [(pc, client) for pc, client in clients(world) if "Hofmann" in client.user]
    assert [pc.name for pc, _ in two] == ["PC-0216", "PC-0217"]
    (_, one), (_, other) = two
    assert (one.sid, one.icons) == (other.sid, other.icons)
    assert one.data != other.data
    assert {each.replica_id for each in one.databases}.isdisjoint(each.replica_id for each in other.databases)
    assert [each.name for each in world.domino.persons].count(one.user) == 1


def test_one_pc_is_there_for_the_audit_off_for_the_wave_and_back_in_the_morning(world: World) -> None:
    model = ModelWorld(world)
    pc = model.pc("PC-0207").pc
    power = [pc.power]
    for moment in ("2026-11-26T17:01:00Z", "2026-11-27T08:00:00Z"):
        list(model.due(clock.parse(moment)))
        power.append(pc.power)
    assert power == ["on", "off", "on"]


def test_every_moment_of_a_client_is_there(world: World) -> None:
    moments = [(bool(pc.processes), bool(pc.sessions), client.id.asks, pc.power) for pc, client in clients(world)]
    for wanted in (
        (True, True, True, "on"),
        (False, True, False, "on"),
        (False, True, True, "on"),
        (False, False, True, "on"),
        (False, False, True, "off"),
        (False, False, True, "dark"),
    ):
        assert wanted in moments
    assert prompt_free_persons() == ["CN=Grace Kim/O=ACME", "CN=Marc Lambert/O=ACME", "CN=Zoë Müller/O=ACME"]


def test_every_mailbox_is_on_its_old_server_and_on_the_new_one_with_one_replica_id(world: World) -> None:
    servers = {server.name: {each.path: each for each in server.databases} for server in world.domino.servers}
    for pc, client in clients(world):
        icon = client.icons[0]
        assert icon.server == OLD_SERVERS[pc.site]
        for name in (icon.server, NEW_SERVER):
            assert servers[name][icon.path].replica_id == icon.replica_id


def test_two_mailboxes_move_in_the_night(world: World) -> None:
    def old() -> list[str]:
        return [person.name for person in world.domino.persons if person.mail_server != NEW_SERVER]

    assert old() == ["CN=Anne Faure/O=ACME", "CN=Monika Zürcher/O=ACME"]
    list(ModelWorld(world).due(clock.parse("2026-11-27T08:00:00Z")))
    assert old() == []


def test_a_notes_ini_is_in_the_code_page_of_its_pc(world: World) -> None:
    inis = {
        client.user: NotesIni.parse(base64.b64decode(file.base64), pc.code_page)
        for pc, client in clients(world)
        for file in pc.files
        if file.path == client.ini
    }
    assert inis["CN=Vaclav Dvorak/O=ACME"].value("$Signature") == "Václav Dvořák"
    assert all((ini.value("Location") or "").endswith(user) for user, ini in inis.items())


def test_in_the_morning_one_stale_copy_is_gone_and_another_is_still_there(world: World) -> None:
    list(ModelWorld(world).due(clock.parse("2026-11-27T08:00:00Z")))
    databases = {client.user: [each.path for each in client.databases] for _, client in clients(world)}
    assert databases["CN=Susan Miller/O=ACME"] == ["bookmark.nsf", "mail.box", "names.nsf"]
    assert "mail\\cstaehli.nsf" in databases["CN=Corinne Stähli/O=ACME"]


def test_in_the_morning_everyone_but_one_on_leave_is_back_with_notes_open(world: World) -> None:
    list(ModelWorld(world).due(clock.parse("2026-11-27T08:00:00Z")))
    for pc, client in clients(world):
        running = [process for process in pc.processes if process.sid == client.sid]
        assert bool(running) is (pc.power == "on" and client.user != "CN=Brian Taylor/O=ACME")


@pytest.mark.parametrize(
    ("name", "notes", "sessions"), [("open", 1, 1), ("closed_prompt_free", 0, 1), ("nobody", 0, 0)]
)
def test_the_small_worlds_differ_in_their_moment(name: str, notes: int, sessions: int) -> None:
    pc = BASES[name]().pcs[0]
    assert (len(pc.processes), len(pc.sessions)) == (notes, sessions)
