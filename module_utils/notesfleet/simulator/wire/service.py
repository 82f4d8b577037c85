"""The HTTP side: `POST /wsman` on a PC's address, Basic authentication, faults as HTTP 500."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from notesfleet.simulator.wire import envelope
from notesfleet.simulator.wire.counts import Counts
from notesfleet.simulator.wire.envelope import Fault, Request
from notesfleet.simulator.wire.listener import Door
from notesfleet.simulator.wire.shells import Output, PowerLost, Shells

BODY_LIMIT = 2 * 1024 * 1024
SOAP_TYPE = "application/soap+xml;charset=UTF-8"


class Executor(Protocol):
    """Runs a command on a PC."""

    async def execute(self, pc: str, line: str, stdin: bytes) -> Output: ...


class Wsman:
    """WS-Management of all PCs. `names` gives a PC's name by its address, None where there is none."""

    def __init__(
        self,
        executor: Executor,
        names: Callable[[str], str | None],
        door: Callable[[str], Door],
        user: str,
        password: str,
    ) -> None:
        self.counts = Counts()
        self._executor, self._names, self._door = executor, names, door
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._shells: dict[str, Shells] = {}

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        address = local_address(http)
        pc = self._names(address)
        if pc is None:
            return _abort(http)
        if self._door(address) is Door.REFUSED:
            await self._lose(pc)
            return _abort(http)
        if self._door(address) is Door.SILENT:
            await asyncio.Event().wait()
        body = await http.read()
        try:
            action, response = await self._answer(pc, http, body)
        except PowerLost:
            await self._lose(pc)
            return _abort(http)
        self.counts.add(pc, action, _size(http, body), _response_size(response))
        return response

    async def _answer(self, pc: str, http: web.Request, body: bytes) -> tuple[envelope.Action | None, web.Response]:
        given = http.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), self._authorization.encode()):
            headers = {"WWW-Authenticate": 'Basic realm="WSMAN"'}
            return None, web.Response(status=401, headers=headers)
        try:
            request = envelope.read_request(body)
        except Fault as fault:
            return None, _soap(500, envelope.fault_reply("", fault))
        return request.action, await self._perform(pc, request)

    async def _perform(self, pc: str, request: Request) -> web.Response:
        try:
            answer = await self._of(pc).answer(request)
        except Fault as fault:
            return _soap(500, envelope.fault_reply(request.message_id, fault))
        return _soap(200, envelope.reply(request, answer))

    def _of(self, pc: str) -> Shells:
        if pc not in self._shells:

            async def execute(line: str, stdin: bytes) -> Output:
                return await self._executor.execute(pc, line, stdin)

            self._shells[pc] = Shells(execute)
        return self._shells[pc]

    async def _lose(self, pc: str) -> None:
        """The PC is off: its shells are gone."""
        shells = self._shells.pop(pc, None)
        if shells is not None:
            await shells.close()

    def open_shells(self) -> int:
        """Shells that were created and not deleted, over all PCs."""
        return sum(len(shells) for shells in self._shells.values())

    async def close(self) -> None:
        """End what runs on all PCs."""
        await asyncio.gather(*(shells.close() for shells in self._shells.values()))


def local_address(http: web.Request) -> str:
    """The address that the client connected to: it says which PC is meant."""
    name = http.transport.get_extra_info("sockname") if http.transport else None
    return str(name[0]) if name else ""


def _abort(http: web.Request) -> web.Response:
    if http.transport is not None:
        http.transport.abort()
    return web.Response(status=503)


def _soap(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, headers={"Content-Type": SOAP_TYPE})


def _size(http: web.Request, body: bytes) -> int:
    line = len(http.method) + len(http.path_qs) + len(" HTTP/1.1\r\n") + 1
    return line + sum(len(name) + len(value) + 4 for name, value in http.raw_headers) + 2 + len(body)


def _response_size(response: web.Response) -> int:
    body = response.body if isinstance(response.body, bytes) else b""
    # Status line, Content-Type, Content-Length, Date and Server as aiohttp writes them.
    return 190 + len(body)
