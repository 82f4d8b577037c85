"""The state document as it is compared: every list in an order that nothing but its content decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from notesfleet.simulator.state import NotesClient, Pc, World


def canonical_world(world: World) -> World:
    """A sorted copy; the world stays as it is."""
    # As model_copy(deep=True), at a quarter of its time.
    copy = World.model_validate(world.model_dump(by_alias=True))
    copy.pcs.sort(key=_by("name"))
    copy.domino.servers.sort(key=_by("name"))
    copy.domino.persons.sort(key=_by("name"))
    copy.domino.events.sort(key=_by("at", "do", "name"))
    for server in copy.domino.servers:
        _sort_databases(server.databases)
    for pc in copy.pcs:
        _sort_pc(pc)
    return copy


def _sort_pc(pc: Pc) -> None:
    for rows, names in (
        (pc.drives, ("name",)),
        (pc.registry, ("hive", "view", "key", "name")),
        (pc.profiles, ("sid",)),
        (pc.sessions, ("id",)),
        (pc.processes, ("sid", "name", "pid")),
        (pc.files, ("path",)),
        (pc.folders, ("path",)),
        (pc.tasks, ("sid",)),
        (pc.events, ("at", "do", "sid", "path")),
        (pc.clients, ("sid",)),
    ):
        _sort(rows, *names)
    pc.versions = dict(sorted(pc.versions.items()))
    pc.waiters.sort()
    pc.harms.sort()
    for file in pc.files:
        file.writers.sort()
    for folder in pc.folders:
        folder.readers.sort()
    for client in pc.clients:
        _sort_client(client)


def _sort_client(client: NotesClient) -> None:
    _sort_databases(client.databases)
    _sort(client.icons, "server", "path")
    _sort(client.replicator, "location", "replica_id", "server")
    client.memory_changed.sort()
    if client.memory is not None:
        client.memory = dict(sorted(client.memory.items()))
    if client.location_memory is not None:
        _sort(client.location_memory, "name")


def _sort_databases(databases: list[Any]) -> None:
    _sort(databases, "path")
    for database in databases:
        _sort(database.documents, "unid")
        for document in database.documents:
            _sort(document.items, "name")


def _sort(rows: list[Any], *names: str) -> None:
    rows.sort(key=_by(*names))


def _by(*names: str) -> Callable[[BaseModel], tuple[Any, ...]]:
    return lambda row: tuple(getattr(row, name) for name in names)
