"""Waves: which clients are migrated together, and why others are left out (design section 1, safety 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.actions.names import folded
from notesfleet.errors import InputError
from notesfleet.fleet.campaign_file import Campaign, WaveSelection
from notesfleet.fleet.findings import evaluate
from notesfleet.fleet.mail_facts import mail_facts
from notesfleet.fleet.mailbox import Mailbox, derive
from notesfleet.orders.model import Mode, OrderState
from notesfleet.store import readings
from notesfleet.store.connection import Store
from notesfleet.store.exclusions import read_exclusions
from notesfleet.store.readings import Reading
from notesfleet.store.states import STEPS
from notesfleet.store.tables import campaigns, clients, orders, pcs, targets, waves


@dataclass(frozen=True)
class Wave:
    """A wave as it was resolved. `left_out`: client and the sentence why; `excluded`: by rule or by hand.

    `clients`: how many are to be migrated.
    """

    name: str
    date: date
    clients: int
    left_out: list[tuple[str, str]] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Candidate:
    """A client that a wave may take: `mailbox` is a sentence where there is none."""

    client: str
    pc: str
    site: str
    person: str
    mailbox: Mailbox | str


def load_campaign(store: Store, campaign: Campaign, where: str) -> list[Wave]:
    """Take a campaign in, in place of what was loaded under its name, and resolve its waves.

    A client that has orders of this campaign and round keeps the mailbox with which they were written: the
    ids of its orders stay the same. Raises InputError where a wave's name is another campaign's.
    """
    with store.transaction() as connection:
        _refuse_taken_names(connection, campaign, where)
        connection.execute(sa.delete(waves).where(waves.c.campaign == campaign.name))
        values = {"round": campaign.round, "loaded_at": clock.text(clock.now()), "document": campaign.document()}
        known = connection.execute(sa.update(campaigns).where(campaigns.c.name == campaign.name).values(**values))
        if not known.rowcount:
            connection.execute(sa.insert(campaigns).values(name=campaign.name, **values))
        rows = [
            {"campaign": campaign.name, "name": wave.name, "position": number, "date": wave.date.isoformat()}
            for number, wave in enumerate(campaign.waves)
        ]
        connection.execute(sa.insert(waves), rows)
        return _resolve(connection, campaign)


def resolve(store: Store) -> None:
    """Choose the clients of all waves anew, from the newest facts: to be called after each import."""
    with store.transaction() as connection:
        for row in connection.execute(sa.select(campaigns)).all():
            _resolve(connection, Campaign.model_validate(row.document))


def _refuse_taken_names(connection: sa.Connection, campaign: Campaign, where: str) -> None:
    names = [wave.name for wave in campaign.waves]
    taken = sa.select(waves).where(waves.c.name.in_(names), waves.c.campaign != campaign.name)
    problems = [
        f"{where}: waves.{names.index(row.name)}.name: {row.name} is a wave of {row.campaign} already; take another"
        for row in connection.execute(taken)
    ]
    if problems:
        raise InputError("\n".join(problems))


def _resolve(connection: sa.Connection, campaign: Campaign) -> list[Wave]:
    sections = readings.newest(connection)
    chosen = choose(_candidates(connection, campaign, sections), campaign)
    mine = targets.c.campaign == campaign.name
    connection.execute(sa.delete(targets).where(mine))
    rows = [_row(candidate, wave, campaign) for candidate, wave in chosen]
    if rows:
        connection.execute(sa.insert(targets), rows)
    mailboxes = {candidate.client: candidate.mailbox for candidate, _ in chosen}
    evaluate(connection, campaign, sections, mailboxes, _done(connection, campaign))
    aside = {
        each.client: f"{each.rule or 'by hand'}: {each.reason['en']}"
        for each in read_exclusions(connection)
        if each.open and each.campaign in (None, campaign.name)
    }
    return [_wave(wave, rows, aside) for wave in campaign.waves]


def choose(candidates: list[Candidate], campaign: Campaign) -> list[tuple[Candidate, str]]:
    """Each client with the first wave that selects it, or another client of its mailbox."""
    first: dict[str, str] = {}
    by_mailbox: dict[tuple[str, str], str] = {}
    for wave in campaign.waves:
        for each in candidates:
            if each.client not in first and _selects(wave, each):
                first[each.client] = wave.name
                if isinstance(each.mailbox, Mailbox):
                    by_mailbox.setdefault(each.mailbox.key, wave.name)
    chosen: list[tuple[Candidate, str]] = []
    for each in candidates:
        together = by_mailbox.get(each.mailbox.key) if isinstance(each.mailbox, Mailbox) else None
        wave_name = together or first.get(each.client)
        if wave_name:
            chosen.append((each, wave_name))
    return chosen


def _selects(wave: WaveSelection, candidate: Candidate) -> bool:
    persons = {folded(person, "name") for person in wave.persons}
    return (
        candidate.site in wave.sites
        or candidate.pc in [pc.lower() for pc in wave.pcs]
        or folded(candidate.person, "name") in persons
    )


def _begun(connection: sa.Connection, campaign: Campaign) -> Mapping[str, Mailbox]:
    """The mailboxes of clients that have orders of this campaign and round."""
    sent = sa.select(orders.c.client).where(orders.c.campaign == campaign.name, orders.c.round == campaign.round)
    mine = sa.select(targets).where(targets.c.campaign == campaign.name, targets.c.client.in_(sent))
    return {row.client: Mailbox.model_validate(row.mailbox) for row in connection.execute(mine) if row.mailbox}


def _done(connection: sa.Connection, campaign: Campaign) -> frozenset[str]:
    """The clients of which every step of the campaign and round is done."""
    good = (OrderState.DONE.value, OrderState.PROVED.value)
    mine = sa.and_(orders.c.campaign == campaign.name, orders.c.round == campaign.round)
    steps = sa.func.count(sa.distinct(orders.c.step))
    rows = sa.select(orders.c.client).where(
        mine, orders.c.mode == Mode.APPLY.value, orders.c.state.in_(good), orders.c.step.in_(STEPS)
    )
    return frozenset(connection.execute(rows.group_by(orders.c.client).having(steps == len(STEPS))).scalars())


def _candidates(
    connection: sa.Connection, campaign: Campaign, sections: Mapping[str, Mapping[str, Reading]]
) -> list[Candidate]:
    begun = _begun(connection, campaign)
    joined = sa.select(clients, pcs.c.site).join(pcs, clients.c.pc == pcs.c.name).order_by(clients.c.name)
    found = []
    for row in connection.execute(joined):
        facts = mail_facts(sections.get(row.name, {}))
        mailbox = begun.get(row.name) or derive(facts, campaign.servers)
        found.append(Candidate(row.name, row.pc, row.site, facts.user or row.account, mailbox))
    return found


def _row(candidate: Candidate, wave: str, campaign: Campaign) -> dict[str, Any]:
    free = campaign.prompt_free
    declared = {folded(person, "name") for person in free.persons}
    mailbox = candidate.mailbox
    return {
        "client": candidate.client,
        "campaign": campaign.name,
        "wave": wave,
        "person": candidate.person,
        "prompt_free": candidate.site in free.sites or folded(candidate.person, "name") in declared,
        "mailbox": mailbox.document() if isinstance(mailbox, Mailbox) else None,
        "left_out": mailbox if isinstance(mailbox, str) else None,
    }


def _wave(wave: WaveSelection, rows: list[dict[str, Any]], aside: Mapping[str, str]) -> Wave:
    mine = [row for row in rows if row["wave"] == wave.name]
    excluded = [(row["client"], aside[row["client"]]) for row in mine if row["client"] in aside]
    left_out = [(row["client"], row["left_out"]) for row in mine if row["left_out"] and row["client"] not in aside]
    return Wave(wave.name, wave.date, len(mine) - len(left_out) - len(excluded), left_out, excluded)
