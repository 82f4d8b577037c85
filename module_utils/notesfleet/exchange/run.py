"""A run begins: its name, its spool, and who runs it. Known to controllers and to PCs, which have no store."""

from __future__ import annotations

import getpass
import os
import platform
import secrets
from pathlib import Path

from notesfleet import clock
from notesfleet.store.spool import Spool

MSG_LIMIT = 1000


def begin_spool(folder: Path, brakes: Path | None, name: str, *, check: bool) -> Spool:
    """The spool of a new run, with the run's own record in it. Raises NotRecorded or OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    started = clock.now()
    run = f"{started:%Y%m%dT%H%M%SZ}-{os.getpid()}-{secrets.token_hex(3)}"
    spool = Spool(run, folder / f"{run}.jsonl", brakes / run if brakes else None)
    controller = f"{issuer()}@{platform.node()}"
    spool.append("run", id=run, playbook=name, started=clock.text(started), check=check, controller=controller)
    return spool


def issuer() -> str:
    """Who runs this, for the record; a container's user may have no name, nor may a service of Windows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "SYSTEM"
