from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import virtual_fleet

from notesfleet.exchange.probe import Endpoint, probe
from notesfleet.simulator.company import demo_company


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[dict[str, Endpoint]]:
    """One PC that is on, one that is off and one that is dark, behind the real listener."""
    world = demo_company()
    with virtual_fleet(world, tmp_path) as fleet:
        port = fleet.simulator.listener.port
        first = {power: next(pc for pc in world.pcs if pc.power == power) for power in ("on", "off", "dark")}
        yield {power: Endpoint(pc.address, port) for power, pc in first.items()}


def test_who_answers_is_told_from_who_is_off_or_dark(doors: dict[str, Endpoint]) -> None:
    found = asyncio.run(probe(set(doors.values()), timeout=0.5, parallel=2))
    assert found[doors["on"]] is None
    assert found[doors["off"]] == "breaks the connection off"
    assert found[doors["dark"]] == "does not answer in time"


def test_a_closed_port_and_an_unknown_name_are_absences() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    closed, unknown = Endpoint("127.0.0.1", port), Endpoint("no-such-pc.invalid", 5986)
    found = asyncio.run(probe({closed, unknown}, timeout=3, parallel=10))
    assert found[closed] == "refuses the connection"
    assert str(found[unknown]).startswith(("cannot be reached", "does not answer"))


def test_what_speaks_no_tls_is_an_absence() -> None:
    async def ask() -> str | None:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail ready\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        async with server:
            endpoint = Endpoint("127.0.0.1", server.sockets[0].getsockname()[1])
            return (await probe({endpoint}, timeout=2, parallel=1))[endpoint]

    assert asyncio.run(ask()) == "breaks the connection off"
