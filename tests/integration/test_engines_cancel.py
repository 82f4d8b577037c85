"""Both engines recall orders alike: the same answers, the same PC afterwards."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from integration.test_engines_agree import (
    MORNING,
    TWO_PEOPLE,
    WOULD_ASK,
    Sent,
    company,
    engine_of,
    exchanged,
    request_for,
    sent,
    without_times,
)

from notesfleet.orders.documents import ClientRequest, ExchangeRequest
from notesfleet.packed import pack, unpack
from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import File

__all__ = ["sent"]
LINE = "notesfleet: order cancelled, 2026-11-26T17:00:00Z, by ann: a test\r\n"


def recalled(request: dict[str, Any]) -> dict[str, Any]:
    """The same orders and one that was never sent, to be cancelled."""
    clients = [
        ClientRequest(
            sid=each["sid"], cancel=[*(order["id"] for order in each["orders"]), "f" * 32], cancel_text=LINE
        ).model_dump(mode="json")
        for each in request["clients"]
    ]
    return ExchangeRequest.model_validate(request | {"clients": clients}).model_dump(mode="json")


async def live(kind: str, sent: Sent, pc: str) -> tuple[ModelWorld, list[dict[str, Any]]]:
    """Cancelled on a PC without any order; staged, cancelled, cancelled again; a night; staged again."""
    world = company([pc])
    engine = engine_of(kind, world)
    await engine.start()
    try:
        bare, whole = request_for(world, pc, False), request_for(world, pc, True)
        requests = [recalled(whole), bare, recalled(bare), recalled(bare)]
        answers = [await exchanged(engine, sent, pc, request) for request in requests]
        for name, sid in world.due(MORNING):
            await engine.run_runner(name, sid, 60)
        answers.append(await exchanged(engine, sent, pc, bare))
    finally:
        await engine.close()
    return world, answers


@pytest.mark.parametrize("pc", [TWO_PEOPLE, WOULD_ASK])
def test_orders_are_recalled_alike_in_both_engines(sent: Sent, pc: str) -> None:
    python, said = asyncio.run(live("python", sent, pc))
    powershell, told = asyncio.run(live("powershell", sent, pc))
    assert without_times(said) == without_times(told)
    assert differences(python.dump(), powershell.dump()) == []
    assert [harm for each in python.state.pcs for harm in each.harms] == []
    nothing, staged, first, again, _ = (
        [order for client in answer["clients"] for order in client["orders"]] for answer in said
    )
    assert {(order["staged"], order["cancel"]) for order in nothing} == {("absent", "none")}
    unfinished = [
        order["id"] for order in staged if b'"finished"' not in unpack(order["journal"] or pack(b""), 1 << 22)
    ]
    assert sorted(order["id"] for order in first if order["cancel"] == "new") == sorted(unfinished)
    assert sorted(file.path[-39:-7] for file in files(python, pc, ".cancel")) == sorted(unfinished)
    assert {order["cancel"] for order in again} <= {"none", "known"}
    ended = [base64.b64decode(file.base64).splitlines()[-1] for file in files(python, pc, ".journal")]
    assert len([line for line in ended if b'"state":"cancelled"' in line]) == len(unfinished)


def files(world: ModelWorld, pc: str, ending: str) -> list[File]:
    return [file for file in world.pc(pc).pc.files if file.path.endswith(ending)]
