"""What was done with each client: its orders with their reports, its readings, what was kept aside, who is waived.

`store.standing` says how a client stands; here is how it came to it, for the pages that people read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import sqlalchemy as sa

from notesfleet.orders.model import Mode, OrderState
from notesfleet.store.exclusions import Waiver, read_waivers
from notesfleet.store.readings import Reading
from notesfleet.store.states import DONE
from notesfleet.store.tables import asides, campaigns, facts, orders, reports, runs, stops, waves

T = TypeVar("T")
_LOCATIONS = "locations"


@dataclass(frozen=True)
class OrderRecord:
    """An order that was sent. `report`: the fold of its journal, None before the first answer.

    `staging`: what lies beside it on the PC. `cancel_at`: since when its cancel file lies there.
    """

    id: str
    client: str
    campaign: str | None
    step: str
    round: str
    mode: Mode
    state: OrderState
    reason: str | None
    attempt: int
    run: str
    sent_at: str
    reported_at: str | None
    cancel_at: str | None
    staging: str
    report: dict[str, Any] | None

    @property
    def not_after(self) -> str | None:
        """When its time is over."""
        said = json.loads(self.staging).get("not_after")
        return str(said) if said else None


@dataclass(frozen=True)
class AuditRecord:
    """One reading of a client: which sections it had."""

    client: str
    at: str
    depth: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class AsideRecord:
    """A document of a host that was refused: why, and where it is kept."""

    host: str
    at: str
    why: str
    path: str


@dataclass(frozen=True)
class History:
    """What the store keeps of one client, oldest first. `locations`: UNID of a Location document to its name."""

    orders: list[OrderRecord] = field(default_factory=list)
    audits: list[AuditRecord] = field(default_factory=list)
    asides: list[AsideRecord] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    locations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WaveRecord:
    name: str
    date: str


@dataclass(frozen=True)
class StopRecord:
    """One time that a campaign was or is stopped."""

    author: str
    reason: str
    at: str
    lifted_at: str | None
    lifted_by: str | None
    lifted_why: str | None


@dataclass(frozen=True)
class CampaignRecord:
    """A campaign as it was loaded. `stopped`: why it is stopped now."""

    name: str
    round: str
    loaded_at: str
    waves: list[WaveRecord]
    stopped: StopRecord | None


def read_histories(connection: sa.Connection, client: str | None = None) -> dict[str, History]:
    """The histories of all clients or of one, by client (or PC, for what was kept aside of a PC without any)."""
    sent = _by(_orders(connection, client), lambda each: each.client)
    read, places = _readings(connection, client)
    audits = _by(read, lambda each: each.client)
    kept = _by(_asides(connection, client), lambda each: each.host)
    waived = _by(read_waivers(connection, client), lambda each: each.client)
    names = {name for found in (sent, audits, kept, waived) for name in found}
    return {
        name: History(
            orders=sent.get(name, []),
            audits=audits.get(name, []),
            asides=kept.get(name, []),
            waivers=waived.get(name, []),
            locations=places.get(name, {}),
        )
        for name in names
    }


def read_audits(connection: sa.Connection, client: str | None = None) -> list[AuditRecord]:
    """All readings, by client and moment."""
    return _readings(connection, client)[0]


def read_campaigns(connection: sa.Connection) -> list[CampaignRecord]:
    """The campaigns, the newest first, each with its waves in their order."""
    stopped: dict[str, StopRecord] = {}
    for row in connection.execute(sa.select(stops).where(stops.c.lifted_at.is_(None)).order_by(stops.c.id)):
        said = (row.author, row.reason, row.at, row.lifted_at, row.lifted_by, row.lifted_why)
        stopped.setdefault(row.campaign, StopRecord(*said))
    columns = [campaigns.c[name] for name in ("name", "round", "loaded_at")]
    dated = sa.select(*columns, waves.c.name.label("wave"), waves.c.date).select_from(campaigns.outerjoin(waves))
    found: dict[str, CampaignRecord] = {}
    for row in connection.execute(dated.order_by(campaigns.c.loaded_at.desc(), campaigns.c.name, waves.c.position)):
        known = CampaignRecord(row.name, row.round, row.loaded_at, [], stopped.get(row.name))
        each = found.setdefault(row.name, known)
        if row.wave is not None:
            each.waves.append(WaveRecord(row.wave, row.date))
    return list(found.values())


def read_ends(connection: sa.Connection) -> dict[str, str]:
    """When each order that is done was: as its PC says, else when that was heard of."""
    ended = reports.c.document["ended"].as_string()
    done = orders.c.state.in_([state.value for state in DONE])
    chosen = sa.select(orders.c.id, sa.func.coalesce(ended, orders.c.reported_at).label("at"))
    rows = connection.execute(chosen.outerjoin(reports, reports.c.order == orders.c.id).where(done))
    return {row.id: row.at or "" for row in rows}


def read_rules(connection: sa.Connection) -> list[str]:
    """The names of the rules of all campaigns."""
    documents = connection.execute(sa.select(campaigns.c.document).order_by(campaigns.c.name)).scalars()
    return [rule["name"] for document in documents for rule in document.get("rules", [])]


def read_server_moves(connection: sa.Connection) -> list[dict[str, str]]:
    """`from` and `to` of the server maps of all campaigns."""
    documents = connection.execute(sa.select(campaigns.c.document).order_by(campaigns.c.name)).scalars()
    return [move for document in documents for move in document.get("servers", [])]


def last_run(connection: sa.Connection) -> tuple[str, str, str | None] | None:
    """Playbook, start and end of the run that was started last."""
    newest = sa.select(runs).where(runs.c.started != "").order_by(runs.c.started.desc(), runs.c.id.desc())
    row = connection.execute(newest.limit(1)).first()
    return (row.playbook, row.started, row.ended) if row else None


def _orders(connection: sa.Connection, client: str | None) -> Iterable[OrderRecord]:
    names = [each.name for each in fields(OrderRecord) if each.name != "report"]
    columns = [orders.c[name] for name in names]
    chosen = sa.select(*columns, reports.c.document).outerjoin(reports, reports.c.order == orders.c.id)
    if client is not None:
        chosen = chosen.where(orders.c.client == client)
    for row in connection.execute(chosen.order_by(orders.c.client, orders.c.sent_at, orders.c.id)):
        yield _record(row, names)


def _record(row: Any, names: list[str]) -> OrderRecord:
    said = {name: getattr(row, name) for name in names}
    said |= {"mode": Mode(row.mode), "state": OrderState(row.state)}
    return OrderRecord(**said, report=row.document or None)


def _asides(connection: sa.Connection, host: str | None) -> Iterable[AsideRecord]:
    chosen = sa.select(asides).order_by(asides.c.at, asides.c.run, asides.c.position, asides.c.item)
    if host is not None:
        chosen = chosen.where(asides.c.host == host)
    return (AsideRecord(row.host, row.at, row.why, row.path) for row in connection.execute(chosen))


def _readings(connection: sa.Connection, client: str | None) -> tuple[list[AuditRecord], dict[str, dict[str, str]]]:
    """The readings, and for each client the names of the Location documents that any saw; the newest name counts."""
    named = sa.case((facts.c.section == _LOCATIONS, facts.c.document)).label(_LOCATIONS)
    chosen = sa.select(facts.c.client, facts.c.at, facts.c.depth, facts.c.section, named)
    if client is not None:
        chosen = chosen.where(facts.c.client == client)
    found: dict[tuple[str, str, str], list[str]] = {}
    places: dict[str, dict[str, str]] = {}
    for row in connection.execute(chosen.order_by(facts.c.client, facts.c.at, facts.c.depth, facts.c.section)):
        found.setdefault((row.client, row.at, row.depth), []).append(row.section)
        if row.locations:
            names = {each["unid"]: each["name"] for each in row.locations.get(_LOCATIONS, [])}
            places.setdefault(row.client, {}).update(names)
    return [AuditRecord(*key, tuple(sections)) for key, sections in found.items()], places


def _by(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


@dataclass(frozen=True)
class FullOrder:
    """An order with its text and journal as they were sent and came back. `journal`: None before any came."""

    record: OrderRecord
    text: str
    journal: bytes | None


def find_orders(connection: sa.Connection, beginning: str) -> list[FullOrder]:
    """The orders whose id begins so, at most ten."""
    names = [each.name for each in fields(OrderRecord) if each.name != "report"]
    columns = [orders.c[name] for name in (*names, "text")]
    chosen = sa.select(*columns, reports.c.document, reports.c.journal).outerjoin(
        reports, reports.c.order == orders.c.id
    )
    rows = connection.execute(chosen.where(orders.c.id.startswith(beginning, autoescape=True)).order_by(orders.c.id))
    return [
        FullOrder(_record(row, names), row.text, zlib.decompress(row.journal) if row.journal else None)
        for row in rows.fetchmany(10)
    ]


def read_sections(connection: sa.Connection, client: str, until: str | None = None) -> dict[str, list[Reading]]:
    """The readings of each section of a client up to a moment, the newest first."""
    chosen = sa.select(facts).where(facts.c.client == client)
    if until is not None:
        chosen = chosen.where(facts.c.at <= until)
    found: dict[str, list[Reading]] = {}
    # What was read inside counts before what was read outside at the same moment, as in `readings.newest`.
    for row in connection.execute(chosen.order_by(facts.c.section, facts.c.at.desc(), facts.c.depth)):
        found.setdefault(row.section, []).append(Reading(row.at, row.depth, row.document))
    return found
