"""What odd people and programs do to a client: held files, a program that hides, journals that a user writes into."""

from __future__ import annotations

import base64

import pytest

from notesfleet import clock
from notesfleet.errors import ActionFailure, JournalDamaged
from notesfleet.orders.journal import read_journal
from notesfleet.simulator.company import one_client
from notesfleet.simulator.model.events import settle
from notesfleet.simulator.model.life import exit_notes, start_notes
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS
from notesfleet.simulator.state import Database, File, PcEvent

NAME, FILL_DELAY = "PC-0001", 900
MAIL = "mail\\jdupont.nsf"


@pytest.fixture
def world() -> ModelWorld:
    return ModelWorld(one_client(notes_open=True))


def add_copy(world: ModelWorld, behind: int = 0, held: bool = False) -> Database:
    """A local replica of the mail file where MailFile says."""
    mail = next(each for each in world.state.domino.servers[-1].databases if each.path == MAIL)
    local = mail.model_copy(update={"count": mail.count - behind, "held": held})
    world.state.pcs[0].clients[0].databases.append(local)
    return local


def test_a_database_that_another_program_holds_opens_for_nobody_and_is_seen_by_its_size_only(world: ModelWorld) -> None:
    local = add_copy(world, held=True)
    client = world.state.pcs[0].clients[0]
    path = f"{client.data}\\{MAIL}"
    runner, system = world.runner_seams(NAME, client.sid, 0), world.system_seams(NAME)
    assert runner.connect_notes_ole().session.GetDatabase("", MAIL, False) is None
    exit_notes(world.pc(NAME), client.sid)
    assert not runner.test_exclusive(path)
    with pytest.raises(ActionFailure, match="locked_file"):
        system.get_client_file(path, 1024)
    info = system.get_client_file_info(path)
    assert info is not None
    assert info.size == local.size


def test_a_program_file_that_cannot_be_read_says_why(world: ModelWorld) -> None:
    path = next(path for path in world.state.pcs[0].versions if path.endswith("nlnotes.exe"))
    world.state.pcs[0].versions[path] = "no_rights"
    with pytest.raises(ActionFailure, match="no_rights"):
        world.system_seams(NAME).get_file_version(path)


def test_a_person_document_has_the_items_of_roaming_that_stand_there(world: ModelWorld) -> None:
    person = world.state.domino.persons[0]
    session = world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, 0).connect_notes_ole().session
    for roaming, server in (("1", NEW_SERVER), ("0", ""), ("", "")):
        person.roaming, person.roaming_server = roaming, server
        directory = session.GetDatabase(NEW_SERVER, "names.nsf", False)
        view = directory.GetView("($Users)") if directory is not None else None
        document = view.GetDocumentByKey("Jean Dupont/ACME", True) if view is not None else None
        assert document is not None
        assert document.HasItem("RoamingUser") is bool(roaming)
        assert (document.GetItemValue("RoamingUser"), document.GetItemValue("RoamSrvr")) == ([roaming], [server])


@pytest.mark.parametrize("open_when_made", [True, False])
def test_a_replica_that_is_behind_is_filled_a_while_after_it_has_an_entry_and_notes_is_open(
    world: ModelWorld, open_when_made: bool
) -> None:
    local = add_copy(world, behind=40)
    pc, sid = world.pc(NAME), world.state.pcs[0].clients[0].sid
    whole = local.count + 40
    workspace = world.runner_seams(NAME, sid, 0).connect_notes_ole().workspace
    workspace.AddDatabase("", MAIL)
    workspace.AddDatabase(OLD_SERVERS["lyon"], MAIL)
    if not open_when_made:
        exit_notes(pc, sid)
        world.system_seams(NAME).wait_runner(FILL_DELAY)
        assert local.count == whole - 40
        start_notes(pc, sid, clock.text(pc.now))
    world.system_seams(NAME).wait_runner(FILL_DELAY - 1)
    assert local.count == whole - 40
    world.system_seams(NAME).wait_runner(1)
    assert local.count == whole


def test_a_replica_without_an_entry_stays_behind(world: ModelWorld) -> None:
    local = add_copy(world, behind=40)
    count = local.count
    pc, sid = world.pc(NAME), world.state.pcs[0].clients[0].sid
    exit_notes(pc, sid)
    start_notes(pc, sid, clock.text(pc.now))
    world.system_seams(NAME).wait_runner(FILL_DELAY)
    assert local.count == count


def scribble(world: ModelWorld, *journals: tuple[str, bytes, bool]) -> list[bytes]:
    """Name, content and whether the user may write into it; what they are after the user has written."""
    pc = world.state.pcs[0]
    sid = pc.clients[0].sid
    for name, content, may_write in journals:
        said = {"path": f"C:\\ProgramData\\{name}.journal", "base64": base64.b64encode(content).decode()}
        pc.files.append(File(**said, writers=[sid] if may_write else []))
    pc.events = [PcEvent(at=world.state.now, do="journal_scribbled", sid=sid)]
    settle(world.pc(NAME))
    return [base64.b64decode(file.base64) for file in pc.files[-len(journals) :]]


def test_what_a_user_writes_into_journals_that_wait_does_not_pass_for_a_record(world: ModelWorld) -> None:
    begun, ended, another = scribble(world, ("a", b"", True), ("b", b'x {"k":"finished"}\n', True), ("c", b"", False))
    assert b'"done"' in begun
    with pytest.raises(JournalDamaged):
        read_journal(begun)
    assert (ended, another) == (b'x {"k":"finished"}\n', b"")


def test_who_is_not_logged_on_writes_nothing(world: ModelWorld) -> None:
    world.state.pcs[0].sessions.clear()
    assert scribble(world, ("a", b"", True)) == [b""]
