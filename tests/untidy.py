"""A small untidy fleet in a store: a client in every state, with journals, readings, findings and exclusions.

Orders have their real text, their journals are sealed line by line, and their reports are folded from them.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from stores import AT, CAMPAIGN, add_client, add_pc, add_run, new_store

from notesfleet.orders.journal import read_journal, seal
from notesfleet.orders.model import Incarnation, Mode, Order, OrderAction, Owner, Staging
from notesfleet.orders.report import fold
from notesfleet.store.connection import Store
from notesfleet.store.states import STEPS
from notesfleet.store.tables import (
    asides,
    campaigns,
    clients,
    exclusions,
    facts,
    findings,
    orders,
    pcs,
    reports,
    stops,
    targets,
    waivers,
    waves,
)

NOW = "2026-12-02T09:30:00Z"
SCRIPT = '<script>window.harmed = "yes"</script>'
UNID = "641D9CAC51695CFA84281388E87E11B6"
REPLICA = "C12584EFFD0332B8"
OLD, NEW = "CN=Old01/O=Acme", "CN=New01/O=Acme"
ROAMING = {"en": "A roaming user.", "fr": "Utilisateur itinérant."}
REMEDY = {"en": "Move his roaming files first.", "fr": "Déplacer d'abord ses fichiers itinérants."}


def untidy_store(folder: Path) -> Store:
    store = new_store(folder)
    fill(store)
    return store


def fill(store: Store) -> None:
    add_run(store)
    add_campaign(store)
    for number, (account, wave) in enumerate(PEOPLE.items(), start=1):
        add_person(store, f"pc{number:02}~{account}", wave)
    add_pc(store, "pc90", site="Basel")
    add_pc(store, "pc91", site="Basel", absent_at=AT, absent_why="does not answer in time")
    add_pc(store, "pc92", site="Basel")
    add_aside(store, "pc92", "profiles.0.sid: Field required")
    for step in STEPS:
        journalled(store, "pc01~done1", step, DONE[step])
    journalled(store, "pc02~pending1", STEPS[0], DONE[STEPS[0]])
    journalled(store, "pc02~pending1", STEPS[1], WAITS, state="pending", reason="condition")
    journalled(store, "pc03~failed1", STEPS[0], FAILS, state="failed", reason="locked_file")
    add_aside(store, "pc04~aside1", "line 3 of the journal does not fit the line before it")
    add_exclusion(store, "pc05~rule1", rule="roaming_user")
    add_finding(store, "pc05~rule1", "roaming_user", holds=True)
    add_exclusion(store, "pc06~unknown1", rule="roaming_user")
    add_finding(store, "pc06~unknown1", "roaming_user", holds=False, unknown="not read yet: person")
    add_exclusion(store, "pc07~hand1", rule=None, author="jdoe", until="2026-12-24")
    ended = {"ended_at": NOW, "ended_by": "notesfleet", "ended_why": "the campaign has no such rule any more"}
    add_exclusion(store, "pc08~waived1", rule="notes_too_old", **ended)
    add_waiver(store, "pc08~waived1", "roaming_user")
    with store.transaction() as connection:
        absent = {"absent_at": NOW, "absent_why": "refuses the connection"}
        connection.execute(sa.update(pcs).where(pcs.c.name == "pc09").values(**absent))
        why = {"left_out": "needs an inside audit", "mailbox": None}
        connection.execute(sa.update(targets).where(targets.c.client == "pc10~leftout1").values(**why))
        harm = {"data": f"C:\\{SCRIPT}", "user": f"CN={SCRIPT}/O=Acme"}
        connection.execute(sa.update(clients).where(clients.c.name == "pc12~harm1").values(**harm))
        connection.execute(sa.update(targets).where(targets.c.client == "pc12~harm1").values(person=harm["user"]))
    journalled(store, "pc12~harm1", STEPS[0], HARM, state="pending", reason="notes_closed", cancel_at=NOW)


PEOPLE: dict[str, str | None] = {
    "done1": "pilot",
    "pending1": "pilot",
    "failed1": "pilot",
    "aside1": "pilot",
    "rule1": "pilot",
    "unknown1": "main",
    "hand1": "main",
    "waived1": "main",
    "absent1": "main",
    "leftout1": "main",
    "audited1": None,
    "harm1": "main",
    "waiting1": "main",
}
"""Account to wave, in the order of their PCs. The digit: no account is a word of a report."""


def add_campaign(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(sa.insert(campaigns).values(name="c", round="1", loaded_at=AT, document=CAMPAIGN))
        for number, (name, date) in enumerate((("pilot", "2026-11-30"), ("main", "2026-12-07"))):
            connection.execute(sa.insert(waves).values(campaign="c", name=name, position=number, date=date))


def add_person(store: Store, client: str, wave: str | None) -> None:
    pc, account = client.split("~")
    add_pc(store, pc, answered_at=AT)
    add_client(store, client)
    person = f"CN={account.title()} Person/O=Acme"
    row = {"client": client, "campaign": "c", "wave": wave, "person": person, "prompt_free": False, "left_out": None}
    mailbox = {"from": OLD, "to": NEW, "mail_file": f"mail/{account}.nsf"}
    with store.transaction() as connection:
        connection.execute(sa.update(clients).where(clients.c.name == client).values(user=person, data="C:\\Notes"))
        if wave is not None:
            connection.execute(sa.insert(targets).values(**row, mailbox=mailbox))
    add_reading(store, client, AT, "outside", notes={"version": "14.0.0", "bits": {"unknown": "locked_file"}})
    locations = {"locations": [{"unid": UNID, "name": "Office", "mail_server": OLD}]}
    add_reading(store, client, AT, "inside", locations=locations, outbox={"count": 0})


def add_reading(store: Store, client: str, at: str, depth: str, **sections: Any) -> None:
    with store.transaction() as connection:
        for section, document in sections.items():
            row = {"client": client, "section": section, "at": at, "depth": depth, "document": document}
            connection.execute(sa.insert(facts).values(**row))


def add_exclusion(store: Store, client: str, rule: str | None, author: str = "notesfleet", **values: Any) -> None:
    reason = ROAMING if rule else {"en": "on leave", "fr": "on leave"}
    row = {"client": client, "campaign": "c" if rule else None, "rule": rule, "author": author, "reason": reason}
    with store.transaction() as connection:
        connection.execute(sa.insert(exclusions).values(**(row | {"begun_at": AT} | values)))


def add_finding(store: Store, client: str, rule: str, *, holds: bool, unknown: str | None = None) -> None:
    row = {"client": client, "campaign": "c", "rule": rule, "holds": holds, "verdict": "exclude", "since": AT}
    readings = {"person": {"at": AT, "depth": "inside"}} if holds else {}
    with store.transaction() as connection:
        text = {"unknown": unknown, "reason": ROAMING, "remedy": REMEDY}
        connection.execute(sa.insert(findings).values(**row, readings=readings, **text))


def add_waiver(store: Store, client: str, rule: str) -> None:
    row = {"client": client, "campaign": "c", "rule": rule, "author": "jdoe", "reason": "looked at it", "at": AT}
    with store.transaction() as connection:
        connection.execute(sa.insert(waivers).values(**row))


def add_stop(store: Store, reason: str = "mail03 is down") -> None:
    with store.transaction() as connection:
        connection.execute(sa.insert(stops).values(campaign="c", author="jdoe", reason=reason, at=AT))


def add_aside(store: Store, host: str, why: str) -> None:
    row = {"run": "r1", "position": 0, "host": host, "pc": host.split("~")[0], "at": NOW, "why": why}
    with store.transaction() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(asides)).scalar_one()
        connection.execute(sa.insert(asides).values(**row, item=count, path=f"/srv/aside/{host}.json"))


def journalled(
    store: Store,
    client: str,
    step: str,
    story: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    state: str = "done",
    **values: Any,
) -> str:
    """An order of these actions, with the journal of these records. Gives its id."""
    actions, records = story
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
    journal = sealed([{"k": "start", "id": order.id, "runner": "h", "pid": 1}, *records])
    report = fold(order, read_journal(journal), staging)
    row = {"id": order.id, "client": client, "campaign": "c", "step": step, "round": "1", "mode": "apply"}
    row |= {"text": order.text, "staging": staging.content, "sent_at": AT, "run": "r1", "attempt": 1}
    row |= {"state": state, "reason": None, "reported_at": LATER}
    uncompared = [each for each in report.left if each.why == "not_compared"]
    counts = {"left": len(report.left) - len(uncompared), "not_compared": bool(uncompared)}
    with store.transaction() as connection:
        connection.execute(sa.insert(orders).values(**(row | values)))
        packed = {"document": report.document(), "journal": zlib.compress(journal)}
        connection.execute(sa.insert(reports).values(order=order.id, **packed, **counts))
    return order.id


LATER = "2026-12-01T10:00:00Z"


def sealed(records: list[dict[str, Any]]) -> bytes:
    digits, data = "", b""
    for record in records:
        digits, line = seal(digits, {"t": LATER} | record)
        data += line
    return data


def action(name: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "with": arguments}


def _stage(last: int) -> dict[str, Any]:
    return {"k": "stage", "s": 0, "moment": "open", "last": last}


def _write(a: int, at: dict[str, Any], before: Any, want: Any, *, unproven: bool = False) -> list[dict[str, Any]]:
    begin = {"k": "begin", "a": a, "p": 0, "at": at, "way": "ole", "before": before, "keep": [], "want": want}
    end = {"k": "end", "a": a, "p": 0, "ms": 4, "resumed": False}
    ended = {"k": "ended", "a": a, "same": 0, "unsupported": False, "unproven": unproven}
    return [{"k": "found", "a": a, "parts": [at]}, begin, end, ended]


def _items(**items: str) -> dict[str, Any]:
    named = [{"name": name, "type": "text", "values": [value]} for name, value in sorted(items.items())]
    return {"form": "Location", "items": named}


_FINISHED = {"k": "finished", "state": "done", "left": []}
_OPENS = action("require.server_opens", server=NEW, host="", path="mail/x.nsf", replica_id=REPLICA)
_OPENED = {"k": "saw", "a": 0, "met": True, "saw": {"opens": True}}
_ENTRY = {"location": UNID, "replica_id": REPLICA}
_LOCATION = {"db": "names.nsf", "unid": UNID}
_SWITCH = {"db": "names.nsf", "form": "Location", "match": [], "item": "MailServer", "as": "name", "from": OLD}

DONE: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    STEPS[0]: (
        [_OPENS, action("replica.ensure", kind="plain", server=OLD, path="mail\\x.nsf", replica_id=REPLICA)],
        [_stage(1), _OPENED, *_write(1, {"path": "mail\\x.nsf"}, None, {"replica_id": REPLICA}), _FINISHED],
    ),
    STEPS[1]: (
        [
            _OPENS,
            action("document.replace_value", **_SWITCH, to=NEW),
            action("ini.set", name="MailServer", value=NEW),
        ],
        [
            _stage(2),
            _OPENED,
            *_write(1, _LOCATION, _items(MailServer=OLD), _items(MailServer=NEW), unproven=True),
            *_write(2, {"ini": "mailserver"}, {"values": [OLD]}, {"values": [NEW]}),
            _FINISHED,
        ],
    ),
    STEPS[2]: (
        [action("replicator.replace_server", match=[], replica_id=REPLICA, to=NEW, at_least=0, must=False)],
        [
            _stage(0),
            {"k": "found", "a": 0, "parts": [_ENTRY]},
            {"k": "would", "a": 0, "p": 0, "at": _ENTRY, "before": {"server": OLD}, "want": {"server": NEW}},
            {"k": "ended", "a": 0, "same": 0, "unsupported": True, "unproven": False},
            {"k": "finished", "state": "done", "left": [{"a": 0, "at": _ENTRY, "why": "unsupported"}]},
        ],
    ),
}
WAITS = (
    [_OPENS, action("require.outbox_empty", path="mail.box"), action("ini.set", name="MailServer", value=NEW)],
    [
        _stage(2),
        _OPENED,
        {"k": "saw", "a": 1, "met": False, "saw": {"count": 2, "exists": True}},
        {"k": "pending", "reason": "condition", "a": 1},
    ],
)
FAILS = (
    [_OPENS, action("ini.set", name="MailServer", value=NEW)],
    [
        _stage(1),
        _OPENED,
        {"k": "failing", "a": 1, "p": None, "code": "locked_file", "text": "notes.ini is open elsewhere"},
        {"k": "finished", "state": "failed", "left": []},
    ],
)
HARM = (
    [action("ini.set", name="MailServer", value=SCRIPT)],
    [
        _stage(0),
        *_write(0, {"ini": SCRIPT}, {"values": [f"{SCRIPT}\x1b[31m\u202e"]}, {"values": [SCRIPT]}),
        {"k": "pending", "reason": "notes_closed", "a": None},
    ],
)
