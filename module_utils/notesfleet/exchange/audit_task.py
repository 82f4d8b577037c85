"""The module `client_info`: what a PC's Notes clients are, from outside and in their users' sessions.

An inside audit is two exchanges in one task (docs/decisions/001): the survey names the clients, then each gets
its audit order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from notesfleet import clock
from notesfleet.audit.inside import audit_order
from notesfleet.audit.survey import ClientReading, Survey, read_clients
from notesfleet.errors import DocumentError
from notesfleet.exchange.arguments import ClientInfoArguments, read_arguments
from notesfleet.exchange.host import DEFAULT_DAYS, DEFAULT_WAIT
from notesfleet.exchange.outcome import Outcome, outcome_of, sentence_of
from notesfleet.exchange.session import Sending
from notesfleet.exchange.task import EMPTY, Opened
from notesfleet.orders.model import Staging


def client_info(opened: Opened) -> dict[str, Any]:
    """Audit the PC of a host. Installs and writes nothing there, unless `depth` is inside."""
    given = read_arguments(ClientInfoArguments, "notesfleet.client.client_info", opened.task.arguments)
    readings = _survey(opened)
    outcomes: dict[str, Outcome] = {}
    if given.depth == "inside" and readings:
        outcomes = _inside(opened, given, readings)
    clients = [_shown(reading, outcomes.get(reading.sid)) for reading in readings]
    told = [sentence_of(each) for each in outcomes.values()] or [given.depth]
    result = EMPTY | {"clients": clients, "msg": f"{len(clients)} Notes clients; " + "; ".join(told)}
    return result | ({"failed": True} if any(each.failed for each in outcomes.values()) else {})


def _survey(opened: Opened) -> list[ClientReading]:
    document = opened.session.survey()
    try:
        return read_clients(Survey.model_validate(document), opened.said.pc)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        why = f"the survey of {opened.said.pc} is not used and kept aside: {path}: {first['msg']}"
        raise DocumentError(why) from error


def _inside(opened: Opened, given: ClientInfoArguments, readings: list[ClientReading]) -> dict[str, Outcome]:
    """Windows SID to how its audit order stands."""
    now = clock.now()
    name = given.round or f"{now:%Y-%m-%d}"
    campaign = opened.said.campaign
    wait = given.wait if given.wait is not None else campaign.wait if campaign else DEFAULT_WAIT
    sendings = [Sending(audit_order(each, name), _staging(opened, each)) for each in readings]
    # A PC that was never audited cannot have the runner, so it travels in the same exchange.
    answer = opened.session.stage(sendings, wait, deliver=opened.said.client is None)
    return {each.order.owner.sid: outcome_of(each, answer) for each in sendings}


def _staging(opened: Opened, reading: ClientReading) -> Staging:
    now = clock.now()
    return Staging(
        not_after=clock.text(now + timedelta(days=DEFAULT_DAYS)),
        prompt_free=opened.said.prompt_free and opened.said.sid == reading.sid,
        ini=reading.ini,
        issued_by=opened.task.issued_by,
        issued_at=clock.text(now),
    )


def _shown(reading: ClientReading, outcome: Outcome | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "client": reading.name,
        "account": reading.account,
        "sid": reading.sid,
        "facts": reading.facts.model_dump(mode="json", by_alias=True),
    }
    if outcome is not None:
        shown["order"] = {
            "id": outcome.sending.order.id,
            "state": outcome.state.value,
            "pending_reason": outcome.reason,
        }
    return shown
