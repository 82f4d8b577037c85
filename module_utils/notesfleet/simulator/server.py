"""The simulator: one process, one socket, a 127.x.y.z address per PC, the model behind it.

How a controller reaches PC X: the address in the state document is the host's `ansible_host`, and these
variables (written to `connection.yml` beside `simulator.json`, mode 0600) hold for all PCs alike::

    ansible_connection: winrm
    ansible_port: <the server's port>
    ansible_winrm_scheme: https
    ansible_winrm_transport: basic
    ansible_winrm_ca_trust_path: <folder>/ca.pem
    ansible_user / ansible_password: made at each start

Pass them with `-e @<folder>/connection.yml`, or read the file in a group_vars of the inventory.
A PC that is off resets the connection before TLS, a dark one accepts it and stays silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.simulator.control import Connection, control_routes
from notesfleet.simulator.engines.contract import Engine, Model
from notesfleet.simulator.model.shares import NETLOGON
from notesfleet.simulator.state import Pc
from notesfleet.simulator.wire.listener import Door, Listener
from notesfleet.simulator.wire.service import BODY_LIMIT, Wsman
from notesfleet.simulator.wire.shells import PowerLost

EVENT_BUDGET = 60
SHUTDOWN_LIMIT = 1.0
"""Seconds that a request which is being answered has to end; a dark PC's never does."""
USER = "notesfleet"
CONTROL_ADDRESS = "127.0.0.1"
DOORS = {"on": Door.OPEN, "off": Door.REFUSED, "dark": Door.SILENT}


@dataclass(frozen=True)
class Access:
    """What a start makes anew: the password of the PCs and the token of the control."""

    password: str
    token: str

    @classmethod
    def new(cls) -> Access:
        return cls(secrets.token_urlsafe(18), secrets.token_urlsafe(24))


class Simulator:
    """The world on the wire. `start`, then `wait` until somebody stops it, then `close`."""

    def __init__(self, world: Model, engine: Engine, port: int = 0) -> None:
        self.world, self.engine = world, engine
        self.access = Access.new()
        self._addresses = {pc.address: pc for pc in world.state.pcs}
        self._stopped = asyncio.Event()
        self._advancing = asyncio.Lock()
        self.wsman = Wsman(engine, self._name, self._door, USER, self.access.password)
        self._runner = web.AppRunner(
            self._application(), handler_cancellation=True, access_log=None, shutdown_timeout=SHUTDOWN_LIMIT
        )
        self._port = port
        self.listener: Listener

    async def start(self) -> None:
        """Open the socket. Raises `InputError` where the port is taken."""
        await self._runner.setup()
        server = self._runner.server
        if server is None:
            raise InputError("the HTTP server did not start", remedy="try again")
        self.listener = Listener(self._port, self._door, server)
        await self.engine.start()
        self.listener.start()

    async def wait(self) -> None:
        await self._stopped.wait()

    def stop(self) -> None:
        self._stopped.set()

    async def close(self) -> None:
        """Leave nothing running: first what commands and requests do, then the engine that they need."""
        await self.listener.close()
        await self.wsman.close()
        await self._runner.cleanup()
        await self.engine.close()

    async def advance(self, to: datetime) -> None:
        """Move the simulated time, events and runners in their order; the clock file is the caller's."""
        async with self._advancing:
            for pc, sid in self.world.due(to):
                with contextlib.suppress(PowerLost):
                    await self.engine.run_runner(pc, sid, EVENT_BUDGET)

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT)
        application.router.add_post("/wsman", self.wsman.handle)
        application.add_routes(control_routes(self))
        return application

    def _pc(self, address: str) -> Pc | None:
        return self._addresses.get(address)

    def _name(self, address: str) -> str | None:
        pc = self._pc(address)
        return pc.name if pc else None

    def _door(self, address: str) -> Door:
        pc = self._pc(address)
        if pc is not None:
            return DOORS[pc.power]
        return Door.OPEN if address == CONTROL_ADDRESS else Door.REFUSED


def write_folder(simulator: Simulator, folder: Path) -> None:
    """Lay down what a controller needs; `pcs.csv` comes last, as the sign that all is ready.

    The folder `netlogon` in it is what the PCs see as the domain's logon share.
    """
    share = folder.absolute() / "netlogon"
    share.mkdir(parents=True, exist_ok=True)
    simulator.world.mount(NETLOGON, share)
    authority = folder.absolute() / "ca.pem"
    authority.write_bytes(simulator.listener.certificate)
    connection = Connection(
        address=CONTROL_ADDRESS,
        port=simulator.listener.port,
        ca=str(authority),
        token=simulator.access.token,
        process=os.getpid(),
    )
    _private(folder / "simulator.json", connection.model_dump_json(indent=1) + "\n")
    variables = {
        "ansible_connection": "winrm",
        "ansible_port": simulator.listener.port,
        "ansible_winrm_scheme": "https",
        "ansible_winrm_transport": "basic",
        "ansible_winrm_ca_trust_path": str(authority),
        "ansible_user": USER,
        "ansible_password": simulator.access.password,
    }
    # JSON scalars are YAML scalars.
    lines = (f"{name}: {json.dumps(value)}\n" for name, value in variables.items())
    _private(folder / "connection.yml", "---\n" + "".join(lines))
    set_clock(folder, clock.parse(simulator.world.state.now))
    rows = sorted(f"{pc.name},{pc.address},{pc.site}\n" for pc in simulator.world.state.pcs)
    ready = folder / "pcs.csv.new"
    ready.write_text("pc,address,site\n" + "".join(rows), encoding="utf-8")
    ready.replace(folder / "pcs.csv")


def set_clock(folder: Path, now: datetime) -> None:
    """Write the offset file that NOTESFLEET_CLOCK names, so that the controller's time is the world's."""
    _set_offset(folder, _offset_to(now))


def advance_clock(folder: Path, now: datetime) -> None:
    """As `set_clock`, but never back.

    The controller's time goes on by itself and the world's does not, so it may be ahead already: an absence seen
    now must not look older than an answer from before.
    """
    _set_offset(folder, max(_offset_to(now), int((folder / "clock").read_text(encoding="ascii"))))


def _offset_to(now: datetime) -> int:
    return round(now.timestamp() - (clock.now().timestamp() - clock.offset()))


def _set_offset(folder: Path, seconds: int) -> None:
    path = folder / "clock.new"
    path.write_text(f"{seconds}\n", encoding="ascii")
    path.replace(folder / "clock")


def _private(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
