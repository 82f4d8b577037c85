"""A store with thousands of clients, written as rows: for pages that must stay quick and be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from stores import AT, CAMPAIGN, new_store
from untidy import DONE, LATER, REPLICA, ROAMING, UNID, WAITS, sealed

from notesfleet.orders.journal import read_journal
from notesfleet.orders.model import Incarnation, Mode, Order, OrderAction, Owner, Staging
from notesfleet.orders.report import fold
from notesfleet.store.connection import Store
from notesfleet.store.states import STEPS
from notesfleet.store.tables import (
    campaigns,
    clients,
    exclusions,
    facts,
    findings,
    orders,
    pcs,
    reports,
    targets,
    waves,
)

SITES = ("Lyon", "Paris", "Basel", "Turin", "Ghent", "Porto", "Leeds", "Graz")
WAVES = (("pilot", "2026-11-30"), ("west", "2026-12-07"), ("east", "2026-12-14"), ("rest", "2027-01-11"))
FIRST = ("Anne", "Jean", "Marta", "Luca", "Pieter", "Rui", "Karl", "Zoë", "Émile", "Ines", "Otto")
LAST = ("Dupont", "Rossi", "Janssens", "Silva", "Gruber", "Smith", "Lefèvre", "Keller", "Costa", "Moreau", "Wagner")


def many_store(folder: Path, count: int = 2000) -> Store:
    """`count` clients at eight sites in four waves: done, pending, waiting, excluded, absent, not audited."""
    store = new_store(folder)
    rows: dict[sa.Table, list[dict[str, Any]]] = {}
    for number in range(count):
        for table, row in _client(number, count):
            rows.setdefault(table, []).append(row)
    document = CAMPAIGN | {"servers": [{"from": _old(site), "to": "CN=Mail-New/O=Acme"} for site in SITES]}
    with store.transaction() as connection:
        connection.execute(sa.insert(campaigns).values(name="c", round="1", loaded_at=AT, document=document))
        for position, (name, date) in enumerate(WAVES):
            connection.execute(sa.insert(waves).values(campaign="c", name=name, position=position, date=date))
        for table in (pcs, clients, targets, facts, findings, exclusions, orders, reports):
            connection.execute(sa.insert(table), rows[table])
    return store


def _old(site: str) -> str:
    return f"CN=Mail-{site}/O=Acme"


def _client(number: int, count: int) -> list[tuple[sa.Table, dict[str, Any]]]:
    pc, site = f"pc{number:05}", SITES[number % len(SITES)]
    first, last = FIRST[number % 11], LAST[number // 11 % 11]
    account = f"{first[0]}{last}{number}".lower().encode("ascii", "replace").decode().replace("?", "_")
    name, person = f"{pc}~{account}", f"CN={first} {last} {number}/O=Acme"
    away = {"absent_at": LATER, "absent_why": "does not answer in time"} if number % 23 == 5 else {}
    found = [(pcs, {"name": pc, "address": "127.0.0.1", "site": site, **_PC, **away})]
    if number % 19 == 18:
        return found
    sid = f"S-1-5-21-1-2-3-{1000 + number}"
    whose = {"account": account, "sid": sid, "user": person, "data": "C:\\Notes", "audited_at": AT}
    found.append((clients, {"name": name, "pc": pc, **whose}))
    wave = WAVES[min(3, number * 6 // count)][0]
    mailbox = {"from": _old(site), "to": "CN=Mail-New/O=Acme", "mail_file": f"mail/{account}.nsf"}
    chosen = {"client": name, "campaign": "c", "wave": wave, "person": person, "prompt_free": True, "left_out": None}
    found.append((targets, {**chosen, "mailbox": mailbox}))
    found += _readings(name, _old(site), inside=number % 17 != 3)
    if number % 13 == 4:
        return found + _set_aside(name)
    steps = 3 if wave == "pilot" else 3 - number % 4 if wave == "west" else 0
    for step in STEPS[:steps]:
        waits = number % 7 == 2 and step == STEPS[1]
        found += _order(name, step, waits=waits, minute=number)
        if waits:
            break
    return found


_PC = {"answered_at": AT, "absent_at": None, "absent_why": None}


def _readings(client: str, server: str, *, inside: bool) -> list[tuple[sa.Table, dict[str, Any]]]:
    documents: dict[str, Any] = {"ini": {"mail_server": server}, "notes": {"version": "9.0.1"}}
    if inside:
        documents["locations"] = {"locations": [{"unid": UNID, "name": "Office", "mail_server": server}]}
        documents["connections"] = {"connections": []}
        entry = {"location": UNID, "replica_id": REPLICA, "server": server, "enabled": True}
        documents["replicator"] = {"entries": [entry], "unread": []}
    return [
        (facts, {"client": client, "section": section, "at": AT, "depth": "inside", "document": document})
        for section, document in documents.items()
    ]


def _set_aside(client: str) -> list[tuple[sa.Table, dict[str, Any]]]:
    said = {"client": client, "campaign": "c", "rule": "roaming_user", "reason": ROAMING}
    readings = {"person": {"at": AT, "depth": "inside"}}
    finding = {"holds": True, "verdict": "exclude", "since": AT, "readings": readings, "unknown": None, "remedy": None}
    return [(exclusions, {**said, "author": "notesfleet", "begun_at": AT}), (findings, {**said, **finding})]


def _order(client: str, step: str, *, waits: bool, minute: int) -> list[tuple[sa.Table, dict[str, Any]]]:
    actions, records = WAITS if waits else DONE[step]
    order = Order(
        campaign="c",
        step=step,
        client=client,
        owner=Owner(sid="S-1-5-21-1-2-3-1001", user="CN=X/O=Acme", data="C:\\Notes"),
        incarnation=Incarnation(machine="m"),
        mode=Mode.APPLY,
        actions=[OrderAction(name=each["name"], with_=each["with"]) for each in actions],
    )
    staging = Staging(ini="C:\\Notes\\notes.ini", issued_by="root", issued_at=AT, not_after="2126-12-24T08:00:00Z")
    report = fold(
        order, read_journal(sealed([{"k": "start", "id": order.id, "runner": "h", "pid": 1}, *records])), staging
    )
    document = report.document()
    at = f"2026-12-{1 + minute % 3:02}T{8 + minute % 9:02}:{minute % 60:02}:00Z"
    document["ended"] = None if waits else at
    row = {"id": order.id, "client": client, "campaign": "c", "step": step, "round": "1", "mode": "apply"}
    row |= {"text": "{}", "staging": staging.content, "sent_at": AT, "run": "r1", "attempt": 1, "reported_at": at}
    row |= {"state": "pending" if waits else "done", "reason": "condition" if waits else None}
    counts = {"left": len(report.left), "not_compared": False}
    return [(orders, row), (reports, {"order": order.id, "document": document, "journal": b"", **counts})]
