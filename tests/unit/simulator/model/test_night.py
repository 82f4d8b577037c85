"""A night of the demo's company: what is pending at five in the afternoon is done at eight in the morning."""

from __future__ import annotations

import pytest
from unit.simulator.model.orders import exchange, last_record, migration, orders

from notesfleet import clock
from notesfleet.simulator.builder import OLD_SERVERS, Seed
from notesfleet.simulator.company import ROWS, demo_company
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import World

EXPECTED = {
    "mlambert": ["pending notes_closed", "pending waits_for_order", "pending waits_for_order"],
    "zmueller": ["pending notes_closed", "pending waits_for_order", "pending waits_for_order"],
    "sgarnier": ["pending would_ask_password", "pending waits_for_order", "pending waits_for_order"],
    "bgerber": ["pending would_ask_password", "pending waits_for_order", "pending waits_for_order"],
    "prenard": ["staged", "staged", "staged"],
    "afaure": ["finished done", "pending condition", "pending waits_for_order"],
    "rbrunner": ["finished done", "pending condition", "pending waits_for_order"],
}


def migrate(world: ModelWorld, engine: PythonEngine) -> dict[str, list[str]]:
    """Stage three orders for everyone whose PC is on; how each order stands."""
    standing: dict[str, list[str]] = {}
    seed = Seed(world.state.seed)
    for row in ROWS:
        if row.power != "on":
            continue
        pc = world.pc(row.pc).pc
        client = next(each for each in pc.clients if each.sid == seed.sid(row.who))
        steps = migration(client, OLD_SERVERS[row.who.site], row.who.mail_file, seed.replica_id(row.who.mail_file))
        staged = orders(pc, client, steps, prompt_free=not row.traits.asks)
        answer = exchange(engine, row.pc, [{"sid": client.sid, "orders": staged}])
        assert answer["clients"][0]["error"] == ""
        standing[row.who.account] = [_standing(order) for order in answer["clients"][0]["orders"]]
    return standing


def _standing(order: dict[str, object]) -> str:
    record = last_record(order)
    return f"{record['k']} {record.get('state', record.get('reason'))}" if record else "staged"


@pytest.fixture
def world() -> ModelWorld:
    world = ModelWorld(demo_company())
    for name in sorted({row.pc for row in ROWS}):
        world.system_seams(name).wait_runner(1)
    return world


def test_the_wave_is_done_or_pending_with_its_reason(world: ModelWorld) -> None:
    standing = migrate(world, PythonEngine(world))
    done = ["finished done"] * 3
    assert standing == {account: EXPECTED.get(account, done) for account in standing}
    assert len(standing) == 14


def test_a_night_later_everything_is_done_and_a_second_run_changes_nothing(world: ModelWorld) -> None:
    engine = PythonEngine(world)
    migrate(world, engine)
    night(world, engine)
    before = world.dump()
    assert migrate(world, engine) == {row.who.account: ["finished done"] * 3 for row in ROWS if row.power == "on"}
    assert world.dump() == before
    assert harms(before) == []


def test_nothing_of_another_persons_location_changes(world: ModelWorld) -> None:
    engine = PythonEngine(world)
    before = foreign_locations(world.dump())
    migrate(world, engine)
    night(world, engine)
    assert before != []
    assert foreign_locations(world.dump()) == before


def night(world: ModelWorld, engine: PythonEngine) -> None:
    for pc, sid in world.due(clock.parse("2026-11-27T08:00:00Z")):
        engine.run_runner(pc, sid, 60)


def harms(world: World) -> list[str]:
    return [harm for pc in world.pcs for harm in pc.harms]


def foreign_locations(world: World) -> list[str]:
    return [
        document.model_dump_json()
        for pc in world.pcs
        for client in pc.clients
        for database in client.databases
        for document in database.documents
        if any(item.name == "Name" and "For " in str(item.values[0]) for item in document.items)
    ]
