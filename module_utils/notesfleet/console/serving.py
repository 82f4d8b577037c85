"""The console as a process: checked before it listens, on the loopback device alone."""

from __future__ import annotations

import signal
import socket
import sys

import uvicorn
from django.core.asgi import get_asgi_application

from notesfleet.console.configuration import HOST, configure
from notesfleet.console.opened import open_for_reading
from notesfleet.errors import InputError
from notesfleet.settings import Settings


def serve(where: Settings, port: int) -> None:
    """Serve the pages until TERM or Ctrl-C. `port` 0: any free one.

    Raises StoreError and InputError before it listens.
    """
    store = open_for_reading(where.store_address)
    configure(where.home_folder, store)
    # Django's tables can be named only when it is set up.
    from notesfleet.console.accounts import prepare_database, read_accounts

    prepare_database()
    listener = _listening(port)
    print(f"The console listens on http://{HOST}:{listener.getsockname()[1]}/ until Ctrl-C.", flush=True)
    if not read_accounts():
        print("Nobody can sign in yet: notesfleet console add-user NAME", file=sys.stderr, flush=True)
    config = uvicorn.Config(
        get_asgi_application(),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
    )
    # The server hands a signal on to us when it has answered what was asked; TERM is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        store.close()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise InputError(f"port {port} of {HOST} cannot be had: {error.strerror}", remedy="name another") from error
