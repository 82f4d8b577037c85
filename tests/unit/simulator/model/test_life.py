"""What Notes does by itself, and how people come and go."""

from __future__ import annotations

import base64

import pytest

from notesfleet import clock
from notesfleet.simulator.company import demo_company, one_client
from notesfleet.simulator.model.events import settle
from notesfleet.simulator.model.life import exit_notes, start_notes
from notesfleet.simulator.model.pc import PcModel
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.sites import NEW_SERVER
from notesfleet.simulator.state import DominoEvent, PcEvent, Task, World

NAME = "PC-0001"


def ini_text(world: ModelWorld) -> str:
    pc = world.state.pcs[0]
    file = next(file for file in pc.files if file.path == pc.clients[0].ini)
    return base64.b64decode(file.base64).decode(f"cp{pc.code_page}")


def add_line(world: ModelWorld, line: str) -> None:
    pc = world.pc(NAME)
    client = pc.pc.clients[0]
    pc.write(client.ini, ini_text(world).encode("cp1252") + line.encode("cp1252") + b"\r\n", client.sid)


def opened(**traits: bool) -> ModelWorld:
    return ModelWorld(one_client(notes_open=True, **traits))


def test_notes_writes_what_it_holds_over_the_file_at_its_exit() -> None:
    world = opened()
    before = ini_text(world)
    add_line(world, "Foo=changed while Notes was open")
    exit_notes(world.pc(NAME), world.state.pcs[0].clients[0].sid)
    assert ini_text(world) == before


def test_a_value_set_in_the_client_is_in_the_file_after_its_exit() -> None:
    world = opened()
    sid = world.state.pcs[0].clients[0].sid
    before = ini_text(world)
    session = world.runner_seams(NAME, sid, 0).connect_notes_ole().session
    session.SetEnvironmentVar("FooBar", "1", True)
    assert session.GetEnvironmentString("foobar", True) == "1"
    assert ini_text(world) == before
    exit_notes(world.pc(NAME), sid)
    assert ini_text(world) == before + "FooBar=1\r\n"


def test_a_value_set_by_com_is_lost() -> None:
    world = ModelWorld(one_client())
    before = world.dump()
    session = world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, 0).new_notes_session()
    session.SetEnvironmentVar("FooBar", "1", True)
    assert world.dump() == before


def test_duplicates_and_other_code_pages_outlive_a_start_and_an_exit() -> None:
    state = one_client(duplicates=True, accents="Jérôme")
    world = ModelWorld(state)
    before = world.dump()
    sid = state.pcs[0].clients[0].sid
    start_notes(world.pc(NAME), sid, state.now)
    exit_notes(world.pc(NAME), sid)
    assert world.dump() == before


def test_waiting_mail_is_sent_a_while_after_notes_was_opened() -> None:
    world = ModelWorld(one_client(waiting_mail=3))
    outbox = next(each for each in world.state.pcs[0].clients[0].databases if each.path == "mail.box")
    start_notes(world.pc(NAME), world.state.pcs[0].clients[0].sid, world.state.now)
    seams = world.system_seams(NAME)
    seams.wait_runner(60)
    assert outbox.count == 3
    seams.wait_runner(60)
    assert outbox.count == 0


def with_events(world: World, *events: tuple[str, str]) -> ModelWorld:
    pc = world.pcs[0]
    sid = pc.clients[0].sid
    pc.events = [PcEvent.model_validate({"at": f"2026-11-26T{at}:00Z", "do": do, "sid": sid}) for at, do in events]
    pc.tasks = [Task(sid=sid, command="powershell.exe", arguments="")]
    return ModelWorld(world)


def due(world: ModelWorld, at: str) -> list[str]:
    """When runners ran, until that time."""
    return [world.state.now[11:16] for _ in world.due(clock.parse(f"2026-11-26T{at}:00Z"))]


def test_a_users_runner_starts_at_logon_and_at_unlock() -> None:
    world = with_events(one_client(logged_on=False), ("09:00", "logon"), ("10:00", "lock"), ("11:00", "unlock"))
    ran: list[str] = []
    for pc, sid in world.due(clock.parse("2026-11-26T12:00:00Z")):
        world.runner_seams(pc, sid, 0)
        ran.append(world.state.now[11:16])
    assert ran == ["09:00", "11:00"]


