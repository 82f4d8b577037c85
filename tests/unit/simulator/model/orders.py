"""Orders and exchanges for the clients of a simulated company, as a controller would send them."""

from __future__ import annotations

import asyncio
from typing import Any

from notesfleet.actions.schemas import validate
from notesfleet.orders.journal import read_journal
from notesfleet.orders.model import Order, Staging
from notesfleet.packed import unpack
from notesfleet.powershell.package import runner_archive, runner_hash
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.sites import NEW_SERVER
from notesfleet.simulator.state import NotesClient, Pc


def location_match(mail_file: str) -> list[dict[str, Any]]:
    return [{"item": "MailFile", "as": "path", "any_of": [mail_file]}]


def migration(client: NotesClient, old: str, mail_file: str, replica_id: str) -> list[list[dict[str, Any]]]:
    """The actions of three steps, much as the roles have them."""
    match = location_match(mail_file)
    replica = {"replica_id": replica_id, "path": mail_file, "server": old, "server_path": mail_file}
    page = {"db": "names.nsf", "match": match, **replica}
    locations = {"db": "names.nsf", "form": "Location", "match": match}
    return [
        [
            {"name": "replica.ensure", "with": {"kind": "plain", **replica}},
            {"name": "replicator.ensure", "with": page},
            {"name": "require.replica_complete", "with": {**replica, "tolerance": 0}},
        ],
        [
            {
                "name": "require.mailbox_at",
                "with": {"user": client.user, "server": NEW_SERVER, "directory": NEW_SERVER},
            },
            {"name": "require.outbox_empty", "with": {"path": "mail.box"}},
            {
                "name": "document.replace_value",
                "with": {**locations, "item": "MailServer", "from": old, "to": NEW_SERVER, "clear": ["$Saved*"]},
            },
        ],
        [{"name": "replicator.ensure", "with": {**page, "server": NEW_SERVER}}],
    ]


def orders(pc: Pc, client: NotesClient, steps: list[list[dict[str, Any]]], prompt_free: bool) -> list[dict[str, str]]:
    """Each step's order after the one before, as an exchange stages them."""
    staged: list[dict[str, str]] = []
    for number, actions in enumerate(steps):
        order = Order.model_validate(
            {
                "campaign": "acme",
                "step": f"step{number}",
                "client": f"{pc.name.lower()}~user",
                "owner": {"sid": client.sid, "user": client.user, "data": client.data},
                "incarnation": {"machine": pc.machine_guid},
                "after": [each["id"] for each in staged[-1:]],
                "actions": [action.model_dump(mode="json", by_alias=True) for action in validate(actions)],
            }
        )
        staging = Staging(ini=client.ini, prompt_free=prompt_free, issued_at=f"2026-11-26T16:00:0{number}Z")
        staged.append({"id": order.id, "text": order.text, "staging": staging.content})
    return staged


def exchange(engine: PythonEngine, pc: str, clients: list[dict[str, Any]], archive: bool = True) -> dict[str, Any]:
    """One exchange with the Python engine."""
    runner = {"hash": runner_hash(), "archive": runner_archive() if archive else ""}
    request = {"runner": runner, "clients": clients, "wait": 40}
    return asyncio.run(engine.run_script(pc, "install.ps1" if archive else "exchange.ps1", {"request": request}))


def last_record(order: dict[str, Any]) -> dict[str, Any]:
    journal = order["journal"]
    records = read_journal(unpack(journal, 1 << 22) if journal else b"").records
    return records[-1] if records else {}
