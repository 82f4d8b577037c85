"""Two worlds are equal when nothing but what may differ differs."""

from __future__ import annotations

import random

from notesfleet.orders.journal import seal
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.model.comparison import comparable, differences
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import World

PATH = "C:\\ProgramData\\notesfleet\\clients\\S-1-5-21-1\\journals\\a.journal"


def with_journal(ms: int, reason: str = "notes_open") -> World:
    world = demo_company()
    digits, first = seal("", {"k": "start", "t": f"2026-11-26T17:00:{ms:02d}Z", "id": "a", "runner": "b", "pid": ms})
    _, second = seal(digits, {"k": "pending", "t": "2026-11-26T17:00:00Z", "reason": reason, "a": None})
    ModelWorld(world).pc("PC-0101").write(PATH, first + second, "Administrators")
    return world


def test_the_order_in_which_things_were_made_does_not_matter() -> None:
    left, right = demo_company(), demo_company()
    for pc in right.pcs:
        for rows in (pc.files, pc.registry, pc.clients, pc.processes, pc.events, pc.sessions):
            random.Random(3).shuffle(rows)
        for client in pc.clients:
            for database in client.databases:
                random.Random(4).shuffle(database.documents)
    random.Random(5).shuffle(right.pcs)
    assert differences(left, right) == []
    assert ModelWorld(left).dump() == ModelWorld(right).dump()


def test_times_and_process_ids_in_journals_do_not_count_and_everything_else_does() -> None:
    assert differences(with_journal(1), with_journal(2)) == []
    found = differences(with_journal(1), with_journal(1, "locked"))
    assert len(found) == 1
    assert "notes_open" in found[0]


def test_a_changed_byte_of_a_file_is_a_difference() -> None:
    world = demo_company()
    pc = ModelWorld(world).pc("PC-0101")
    ini = pc.pc.clients[0].ini
    pc.write(ini, (pc.read(ini, 10_000) or b"").replace(b"KitType=1", b"KitType=2"), "x")
    assert ["KitType" in line for line in differences(demo_company(), world)] == [True]


def test_a_damaged_journal_is_compared_by_what_is_wrong_with_it() -> None:
    world = with_journal(1)
    pc = ModelWorld(world).pc("PC-0101")
    pc.write(PATH, (pc.read(PATH, 10_000) or b"").replace(b"notes_open", b"notes_shut"), "x")
    assert "does not fit" in str(comparable(world))
