"""The traps of Notes' automation objects (notes_client 5 and 6)."""

from __future__ import annotations

import pytest

from notesfleet.actions.notes_api import NUMBERS, NotesDocument, NotesSession
from notesfleet.audit.replicator_item import read_page
from notesfleet.errors import ActionFailure
from notesfleet.simulator.company import one_client
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS

OLD = OLD_SERVERS["lyon"]
MAIL = "mail\\jdupont.nsf"


def seams_of(world: ModelWorld) -> ModelRunnerSeams:
    pc = world.state.pcs[0]
    return world.runner_seams(pc.name, pc.clients[0].sid, 0)


@pytest.fixture
def world() -> ModelWorld:
    return ModelWorld(one_client(notes_open=True))


@pytest.fixture
def session(world: ModelWorld) -> NotesSession:
    return seams_of(world).connect_notes_ole().session


def office(session: NotesSession) -> NotesDocument:
    names = session.GetDatabase("", "names.nsf", False)
    assert names is not None
    found = names.Search('Form="Location"', None, 0)
    document = found.GetFirstDocument()
    while document is not None and document.GetItemValue("Name") != ["Office (Network)"]:
        document = found.GetNextDocument(document)
    assert document is not None
    return document


def test_a_single_value_is_a_list_and_a_missing_item_an_empty_text(session: NotesSession) -> None:
    assert office(session).GetItemValue("mailserver") == [OLD]
    assert office(session).GetItemValue("NoSuchItem") == [""]
    assert not office(session).HasItem("NoSuchItem")


def test_a_written_number_makes_a_number_item_of_a_text_item(session: NotesSession) -> None:
    document = office(session)
    assert document.ReplaceItemValue("LocationType", 0).Type == NUMBERS


def test_a_change_is_kept_only_by_save(session: NotesSession) -> None:
    document = office(session)
    document.ReplaceItemValue("MailServer", NEW_SERVER)
    assert office(session).GetItemValue("MailServer") == [OLD]
    document.Save(True, False)
    assert office(session).GetItemValue("MailServer") == [NEW_SERVER]


def test_a_saved_active_location_is_not_what_the_client_works_with_until_it_is_selected(world: ModelWorld) -> None:
    ole = seams_of(world).connect_notes_ole()
    document = office(ole.session)
    document.ReplaceItemValue("MailServer", NEW_SERVER)
    document.Save(True, False)
    assert held(world) == [OLD]
    ole.workspace.SetCurrentLocation("Office (Network)")
    assert held(world) == [NEW_SERVER]


def held(world: ModelWorld) -> list[str | int | float]:
    memory = world.state.pcs[0].clients[0].location_memory or []
    return next(item.values for item in memory if item.name == "MailServer")


@pytest.mark.parametrize("path", ["mail\\nobody.nsf", "..\\mail.box"])
def test_a_database_that_is_not_there_does_not_open(session: NotesSession, path: str) -> None:
    assert session.GetDatabase(OLD, path, False) is None


def test_a_path_without_extension_means_an_nsf_file(session: NotesSession) -> None:
    assert session.GetDatabase(OLD, "mail/JDUPONT", False) is not None


@pytest.mark.parametrize("field", ["up", "opens"])
def test_a_server_that_is_down_or_lets_nobody_in_opens_nothing(world: ModelWorld, field: str) -> None:
    for server in world.state.domino.servers:
        setattr(server, field, False)
    seams = seams_of(world)
    assert seams.connect_notes_ole().session.GetDatabase(OLD, MAIL, False) is None
    assert seams.test_server_port("mail01.acme.example", 1352) is (field == "opens")


def test_create_replica_makes_neither_icon_nor_entry_and_refuses_a_file_that_exists(world: ModelWorld) -> None:
    session = seams_of(world).connect_notes_ole().session
    client = world.state.pcs[0].clients[0]
    icons = list(client.icons)
    mail = session.GetDatabase(OLD, MAIL, False)
    assert mail is not None
    made = mail.CreateReplica("", MAIL)
    assert (made.ReplicaID, made.AllDocuments.Count) == (mail.ReplicaID, mail.AllDocuments.Count)
    assert (client.icons, client.replicator) == (icons, [])
    with pytest.raises(ActionFailure, match="exists"):
        mail.CreateReplica("", MAIL)


def test_a_replica_that_create_does_not_fill_is_filled_by_the_replicator_later(world: ModelWorld) -> None:
    world.state.switches.create_replica_fills = False
    session = seams_of(world).connect_notes_ole().session
    mail = session.GetDatabase(OLD, MAIL, False)
    assert mail is not None
    mail.CreateReplica("", MAIL)
    local = session.GetDatabase("", MAIL, False)
    assert local is not None
    assert local.AllDocuments.Count == 0
    world.system_seams("PC-0001").wait_runner(world.state.switches.fill_delay)
    assert local.AllDocuments.Count == mail.AllDocuments.Count


@pytest.mark.parametrize("delay", [0, 300])
def test_both_icons_make_an_entry_for_the_home_server_in_each_location_of_the_mailbox(
    world: ModelWorld, delay: int
) -> None:
    world.state.switches.entry_delay = delay
    ole = seams_of(world).connect_notes_ole()
    mail = ole.session.GetDatabase(OLD, MAIL, False)
    assert mail is not None
    mail.CreateReplica("", MAIL)
    ole.workspace.AddDatabase("", MAIL)
    ole.workspace.AddDatabase(NEW_SERVER, MAIL)
    entries = read_page(ole.session.CreateDxlExporter().Export(office(ole.session)))
    assert bool(entries) is not bool(delay)
    world.system_seams("PC-0001").wait_runner(delay)
    entries = read_page(ole.session.CreateDxlExporter().Export(office(ole.session)))
    assert [(entry.replica_id, entry.server) for entry in entries] == [(mail.ReplicaID, OLD)]


def test_the_directory_names_a_persons_mail_server(session: NotesSession) -> None:
    directory = session.GetDatabase(NEW_SERVER, "names.nsf", False)
    assert directory is not None
    view = directory.GetView("($Users)")
    assert view is not None
    person = view.GetDocumentByKey("Jean Dupont/ACME", True)
    assert person is not None
    assert person.GetItemValue("MailServer") == [NEW_SERVER]
    assert view.GetDocumentByKey("Nobody/ACME", True) is None


def test_objects_of_a_client_that_was_closed_answer_no_more(world: ModelWorld, session: NotesSession) -> None:
    world.state.pcs[0].processes.clear()
    with pytest.raises(ActionFailure, match="no longer"):
        session.GetDatabase("", "names.nsf", False)


def test_a_formula_that_the_runner_never_uses_is_refused(session: NotesSession) -> None:
    names = session.GetDatabase("", "names.nsf", False)
    assert names is not None
    with pytest.raises(ActionFailure, match="formula"):
        names.Search("SELECT @All", None, 0)
