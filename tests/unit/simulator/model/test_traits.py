"""Every trait that rules and states need is in the company: looked for in what a PC and the servers have."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import pytest

from notesfleet import clock
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.sites import OLD_SERVERS
from notesfleet.simulator.state import Database, NotesClient, Pc, Person, World

DEMO = 40
GIB = 1 << 30


@dataclass(frozen=True)
class Client:
    """A client, and what stands about it on its PC and on the servers; nothing that was made of it."""

    world: World
    pc: Pc
    notes: NotesClient

    @cached_property
    def ini(self) -> bytes:
        return next(base64.b64decode(file.base64) for file in self.pc.files if file.path == self.notes.ini)

    @property
    def lines(self) -> list[str]:
        return self.ini.decode(f"cp{self.pc.code_page}").splitlines()

    def value(self, name: str) -> str:
        return next((line.split("=", 1)[1] for line in self.lines if line.startswith(f"{name}=")), "")

    @property
    def program(self) -> str:
        """Version and machine of the program, or the code with which reading it fails."""
        return self.pc.versions[f"{self.value('NotesProgram')}nlnotes.exe"]

    def is_release(self, major: int, folder: str) -> bool:
        """Of that version, and the program where that vendor's installation puts it."""
        return self.program.startswith(f"{major}.") and self.value("NotesProgram").endswith(f"\\{folder}\\Notes\\")

    @cached_property
    def mail(self) -> Database:
        """The mail file on its server."""
        databases = _mail_files(self.world)
        return databases[self.value("MailServer"), f"{self.value('MailFile')}.nsf"]

    @property
    def copies(self) -> list[Database]:
        """Local databases that another program holds, or that are replicas of the mail file."""
        return [each for each in self.notes.databases if each.held or each.replica_id == self.mail.replica_id]

    @property
    def at_mail_file(self) -> Database | None:
        return next((each for each in self.notes.databases if each.path == self.mail.path), None)

    def is_older(self, database: Database, days: int) -> bool:
        """Not written for that many days at the start; 0 days: for its own cut-off."""
        age = clock.parse(self.world.now) - clock.parse(database.modified)
        return age.days > (days or database.cutoff_days)

    @property
    def person(self) -> Person | None:
        return _persons(self.world).get(self.notes.user)

    def texts(self, form: str, item: str) -> list[str]:
        """That item of all documents of that form in names.nsf."""
        names = next(each for each in self.notes.databases if each.path == "names.nsf")
        documents = [{each.name: str(each.values[0]) for each in document.items} for document in names.documents]
        return [each[item] for each in documents if each["Form"] == form]


def _mail_files(world: World) -> dict[tuple[str, str], Database]:
    return {(server.name, each.path): each for server in world.domino.servers for each in server.databases}


def _persons(world: World) -> dict[str, Person]:
    return {person.name: person for person in world.domino.persons}


def _outbox(client: Client) -> int:
    return next(each.count for each in client.notes.databases if each.path == "mail.box")


def _is_stale(client: Client) -> bool:
    return any(not each.held and client.is_older(each, 0) for each in client.copies)


def _is_nearly_stale(client: Client) -> bool:
    copies = [each for each in client.copies if not each.held]
    return any(client.is_older(each, each.cutoff_days - 3) for each in copies) and not _is_stale(client)


def _does(client: Client, *doings: str) -> bool:
    return any(event.sid == client.notes.sid and event.do in doings for event in client.pc.events)


def _is_another_there(client: Client) -> bool:
    there = client.at_mail_file
    return there is not None and there.replica_id != client.mail.replica_id


TRAITS: dict[str, Callable[[Client], bool]] = {
    "an installation for one user": lambda each: each.notes.ini == f"{each.value('NotesProgram')}notes.ini",
    "an installation for several users": lambda each: each.value("SharedDataDirectory").startswith("C:\\ProgramData\\"),
    "Notes 9": lambda each: each.is_release(9, "IBM"),
    "Notes 11": lambda each: each.is_release(11, "HCL"),
    "Notes 12": lambda each: each.is_release(12, "HCL"),
    "Notes 14": lambda each: each.is_release(14, "HCL"),
    "32 bit": lambda each: each.program.endswith(" x86") and " (x86)" in each.value("NotesProgram"),
    "64 bit": lambda each: each.program.endswith(" x64") and "(x86)" not in each.value("NotesProgram"),
    "several Locations": lambda each: len(each.texts("Location", "Name")) > 2,
    "another person's Location": lambda each: any("For " in name for name in each.texts("Location", "Name")),
    "a name twice in notes.ini": lambda each: sum(line.lower().startswith("extmgr_addins=") for line in each.lines) > 1,
    "letters outside ASCII in notes.ini": lambda each: not each.ini.isascii(),
    "no last line end in notes.ini": lambda each: not each.ini.endswith(b"\n"),
    "a stray local replica": lambda each: any(copy.path != each.mail.path for copy in each.copies),
    "no local replica": lambda each: not each.copies and each.at_mail_file is None,
    "a person with two PCs": lambda each: _pcs_of(each) > 1,
    "a PC with two people": lambda each: len(each.pc.clients) > 1,
    "a roaming user": lambda each: each.person is not None and each.person.roaming == "1",
    "mail that waits": lambda each: _outbox(each) > 0,
    "an ID that would ask": lambda each: each.notes.id.asks,
    "an ID that asks nothing": lambda each: not each.notes.id.asks,
    "a mail file over 4 GiB": lambda each: each.mail.size > 4 * GIB,
    "another database in the replica's place": _is_another_there,
    "a mailbox that is moved later": lambda each: any(
        event.name == each.notes.user for event in each.world.domino.events
    ),
    "Notes closed in the evening": lambda each: _does(each, "notes_exit") and bool(each.pc.processes),
    "a PC that does not answer": lambda each: each.pc.power != "on",
}
"""Each on two clients at least."""

