"""The control of a running simulator, on the same socket: JSON over HTTPS with a token.

`POST /control/advance {"to": moment}`, `GET /control/now`, `GET /control/state`,
`GET /control/counts`, `POST /control/stop`.
The client side reads `simulator.json` of the simulator's folder.
"""

from __future__ import annotations

import hmac
import json
import ssl
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from notesfleet import clock
from notesfleet.audit.naming import client_names
from notesfleet.errors import InputError
from notesfleet.simulator.state import World

if TYPE_CHECKING:
    from notesfleet.simulator.server import Simulator

TOKEN_HEADER = "X-Notesfleet-Token"
ANSWER_WITHIN = 600.0


class Connection(BaseModel):
    """`simulator.json`: where the simulator listens and how to be let in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    port: int
    ca: str
    token: str
    process: int


def control_routes(simulator: Simulator) -> list[web.RouteDef]:
    """The requests, each refused without the token or on a PC's address."""

    async def advance(request: web.Request) -> web.StreamResponse:
        _admit(request, simulator)
        try:
            to = clock.parse(str((await request.json())["to"]))
        except (ValueError, KeyError, TypeError) as error:
            raise web.HTTPBadRequest(text="`to` is no moment such as 2026-11-26T08:00:00Z") from error
        if to < clock.parse(simulator.world.state.now):
            raise web.HTTPBadRequest(text=f"it is {simulator.world.state.now} already; time only goes on")
        await simulator.advance(to)
        return web.json_response({"now": simulator.world.state.now})

    async def now(request: web.Request) -> web.StreamResponse:
        _admit(request, simulator)
        return web.json_response({"now": simulator.world.state.now})

    async def state(request: web.Request) -> web.StreamResponse:
        _admit(request, simulator)
        text = simulator.world.dump().model_dump_json(by_alias=True, indent=1)
        return web.Response(text=text, content_type="application/json")

    async def counts(request: web.Request) -> web.StreamResponse:
        _admit(request, simulator)
        return web.Response(text=simulator.wsman.counts.model_dump_json(indent=1), content_type="application/json")

    async def stop(request: web.Request) -> web.StreamResponse:
        _admit(request, simulator)
        simulator.stop()
        return web.json_response({})

    return [
        web.post("/control/advance", advance),
        web.get("/control/now", now),
        web.get("/control/state", state),
        web.get("/control/counts", counts),
        web.post("/control/stop", stop),
    ]


def _admit(request: web.Request, simulator: Simulator) -> None:
    given = request.headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(given.encode(), simulator.access.token.encode()):
        raise web.HTTPForbidden(text="the token is wrong")


class Control:
    """The client: one method per request. Raises `InputError` where no simulator answers."""

    def __init__(self, folder: Path) -> None:
        self._where = folder / "simulator.json"
        try:
            self._connection = Connection.model_validate_json(self._where.read_bytes())
            self._context = ssl.create_default_context(cafile=self._connection.ca)
        except (OSError, ValidationError) as error:
            raise InputError("no simulator was started here", where=str(self._where), remedy=REMEDY) from error

    def now(self) -> str:
        """The simulated time."""
        return str(json.loads(self._ask("now"))["now"])

    def advance(self, to: datetime) -> str:
        """Move the simulated time; the new time."""
        return str(json.loads(self._ask("advance", {"to": clock.text(to)}))["now"])

    def state(self) -> str:
        """The state document, JSON."""
        return self._ask("state")

    def client_state(self, name: str) -> str:
        """The part of one client, JSON; its name is that of a first audit. Raises `InputError` for any other."""
        world = World.model_validate_json(self.state())
        for pc in world.pcs:
            accounts = {profile.sid: profile.account for profile in pc.profiles}
            sids = {each: sid for sid, each in client_names(pc.name, accounts, {}).items()}
            found = [client for client in pc.clients if client.sid == sids.get(name)]
            if found:
                return found[0].model_dump_json(indent=1)
        raise InputError(
            f"no virtual client is called {name!r}", remedy="they are called <pc>~<account>, as the audit names them"
        )

    def counts(self) -> str:
        """`wire.counts.Counts`, JSON."""
        return self._ask("counts")

    def stop(self) -> None:
        self._ask("stop", {})

    def _ask(self, name: str, document: dict[str, Any] | None = None) -> str:
        request = urllib.request.Request(
            f"https://{self._connection.address}:{self._connection.port}/control/{name}",
            data=None if document is None else json.dumps(document).encode(),
            headers={TOKEN_HEADER: self._connection.token, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_WITHIN, context=self._context) as answer:  # noqa: S310
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            with error:
                raise InputError(error.read(1024).decode("utf-8", "replace"), where="simulator") from error
        except OSError as error:
            raise InputError("the simulator does not answer", where=str(self._where), remedy=REMEDY) from error


REMEDY = "start it with `notesfleet simulate --inventory <folder>` and name that folder in NOTESFLEET_SIMULATOR"