def test_nothing_starts_where_no_task_is_registered() -> None:
    world = with_events(one_client(logged_on=False), ("09:00", "logon"))
    world.state.pcs[0].tasks.clear()
    assert due(world, "12:00") == []


def test_a_waiting_runner_looks_again_at_every_change_and_at_the_end() -> None:
    world = with_events(one_client(), ("09:00", "notes_start"), ("10:00", "busy"))
    client = world.state.pcs[0].clients[0]
    world.state.domino.events.append(
        DominoEvent(at="2026-11-26T09:30:00Z", do="move_mailbox", name=client.user, mail_server=NEW_SERVER)
    )
    assert not world.runner_seams(NAME, client.sid, 4).wait_runner(5)
    assert due(world, "12:00") == ["09:00", "09:30", "10:00", "12:00"]


def test_logging_off_ends_notes_and_the_waiting_runner() -> None:
    world = with_events(one_client(notes_open=True), ("09:00", "logoff"))
    pc = world.state.pcs[0]
    assert not world.runner_seams(NAME, pc.clients[0].sid, 0).wait_runner(5)
    assert due(world, "12:00") == []
    assert (pc.sessions, pc.processes, pc.waiters, pc.clients[0].memory) == ([], [], [], None)


def test_what_a_clock_ran_ahead_by_waiting_is_caught_up_with() -> None:
    world = ModelWorld(one_client())
    seams = world.system_seams(NAME)
    seams.wait_runner(40)
    assert clock.text(seams.get_runner_time()) == "2026-11-26T08:00:40Z"
    list(world.due(clock.parse("2026-11-26T08:00:30Z")))
    assert clock.text(seams.get_runner_time()) == "2026-11-26T08:00:40Z"
    list(world.due(clock.parse("2026-11-26T09:00:00Z")))
    assert (clock.text(seams.get_runner_time()), world.state.pcs[0].ahead) == ("2026-11-26T09:00:00Z", 0)


def test_a_pc_that_is_off_lives_through_nothing_until_it_is_switched_on() -> None:
    world = with_events(one_client(notes_open=True), ("08:30", "power_off"), ("09:00", "logon"), ("10:00", "power_on"))
    due(world, "12:00")
    pc = world.state.pcs[0]
    assert (pc.power, pc.sessions, pc.processes) == ("on", [], [])


@pytest.mark.parametrize("do", ["server_down", "server_up"])
def test_servers_go_and_come_at_their_time(do: str) -> None:
    world = ModelWorld(one_client())
    server = world.state.domino.servers[0]
    server.up = do == "server_down"
    event = {"at": "2026-11-26T09:00:00Z", "do": do, "name": server.name}
    world.state.domino.events.append(DominoEvent.model_validate(event))
    due(world, "10:00")
    assert server.up is (do == "server_up")


def test_a_value_set_and_taken_back_in_the_client_leaves_no_trace() -> None:
    world = opened()
    before = world.dump()
    session = world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, 0).connect_notes_ole().session
    session.SetEnvironmentVar("FooBar", "1", True)
    session.SetEnvironmentVar("FooBar", "", True)
    assert world.dump() == before


def test_a_users_variable_has_a_dollar_and_a_long_value_is_read_up_to_255_characters() -> None:
    world = opened()
    session = world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, 0).connect_notes_ole().session
    session.SetEnvironmentVar("Mine", "x" * 300, False)
    assert session.GetEnvironmentString("$Mine", True) == "x" * 255
    assert session.GetEnvironmentString("Mine", True) == ""


def test_time_is_let_pass_without_looking_at_every_pc_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def settled(pc: PcModel) -> bool:
        looked.append(pc.pc.name)
        return settle(pc)

    monkeypatch.setattr("notesfleet.simulator.model.world.settle", settled)
    world = ModelWorld(demo_company(1, 320))
    events = sum(len(pc.events) for pc in world.state.pcs)
    list(world.due(clock.parse("2026-11-27T08:00:00Z")))
    assert [pc.events for pc in world.state.pcs if pc.events] == []
    assert len(looked) <= events + 20  # 20 PCs send the mail that waits, an event of Notes itself
