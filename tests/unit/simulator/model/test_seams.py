"""What Windows lets a runner and session 0 do, and what must never happen."""

from __future__ import annotations

import pytest

from notesfleet.audit.notes_ini import NotesIni
from notesfleet.errors import ActionFailure
from notesfleet.simulator.company import BASES, one_client
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import Drive, Folder

NAME = "PC-0001"
ROOT = "C:\\ProgramData\\notesfleet\\clients"


def runner(world: ModelWorld, budget: int = 0) -> ModelRunnerSeams:
    return world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, budget)


@pytest.fixture
def world() -> ModelWorld:
    return ModelWorld(one_client())


@pytest.fixture
def staged(world: ModelWorld) -> str:
    """The user's folder, as an exchange makes it."""
    sid = world.state.pcs[0].clients[0].sid
    system = world.system_seams(NAME)
    for name in ("orders", "journals"):
        system.new_protected_folder(f"{ROOT}\\{sid}\\{name}", sid)
    system.set_client_file(f"{ROOT}\\{sid}\\orders\\a.json", b"{}")
    system.new_journal_file(f"{ROOT}\\{sid}\\journals\\a.journal", sid)
    return f"{ROOT}\\{sid}"


def test_a_runner_reads_its_orders_and_appends_to_its_journal_and_nothing_else(world: ModelWorld, staged: str) -> None:
    seams = runner(world)
    assert seams.get_client_file_list(f"{staged}\\orders") == ["a.json"]
    assert seams.get_client_file(f"{staged}\\orders\\a.json", 10) == b"{}"
    seams.add_journal_line(f"{staged}\\journals\\a.journal", b"line\n")
    for path in ("orders\\a.json", "orders\\b.json", "journals\\b.journal"):
        with pytest.raises(ActionFailure, match="no_rights"):
            seams.set_client_file(f"{staged}\\{path}", b"")
    with pytest.raises(ActionFailure, match="not_found"):
        seams.add_journal_line(f"{staged}\\journals\\b.journal", b"line\n")


def test_another_users_orders_are_not_readable(world: ModelWorld, staged: str) -> None:
    for folder in world.state.pcs[0].folders:
        folder.readers = ["S-1-5-21-1-2-3-9999"] if folder.readers else []
    with pytest.raises(ActionFailure, match="no_rights"):
        runner(world).get_client_file(f"{staged}\\orders\\a.json", 10)


@pytest.mark.parametrize("planted", [Folder(path=ROOT, owner="S-1-5-21-1"), Folder(path=ROOT, link=True)])
def test_a_planted_folder_in_the_chain_is_refused(world: ModelWorld, planted: Folder) -> None:
    world.state.pcs[0].folders.append(planted)
    before = world.dump()
    with pytest.raises(ActionFailure, match="planted_folder"):
        world.system_seams(NAME).new_protected_folder(f"{ROOT}\\S-1-5-21-7\\orders", "S-1-5-21-7")
    assert [folder for folder in world.dump().pcs[0].folders if "S-1-5-21-7" in folder.path] == []
    assert before.pcs[0].files == world.dump().pcs[0].files


def test_a_locked_file_and_a_full_disk_say_so(world: ModelWorld) -> None:
    pc = world.state.pcs[0]
    ini = pc.clients[0].ini
    pc.drives = [Drive(name="C:", size=100, free=3)]
    with pytest.raises(ActionFailure, match="disk_full"):
        runner(world).set_client_file(ini, b"[Notes]")
    next(file for file in pc.files if file.path == ini).locked = True
    with pytest.raises(ActionFailure, match="locked_file"):
        runner(world).set_client_file(ini, b"[N]")


def test_names_nsf_opens_exclusively_only_while_notes_is_closed(world: ModelWorld) -> None:
    for is_open in (False, True):
        state = one_client(notes_open=is_open)
        path = f"{state.pcs[0].clients[0].data}\\names.nsf"
        assert runner(ModelWorld(state)).test_exclusive(path) is not is_open


def test_com_that_would_ask_for_a_password_is_a_harm() -> None:
    world = ModelWorld(BASES["closed_would_ask"]())
    with pytest.raises(ActionFailure, match="would_ask_password"):
        runner(world).new_notes_session()
    assert len(world.dump().pcs[0].harms) == 1


