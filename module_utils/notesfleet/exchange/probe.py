"""Who is there: a bounded look at many PCs at once, before a task and its fork are spent on each.

A PC is there when it takes a TCP connection, speaks TLS (for HTTPS) and answers one request without
credentials. Whether its certificate and our password are right is not asked: that is a failure, not an absence.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from dataclasses import dataclass

_REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: {address}:{port}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True)
class Endpoint:
    """Where a PC's WS-Management service is asked."""

    address: str
    port: int
    https: bool = True
    path: str = "/wsman"


async def probe(endpoints: set[Endpoint], timeout: float, parallel: int) -> dict[Endpoint, str | None]:
    """For each endpoint None, or why it is absent, in a few words. At most `parallel` connections at once."""
    gate = asyncio.Semaphore(parallel)

    async def guarded(endpoint: Endpoint) -> tuple[Endpoint, str | None]:
        async with gate:
            return endpoint, await _look(endpoint, timeout)

    return dict(await asyncio.gather(*(guarded(endpoint) for endpoint in endpoints)))


async def _look(endpoint: Endpoint, timeout: float) -> str | None:
    try:
        async with asyncio.timeout(timeout):
            return await _ask(endpoint)
    except TimeoutError:
        return "does not answer in time"
    except ConnectionRefusedError:
        return "refuses the connection"
    except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
        return "breaks the connection off"
    except OSError as error:
        # gaierror, no route, network unreachable: a PC that is not on the network.
        return f"cannot be reached ({(error.strerror or str(error)).lower()})"


async def _ask(endpoint: Endpoint) -> str | None:
    context = _any_certificate() if endpoint.https else None
    reader, writer = await asyncio.open_connection(endpoint.address, endpoint.port, ssl=context)
    try:
        request = _REQUEST.format(path=endpoint.path, address=endpoint.address, port=endpoint.port)
        writer.write(request.encode("ascii", "replace"))
        await writer.drain()
        line = await reader.readuntil(b"\r\n")
        return None if line.startswith(b"HTTP/1.") else "answers, but not as WS-Management does"
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
            await writer.wait_closed()


@functools.cache
def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