RULES: dict[str, Callable[[Client], bool]] = {
    "nearly a roaming user": lambda each: (
        each.person is not None and each.person.roaming == "0" and each.person.roaming_server != ""
    ),
    "not known whether a roaming user": lambda each: each.person is None,
    "Notes too old": lambda each: each.is_release(8, "IBM\\Lotus"),
    "Notes nearly too old": lambda each: each.program.startswith("9.0"),
    "not known whether Notes is too old": lambda each: " " not in each.program,
    "a stale replica": _is_stale,
    "nearly a stale replica": _is_nearly_stale,
    "not known whether a replica is stale": lambda each: any(
        copy.held and each.is_older(copy, 0) for copy in each.copies
    ),
    "a PC that goes off": lambda each: _does(each, "power_off"),
    "a stale replica that is put away": lambda each: _is_stale(each) and _does(each, "copy_removed"),
    "a user who writes into journals": lambda each: _does(each, "journal_scribbled"),
}
"""Each on one client at least."""


def _pcs_of(client: Client) -> int:
    return sum(each.user == client.notes.user for pc in client.world.pcs for each in pc.clients)


@cache
def clients() -> tuple[Client, ...]:
    """Of a company twice as large as the demo's, in the order of their making."""
    world = demo_company(1, 2 * DEMO)
    return tuple(Client(world, pc, each) for pc in world.pcs for each in pc.clients)


@pytest.mark.parametrize("trait", [*TRAITS, *RULES])
@pytest.mark.parametrize("part", ["the demo's", "further"])
def test_a_trait_is_there(trait: str, part: str) -> None:
    half = clients()[:DEMO] if part == "the demo's" else clients()[DEMO:]
    holds, least = (TRAITS[trait], 2) if trait in TRAITS else (RULES[trait], 1)
    found = [each.notes.user for each in half if holds(each)]
    assert len(found) >= least, found


@pytest.mark.parametrize(
    "traits",
    [
        ("a roaming user", "nearly a roaming user", "not known whether a roaming user"),
        ("Notes too old", "Notes nearly too old", "not known whether Notes is too old"),
        ("a stale replica", "nearly a stale replica", "not known whether a replica is stale"),
    ],
)
def test_a_client_has_it_nearly_has_it_or_cannot_be_known(traits: tuple[str, ...]) -> None:
    table = TRAITS | RULES
    assert all(sum(table[trait](each) for trait in traits) <= 1 for each in clients())


def test_only_one_reason_keeps_a_client_back() -> None:
    """What is excluded or fails is so for one cause, so that a test of a rule sees the rule."""
    table = TRAITS | RULES
    reasons = [
        *("a roaming user", "not known whether a roaming user", "Notes too old", "not known whether Notes is too old"),
        *("a stale replica", "not known whether a replica is stale", "a mail file over 4 GiB"),
        *("another database in the replica's place", "a user who writes into journals"),
    ]
    assert all(sum(table[reason](each) for reason in reasons) <= 1 for each in clients())


@pytest.mark.parametrize("sites", [{"basel"}, {"lyon", "boston"}])
def test_each_wave_has_clients_that_go_through_and_such_as_do_not(sites: set[str]) -> None:
    wave = [each for each in clients()[:DEMO] if each.pc.site in sites]
    table = TRAITS | RULES
    for trait in (
        *("a roaming user", "a stale replica", "a mail file over 4 GiB", "another database in the replica's place"),
        *("mail that waits", "an ID that asks nothing", "a mailbox that is moved later", "a PC that does not answer"),
        *("letters outside ASCII in notes.ini", "a stray local replica"),
    ):
        assert any(table[trait](each) for each in wave), trait


def test_each_site_has_its_own_server_and_its_pcs_numbers() -> None:
    for pc in demo_company().pcs:
        assert pc.name.startswith(f"PC-0{list(OLD_SERVERS).index(pc.site) + 1}")
        servers = {icon.server for client in pc.clients for icon in client.icons}
        assert servers == {OLD_SERVERS[pc.site]}
