"""The socket of all PCs: it ends in any moment without a word."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from notesfleet.simulator.wire.listener import Door, Listener


def test_a_connection_that_comes_while_it_ends_is_no_error_of_the_event_loop() -> None:
    said: list[dict[str, Any]] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: said.append(context))
        listener = Listener(0, lambda address: Door.REFUSED, asyncio.Protocol)
        listener.start()
        await asyncio.sleep(0)
        with socket.create_connection(("127.0.0.1", listener.port)):
            # The loop sees the connection in the round in which this goes on, and turns to it afterwards.
            await asyncio.sleep(0)
            await listener.close()
            await asyncio.sleep(0)

    asyncio.run(run())
    assert said == []