def test_ole_while_notes_is_closed_or_shows_a_dialog_is_a_harm() -> None:
    closed, asking = ModelWorld(one_client()), ModelWorld(one_client(notes_open=True))
    asking.state.pcs[0].sessions[0].dialog = True
    for world in (closed, asking):
        with pytest.raises(ActionFailure):
            runner(world).connect_notes_ole()
        assert len(world.state.pcs[0].harms) == 1


def test_ole_needs_the_same_integrity_level() -> None:
    world = ModelWorld(one_client(notes_open=True))
    world.state.pcs[0].processes[0].elevated = True
    with pytest.raises(ActionFailure, match="other rights"):
        runner(world).connect_notes_ole()


def test_a_users_registry_is_there_only_while_that_user_is_logged_on() -> None:
    for logged_on in (True, False):
        state = one_client(logged_on=logged_on)
        sid = state.pcs[0].clients[0].sid
        key = f"{sid}\\Software\\Lotus\\Notes\\12.0"
        found = ModelWorld(state).system_seams(NAME).get_registry_value("HKU", "32", key, "notesinipath")
        assert found == (state.pcs[0].clients[0].ini if logged_on else None)


def test_the_two_views_of_the_machines_registry_are_apart(world: ModelWorld) -> None:
    seams = world.system_seams(NAME)
    assert seams.get_registry_subkey("HKLM", "32", "SOFTWARE\\Lotus\\Notes") == ["12.0"]
    assert seams.get_registry_subkey("HKLM", "64", "SOFTWARE\\Lotus\\Notes") == []


def test_a_database_shows_the_header_of_its_release(world: ModelWorld) -> None:
    client = world.state.pcs[0].clients[0]
    names = next(each for each in client.databases if each.path == "names.nsf")
    data = world.system_seams(NAME).get_client_file(f"{client.data}\\NAMES.NSF", 1024)
    assert data is not None
    assert data[:10] == b"\x1a\x00\x00\x04\x00\x00\x34\x00\x00\x00"
    low, high = (int.from_bytes(data[at : at + 4], "little") for at in (180, 184))
    assert f"{high:08X}{low:08X}" == names.replica_id
    assert int.from_bytes(data[88:92], "little") * 256 == names.size


def test_only_one_runner_holds_a_data_directory(world: ModelWorld) -> None:
    first, second = runner(world), runner(world)
    assert first.enter_runner_lock("C:\\Data")
    assert not second.enter_runner_lock("c:\\data")
    first.exit_runner_lock("C:\\Data")
    assert second.enter_runner_lock("C:\\Data")


def test_the_lock_of_a_runner_that_lost_its_power_is_free(world: ModelWorld, staged: str) -> None:
    first, second = runner(world), runner(world)
    first.enter_runner_lock("C:\\Data")
    first.cut_after(appends=1, torn=2)
    with pytest.raises(PowerCut):
        first.add_journal_line(f"{staged}\\journals\\a.journal", b"line\n")
    assert second.enter_runner_lock("C:\\Data")
    assert second.get_client_file(f"{staged}\\journals\\a.journal", 10) == b"li"


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_at_a_write_is_before_or_after_it_and_lasts_until_power_returns(world: ModelWorld, after: bool) -> None:
    ini = world.state.pcs[0].clients[0].ini
    seams = runner(world)
    seams.cut_at_write(2, after=after)
    seams.set_client_file(ini, b"[Notes]\r\na=1\r\n")
    with pytest.raises(PowerCut):
        seams.set_client_file(ini, b"[Notes]\r\na=2\r\n")
    with pytest.raises(PowerCut):
        seams.get_machine_id()
    seams.revive()
    assert NotesIni.parse(seams.get_client_file(ini, 100) or b"", 1252).value("a") == ("2" if after else "1")


def test_something_can_happen_just_before_a_write(world: ModelWorld) -> None:
    seams = runner(world)
    happened: list[int] = []
    seams.at_write(2, lambda: happened.append(seams.writes))
    for _ in range(3):
        seams.set_client_file(world.state.pcs[0].clients[0].ini, b"[Notes]\r\n")
    assert happened == [2]


def test_one_exchange_at_a_time_holds_the_machine(world: ModelWorld) -> None:
    first, second = world.system_seams(NAME), world.system_seams(NAME)
    assert first.enter_machine_lock()
    assert not second.enter_machine_lock()
    del first
    assert second.enter_machine_lock()
