"""A night of the demo's company: what is pending at five in the afternoon is done at eight in the morning.

Orders go to every client, as without rules; what cannot be done is not, and its reason stands.
"""

from __future__ import annotations

import pytest
from unit.simulator.model.orders import exchange, last_record, migration, orders

from notesfleet import clock
from notesfleet.errors import JournalDamaged
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.rows import ROWS
from notesfleet.simulator.sites import OLD_SERVERS, Seed
from notesfleet.simulator.state import World

DONE = ["finished done"] * 3
CLOSED = ["pending notes_closed", "pending waits_for_order", "pending waits_for_order"]
ASKS = ["pending would_ask_password", "pending waits_for_order", "pending waits_for_order"]
BEHIND = ["pending condition", "pending waits_for_order", "pending waits_for_order"]
WAITS = ["finished done", "pending condition", "pending waits_for_order"]
NOBODY = ["staged"] * 3
REFUSED = ["finished failed", "pending waits_for_order", "pending waits_for_order"]
EVENING = (
    dict.fromkeys(("mlambert", "zmueller", "gkim"), CLOSED)
    | dict.fromkeys(("sgarnier", "bgerber", "fbruegger"), ASKS)
    | dict.fromkeys(("afaure", "mzuercher", "rbrunner", "kwhite", "avasseur"), WAITS)
    | dict.fromkeys(("gpelissier", "cstaehli"), BEHIND)
    | dict.fromkeys(("jamstutz", "jalvarez"), REFUSED)
    | dict.fromkeys(("prenard", "btaylor"), NOBODY)
)
MORNING = dict.fromkeys(("jamstutz", "jalvarez"), REFUSED) | {
    "avasseur": WAITS,
    "btaylor": NOBODY,
    "fbruegger": ["damaged"] * 3,
}
"""Another database is in the way, there is no Person document, one is on leave, another wrote into the journals. No
rule excludes anybody here."""


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
        standing[f"{row.who.account}{' 2' if row.traits.second else ''}"] = [
            _standing(order) for order in answer["clients"][0]["orders"]
        ]
    return standing


def _standing(order: dict[str, object]) -> str:
    try:
        record = last_record(order)
    except JournalDamaged:
        return "damaged"
    return f"{record['k']} {record.get('state', record.get('reason'))}" if record else "staged"


@pytest.fixture
def world() -> ModelWorld:
    world = ModelWorld(demo_company())
    for name in sorted({row.pc for row in ROWS}):
        world.system_seams(name).wait_runner(1)
    return world


def test_the_wave_is_done_or_pending_with_its_reason(world: ModelWorld) -> None:
    standing = migrate(world, PythonEngine(world))
    assert standing == {account: EVENING.get(account, DONE) for account in standing}
    assert len(standing) == 38


def test_a_night_later_everything_else_is_done_and_a_second_run_changes_nothing(world: ModelWorld) -> None:
    engine = PythonEngine(world)
    migrate(world, engine)
    night(world, engine)
    before = world.dump()
    standing = migrate(world, engine)
    assert standing == {account: MORNING.get(account, DONE) for account in standing}
    after = world.dump()
    for pc in (*before.pcs, *after.pcs):
        pc.ahead = 0  # An exchange waits a while for what is not finished.
    assert after == before
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
