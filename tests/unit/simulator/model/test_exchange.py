"""The exchange of the Python engine: what lies on the PC afterwards, and what comes back."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from unit.simulator.model.orders import exchange, last_record, orders

from notesfleet.powershell.package import runner_files, runner_hash
from notesfleet.simulator.company import one_client
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import Folder

NAME = "PC-0001"
ACTIONS = [[{"name": "ini.set", "with": {"name": "FooBar", "value": "1"}}]]


@pytest.fixture
def world() -> ModelWorld:
    return ModelWorld(one_client())


def request(world: ModelWorld, **fields: Any) -> dict[str, Any]:
    pc = world.state.pcs[0]
    return {"sid": pc.clients[0].sid, "orders": orders(pc, pc.clients[0], ACTIONS, prompt_free=True), **fields}


def send(world: ModelWorld, *clients: dict[str, Any], archive: bool = True) -> dict[str, Any]:
    return exchange(PythonEngine(world), NAME, list(clients), archive)


def test_a_pc_without_the_runner_asks_for_it_and_nothing_is_done(world: ModelWorld) -> None:
    before = world.dump()
    answer = send(world, request(world), archive=False)
    assert (answer["runner"], answer["clients"]) == ("missing", [])
    assert world.dump() == before


def test_runner_folders_task_and_order_are_laid_down_and_the_order_is_done(world: ModelWorld) -> None:
    answer = send(world, request(world))
    client = answer["clients"][0]
    assert (answer["runner"], client["logged_on"], client["started"]) == ("installed", True, True)
    assert last_record(client["orders"][0])["state"] == "done"
    pc = world.state.pcs[0]
    folder = f"C:\\Program Files\\notesfleet\\runner\\{runner_hash()}"
    assert world.system_seams(NAME).get_client_file_list(folder) == [file.name for file in runner_files()]
    assert {each.path: each.readers for each in pc.folders}[folder] == ["Users"]
    journal = next(file for file in pc.files if file.path.endswith(".journal"))
    assert (journal.owner, journal.writers) == ("Administrators", [client["sid"]])
    assert [task.sid for task in pc.tasks] == [client["sid"]]


def test_the_same_order_again_gives_the_stored_journal_and_changes_nothing(world: ModelWorld) -> None:
    first = send(world, request(world))["clients"][0]["orders"][0]
    before = world.dump()
    answer = send(world, request(world), archive=False)
    second = answer["clients"][0]["orders"][0]
    assert (answer["runner"], second["staged"], second["ended_before"]) == ("present", "known", True)
    assert second["journal"] == first["journal"]
    assert not answer["clients"][0]["started"]
    assert world.dump() == before


def test_nobody_logged_on_leaves_the_order_staged_until_the_user_comes() -> None:
    world = ModelWorld(one_client(logged_on=False))
    client = send(world, request(world))["clients"][0]
    assert (client["logged_on"], client["started"], client["orders"][0]["journal"]) == (False, False, "")
    assert world.state.pcs[0].ahead == 0


def test_waiting_ends_as_soon_as_the_order_is_pending() -> None:
    world = ModelWorld(one_client(asks=True))
    actions = [
        [{"name": "document.read", "with": {"db": "names.nsf", "form": "Location", "match": [], "items": ["Name"]}}]
    ]
    pc = world.state.pcs[0]
    sent = orders(pc, pc.clients[0], actions, prompt_free=False)
    client = send(world, {"sid": pc.clients[0].sid, "orders": sent})["clients"][0]
    assert last_record(client["orders"][0])["reason"] == "would_ask_password"
    assert pc.waiters == [client["sid"]]


def test_an_order_without_its_hash_is_refused_and_the_others_are_not(world: ModelWorld) -> None:
    sent = request(world)
    wrong = {**sent["orders"][0], "id": "0" * 32}
    answers = send(world, {**sent, "orders": [wrong, *sent["orders"]]})["clients"][0]["orders"]
    assert [answer["staged"] for answer in answers] == ["refused", "new"]
    assert answers[0]["error"].startswith("bad_order: ")


def test_a_planted_folder_stops_its_client_and_no_other(world: ModelWorld) -> None:
    sent = request(world)
    root = "C:\\ProgramData\\notesfleet\\clients"
    world.state.pcs[0].folders.append(Folder(path=f"{root}\\S-1-5-21-9", owner="S-1-5-21-9"))
    answers = send(world, {**sent, "sid": "S-1-5-21-9"}, sent)["clients"]
    assert answers[0]["error"].startswith("planted_folder: ")
    assert last_record(answers[1]["orders"][0])["state"] == "done"


def test_collecting_reads_a_journal_and_says_what_is_not_there(world: ModelWorld) -> None:
    sent = request(world)
    known = sent["orders"][0]["id"]
    send(world, sent)
    answers = send(world, {"sid": sent["sid"], "collect": [known, "f" * 32]})["clients"][0]["orders"]
    assert [answer["staged"] for answer in answers] == ["known", "absent"]
    assert answers[0]["journal"]
    assert not answers[1]["journal"]


def test_a_half_written_runner_is_written_again(world: ModelWorld) -> None:
    send(world, request(world))
    broken = next(file for file in world.state.pcs[0].files if file.path.endswith("actions.json"))
    whole, broken.base64 = broken.base64, base64.b64encode(b"{").decode()
    assert send(world, request(world))["runner"] == "installed"
    assert next(file for file in world.state.pcs[0].files if file.path.endswith("actions.json")).base64 == whole
