"""The servers that something on a client still points to, as far as audits know.

An audit does not look everywhere, and not every client was audited: a server without a pointer here is one that none
was seen to, never one that is safe to switch off (safety 3.13).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notesfleet.actions.names import folded
from notesfleet.store import readings
from notesfleet.store.histories import read_server_moves
from notesfleet.store.readings import Reading
from notesfleet.store.standing import Standing
from notesfleet.store.states import ClientState

PLACES = ("locations", "ini", "connections", "replicator")
"""The sections of an audit that name servers, in the order of a page's columns."""
_INSIDE = "locations"


@dataclass(frozen=True)
class Pointers:
    """`clients`: folded server name to client to the places that name it. `spelled`: its name as it is shown.

    `readings`: client to the moment of the oldest reading that counts for it. `inside`: clients with an inside audit;
    `partly`: those of them of which a place was not read, or not all of it.
    """

    clients: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    partly: set[str] = field(default_factory=set)

    def to(self, server: str) -> set[str]:
        """The clients that point to a server."""
        return set(self.clients.get(folded(server, "name"), {}))


@dataclass(frozen=True)
class ServerLine:
    """A server. `role`: `from` or `to` of a campaign's map, else empty. `places`: clients for each place.

    `done`: of these clients, those whose steps are all done: what was read of them may be older than that.
    `oldest`: the oldest reading that this rests on.
    """

    name: str
    role: str
    clients: int
    places: dict[str, int]
    done: int
    oldest: str | None


@dataclass(frozen=True)
class ServersPage:
    """`read`: clients whose inside was read; `partly`: those of them of which a place could not be read in full.

    `not_audited`: PCs of which no client is known yet; `outside_only`: clients whose inside was never read.
    """

    lines: list[ServerLine]
    read: int
    partly: int
    not_audited: int
    outside_only: int


def read_pointers(connection: sa.Connection) -> Pointers:
    """What the newest readings of all clients point to."""
    found = Pointers()
    for client, sections in readings.newest(connection, PLACES).items():
        found.readings[client] = min(reading.at for reading in sections.values())
        if _INSIDE in sections:
            found.inside.add(client)
            if any(_unread(place, sections.get(place)) for place in PLACES):
                found.partly.add(client)
        for place, name in _named(sections):
            key = folded(name, "name")
            found.clients.setdefault(key, {}).setdefault(client, set()).add(place)
            _spell(found.spelled, key, name)
    return found


def read_servers(connection: sa.Connection, standings: list[Standing]) -> ServersPage:
    """All servers that a campaign or a reading names: those that a campaign leaves first."""
    pointers, roles = read_pointers(connection), {}
    for move in read_server_moves(connection):
        for role in ("to", "from"):
            key = folded(move[role], "name")
            roles[key] = role
            _spell(pointers.spelled, key, move[role])
    done = {each.client for each in standings if each.state is ClientState.DONE}
    lines = [_line(key, name, roles.get(key, ""), pointers, done) for key, name in pointers.spelled.items()]
    clients = {each.client for each in standings if each.client}
    return ServersPage(
        lines=sorted(lines, key=lambda line: (("from", "to", "").index(line.role), line.name)),
        read=len(clients & pointers.inside),
        partly=len(clients & pointers.partly),
        not_audited=sum(not each.client for each in standings),
        outside_only=len(clients - pointers.inside),
    )


def known_servers(standings: Iterable[Standing]) -> list[str]:
    """The servers that mailboxes move between, by name."""
    spelled: dict[str, str] = {}
    for each in standings:
        for name in ((each.mailbox or {}).get("from"), (each.mailbox or {}).get("to")):
            if name:
                _spell(spelled, folded(name, "name"), name)
    return sorted(spelled.values())


def _line(key: str, name: str, role: str, pointers: Pointers, done: set[str]) -> ServerLine:
    mine = pointers.clients.get(key, {})
    places = {place: sum(place in named for named in mine.values()) for place in PLACES}
    oldest = min((pointers.readings[client] for client in mine), default=None)
    return ServerLine(name, role, len(mine), places, len(done & mine.keys()), oldest)


def _spell(spelled: dict[str, str], key: str, name: str) -> None:
    """The canonical form is shown where anything has it: upper case labels, CN=Mail01/O=Acme."""
    before = spelled.get(key)
    if before is None or (not before.startswith("CN=") and name.startswith("CN=")):
        spelled[key] = name


def _named(sections: Mapping[str, Reading]) -> Iterator[tuple[str, str]]:
    """Place and server of everything in these readings that names one; an unknown value is not a text."""
    for place, reading in sections.items():
        for name in _servers(place, reading.document):
            if isinstance(name, str) and name.strip():
                yield place, name.strip()


def _unread(place: str, reading: Reading | None) -> bool:
    """Whether something in this place may name a server that nobody has seen."""
    if reading is None:
        return True
    if place == "ini":
        return not isinstance(reading.document.get("mail_server"), str)
    return place == "replicator" and bool(reading.document.get("unread"))


def _servers(place: str, document: Any) -> list[Any]:
    match place:
        case "ini":
            return [document.get("mail_server")]
        case "locations":
            return [each.get("mail_server") for each in document["locations"]]
        case "connections":
            return [each.get("destination") for each in document["connections"]]
        case "replicator":
            return [each.get("server") for each in document["entries"]]
    return []
