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
from notesfleet.audit.reading import ClientReading, not_read, read_clients
from notesfleet.audit.survey import Survey
from notesfleet.audit.unread import in_words
from notesfleet.errors import DocumentError
from notesfleet.exchange.arguments import ClientInfoArguments, read_arguments
from notesfleet.exchange.host import DEFAULT_DAYS, DEFAULT_WAIT
from notesfleet.exchange.outcome import Outcome, outcome_of, sentence_of
from notesfleet.exchange.session import Sending
from notesfleet.exchange.task import EMPTY, Opened
from notesfleet.orders.model import Staging

SHOWN_ERRORS = 5


def client_info(opened: Opened) -> dict[str, Any]:
    """Audit the PC of a host. Installs and writes nothing there, unless `depth` is inside."""
    given = read_arguments(ClientInfoArguments, "notesfleet.client.client_info", opened.task.arguments)
    survey = _survey(opened)
    readings = read_clients(survey, opened.said.pc, opened.said.known_names)
    outcomes: dict[str, Outcome] = {}
    if given.depth == "inside":
        outcomes = _inside(opened, given, [each for each in readings if each.not_inside is None])
    clients = [_shown(each, outcomes.get(each.sid), given.depth) for each in readings]
    told = [sentence_of(each) for each in outcomes.values()] or [given.depth]
    if given.depth == "inside":
        told += [f"{each.name}: {in_words(each.not_inside)}" for each in readings if each.not_inside]
    result = EMPTY | {"clients": clients, "msg": "; ".join([f"{len(clients)} Notes clients", *told, *_unread(survey)])}
    return result | ({"failed": True} if any(each.failed for each in outcomes.values()) else {})


def _unread(survey: Survey) -> list[str]:
    """What could not be looked at, the first of it."""
    found = [in_words(each) for each in not_read(survey)]
    more = [f"{len(found) - SHOWN_ERRORS} more"] if len(found) > SHOWN_ERRORS else []
    return [f"not read: {', '.join([*found[:SHOWN_ERRORS], *more])}"] if found else []


def _survey(opened: Opened) -> Survey:
    document = opened.session.survey()
    try:
        return Survey.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        why = f"the survey of {opened.said.pc} is not used and kept aside: {path}: {first['msg']}"
        raise DocumentError(why) from error


def _inside(opened: Opened, given: ClientInfoArguments, readings: list[ClientReading]) -> dict[str, Outcome]:
    """Windows SID to how its audit order stands."""
    if not readings:
        return {}
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


def _shown(reading: ClientReading, outcome: Outcome | None, depth: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "client": reading.name,
        "account": reading.account,
        "sid": reading.sid,
        "facts": reading.facts.model_dump(mode="json", by_alias=True),
    }
    if depth == "inside" and reading.not_inside:
        shown["not_sent"] = reading.not_inside
    if outcome is not None:
        shown["order"] = {
            "id": outcome.sending.order.id,
            "state": outcome.state.value,
            "pending_reason": outcome.reason,
        }
    return shown
