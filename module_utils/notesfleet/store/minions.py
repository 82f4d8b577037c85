"""What a Salt minion is told of itself: the clients of its PC, as the inventory has them, and nobody else's."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from notesfleet.errors import InputError
from notesfleet.store.connection import Store
from notesfleet.store.inventory import read
from notesfleet.store.tables import pcs


def pc_of(store: Store, minion: str) -> str:
    """The PC of a minion: its id is the PC's name, perhaps with its domain. Raises InputError for an unknown one."""
    wanted = minion.lower()
    with store.transaction() as connection:
        names = list(connection.execute(sa.select(pcs.c.name)).scalars())
    for name in names:
        if name.lower() in (wanted, wanted.split(".", 1)[0]):
            return str(name)
    raise InputError(
        "the store has no PC of this name", where=minion, remedy="take it in with `notesfleet clients import`"
    )


def pillar_of(store: Store, minion: str) -> dict[str, Any]:
    """The pillar `notesfleet` of a minion: its PC, its clients with groups and variables, and the groups of all."""
    pc = pc_of(store, minion)
    hosts = [host for host in read(store).hosts if host.variables["notesfleet"]["pc"] == pc]
    clients = {
        host.name: {"groups": host.groups, "notesfleet": host.variables["notesfleet"]}
        for host in hosts
        if host.variables["notesfleet"].get("client")
    }
    return {"pc": pc, "groups": sorted({group for host in hosts for group in host.groups}), "clients": clients}
