"""Clients set aside from their waves: by a rule's finding or by hand, with reason and author (design section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.store.connection import Store
from notesfleet.store.tables import clients, exclusions, findings, waivers

LocalText = dict[str, str]
"""A sentence by language: `en` and `fr`."""


@dataclass(frozen=True)
class Finding:
    """What a rule found in the newest readings of a client.

    `holds`: False where it cannot be known; `unknown` says why then. `verdict`: what follows from it. `readings`:
    section to moment and depth of the reading that it rests on. `since`: when this was found first, UTC.
    """

    client: str
    campaign: str
    rule: str
    holds: bool
    verdict: str
    since: str
    readings: dict[str, dict[str, str]]
    unknown: str | None
    reason: LocalText
    remedy: LocalText | None


@dataclass(frozen=True)
class Exclusion:
    """One time that a client is or was set aside. `rule` None: by hand; `until`: the day (UTC) at which it ends."""

    id: int
    client: str
    campaign: str | None
    rule: str | None
    author: str
    reason: LocalText
    begun_at: str
    until: str | None
    ended_at: str | None
    ended_by: str | None
    ended_why: str | None

    @property
    def open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True)
class Waiver:
    """A finding that somebody let pass for one client, by hand."""

    client: str
    campaign: str
    rule: str
    author: str
    reason: str
    at: str


def read_findings(connection: sa.Connection, client: str | None = None) -> list[Finding]:
    """The findings of one client or all, by client, campaign and rule."""
    chosen = sa.select(findings).order_by(findings.c.client, findings.c.campaign, findings.c.rule)
    if client is not None:
        chosen = chosen.where(findings.c.client == client)
    return [Finding(**row._mapping) for row in connection.execute(chosen)]


def read_exclusions(connection: sa.Connection, client: str | None = None) -> list[Exclusion]:
    """All exclusions of one client or all, open and ended, oldest first."""
    chosen = sa.select(exclusions).order_by(exclusions.c.begun_at, exclusions.c.id)
    if client is not None:
        chosen = chosen.where(exclusions.c.client == client)
    return [Exclusion(**row._mapping) for row in connection.execute(chosen)]


def read_waivers(connection: sa.Connection, client: str | None = None) -> list[Waiver]:
    chosen = sa.select(waivers).order_by(waivers.c.client, waivers.c.campaign, waivers.c.rule)
    if client is not None:
        chosen = chosen.where(waivers.c.client == client)
    return [Waiver(**row._mapping) for row in connection.execute(chosen)]


def exclude(store: Store, client: str, *, reason: str, author: str, until: date | None = None) -> None:
    """Set a client aside by hand, from every campaign. Raises InputError where the store does not have it."""
    with store.transaction() as connection:
        _known(connection, client)
        values = {
            "client": client,
            "campaign": None,
            "rule": None,
            "author": author,
            "begun_at": clock.text(clock.now()),
        }
        values["until"] = until.isoformat() if until else None
        connection.execute(sa.insert(exclusions).values(reason={"en": reason, "fr": reason}, **values))


def include(store: Store, client: str, *, reason: str, author: str, never_waived: Iterable[str] = ()) -> list[str]:
    """End a client's exclusions by hand; rules that excluded it are waived for it. Sentences of what was ended.

    `never_waived`: rules that protect mail whatever anybody says. Raises InputError where nothing is to be ended.
    """
    now = clock.text(clock.now())
    kept = set(never_waived)
    with store.transaction() as connection:
        _known(connection, client)
        open_now = [each for each in read_exclusions(connection, client) if each.open]
        ending = [each for each in open_now if each.rule not in kept]
        if not open_now:
            raise InputError(
                f"{client} is not excluded", remedy=f"`notesfleet client show {client}` says how it stands"
            )
        if not ending:
            rules = ", ".join(str(each.rule) for each in open_now)
            raise InputError(f"{client} is excluded by {rules}, which nobody can waive", remedy="see docs/rules.md")
        for each in ending:
            end(connection, each.id, at=now, by=author, why=reason)
            if each.rule is not None and each.campaign is not None:
                key = {"client": client, "campaign": each.campaign, "rule": each.rule}
                connection.execute(sa.delete(waivers).where(*(waivers.c[name] == value for name, value in key.items())))
                connection.execute(sa.insert(waivers).values(author=author, reason=reason, at=now, **key))
        return [f"{each.rule or 'by hand'}: {each.reason['en']}" for each in ending]


def begin(connection: sa.Connection, values: list[dict[str, Any]]) -> None:
    """Open exclusions by rules."""
    if values:
        connection.execute(sa.insert(exclusions), values)


def end(connection: sa.Connection, number: int, *, at: str, by: str, why: str) -> None:
    """End one exclusion."""
    values = {"ended_at": at, "ended_by": by, "ended_why": why}
    connection.execute(sa.update(exclusions).where(exclusions.c.id == number).values(**values))


def end_waiver(connection: sa.Connection, waiver: Waiver) -> None:
    mine = (waivers.c.client == waiver.client, waivers.c.campaign == waiver.campaign, waivers.c.rule == waiver.rule)
    connection.execute(sa.delete(waivers).where(*mine))


def _known(connection: sa.Connection, client: str) -> None:
    if connection.execute(sa.select(clients.c.name).where(clients.c.name == client)).first():
        return
    # Names are in lower case; databases do not agree on whether LIKE minds it.
    near = sa.select(clients.c.name).where(clients.c.name.contains(client.lower(), autoescape=True))
    names = connection.execute(near.order_by(clients.c.name).limit(5)).scalars().all()
    hint = f"did you mean {', '.join(names)}?" if names else "`notesfleet report` lists all"
    raise InputError(f"the store has no client {client}", remedy=hint)
