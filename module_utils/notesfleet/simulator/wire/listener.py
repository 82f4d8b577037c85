"""One socket for all PCs: bound to the loopback device, an address of 127.0.0.0/8 per PC (winrm 8).

A PC that is off gets its connection reset, a dark one is accepted and never answered; both before any TLS.
Certificates are made per address, when it is first asked, by a CA that lives as long as this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
from enum import Enum

import trustme

from notesfleet.errors import InputError

HANDSHAKE_LIMIT = 10.0
RESET = struct.pack("ii", 1, 0)


class Door(Enum):
    """How a PC's address answers to a TCP connection."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"


ProtocolFactory = Callable[[], asyncio.Protocol]


class Listener:
    """Accepts connections, looks which address they came to, and lets the open ones through TLS."""

    def __init__(self, port: int, door: Callable[[str], Door], factory: ProtocolFactory) -> None:
        self._door, self._factory = door, factory
        self._socket = _loopback_socket(port)
        self._authority = trustme.CA(organization_name="notesfleet simulator")
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._silent: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def certificate(self) -> bytes:
        """The CA's certificate, PEM: what a controller must trust."""
        return self._authority.cert_pem.bytes()

    def start(self) -> None:
        # Not `sock_accept`: cancelled while a connection comes, it raises in the event loop (CPython 3.11 to 3.13).
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    async def close(self) -> None:
        """Stop accepting; connections that are open belong to the HTTP server."""
        asyncio.get_running_loop().remove_reader(self._socket)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for sleeping in [*self._silent, self._socket]:
            sleeping.close()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            connection, _ = self._socket.accept()
            self._keep(asyncio.get_running_loop().create_task(self._admit(connection)))

    async def _admit(self, connection: socket.socket) -> None:
        address = str(connection.getsockname()[0])
        door = self._door(address) if address.startswith("127.") else Door.REFUSED
        if door is Door.REFUSED:
            # Reset, as a port where nobody listens looks to a client that waits for an answer.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.close()
        elif door is Door.SILENT:
            self._silent.append(connection)
        else:
            await self._serve(connection, address)

    async def _serve(self, connection: socket.socket, address: str) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A client that does not trust the CA, or only looks whether the port answers, ends the handshake.
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.get_running_loop().connect_accepted_socket(
                self._factory, connection, ssl=self._context(address), ssl_handshake_timeout=HANDSHAKE_LIMIT
            )

    def _context(self, address: str) -> ssl.SSLContext:
        if address not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(address).configure_cert(context)
            self._contexts[address] = context
        return self._contexts[address]


def _loopback_socket(port: int) -> socket.socket:
    """All addresses of the loopback device. Raises `InputError` where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Kernels before 5.7 let only root bind to a device; then `_admit` alone keeps others out.
    with contextlib.suppress(PermissionError):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    try:
        listening.bind(("0.0.0.0", port))  # noqa: S104
    except OSError as error:
        listening.close()
        raise InputError(f"port {port} cannot be used: {error.strerror}", remedy="choose another --port") from error
    listening.listen(1024)
    listening.setblocking(False)
    return listening
