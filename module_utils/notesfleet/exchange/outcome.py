"""What an answer says about each order, and what a module returns of it (design section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from notesfleet.canonical import canonical_text
from notesfleet.codes import SENTENCES, Code, PendingReason
from notesfleet.errors import DocumentError
from notesfleet.exchange.session import Sending
from notesfleet.orders.documents import ClientAnswer, ExchangeAnswer, OrderAnswer
from notesfleet.orders.journal import Record, read_journal
from notesfleet.orders.model import ActionStatus, Mode, OrderState
from notesfleet.orders.report import Report, fold

_KEPT = (ActionStatus.CHANGED, ActionStatus.WOULD_CHANGE)
_GOOD = (OrderState.DONE, OrderState.PROVED)
NEW_ROUND = "to send it after all, give the campaign or the task a new `round`"


@dataclass(frozen=True)
class Outcome:
    """How an order stands after an exchange.

    `changed`: in this exchange (mode check: would be). `error`: why the PC refused it, or why its journal
    cannot be trusted; then there is no report. `recalled`: it is cancelled on the PC, and its journal does not
    say so yet.
    """

    sending: Sending
    state: OrderState
    reason: str | None
    changed: bool
    report: Report | None
    staged: str
    error: str = ""
    recalled: bool = False

    @property
    def failed(self) -> bool:
        return bool(self.error) or self.recalled or (self.state.ended and self.state not in _GOOD)


def outcome_of(sending: Sending, answer: ExchangeAnswer) -> Outcome:
    """What the answer says about one of the orders that were sent."""
    sid, order = sending.order.owner.sid, sending.order
    client = next((each for each in answer.clients if each.sid == sid), None)
    if client is None:
        return _without_report(sending, "the PC said nothing about this client")
    said = next((each for each in client.orders if each.id == order.id), None)
    if said is None or client.error:
        return _without_report(sending, client.error or "the PC said nothing about this order")
    if said.staged in ("refused", "absent"):
        return _without_report(sending, said.error or "the order does not lie on the PC", said.staged)
    try:
        return _folded(sending, client, said)
    except DocumentError as error:
        return _without_report(sending, f"{Code.JOURNAL_DAMAGED.value}: {error}", said.staged)


def _folded(sending: Sending, client: ClientAnswer, said: OrderAnswer) -> Outcome:
    data = said.journal_bytes
    report = fold(sending.order, read_journal(data), sending.staging)
    state, reason = report.state, report.reason
    if not state.ended and not client.logged_on:
        state, reason = OrderState.PENDING, PendingReason.NOBODY_LOGGED_ON.value
    if sending.order.mode is Mode.CHECK:
        changed = report.changed
    else:
        before = fold(sending.order, read_journal(data[: said.before]), sending.staging)
        changed = not said.ended_before and bool(_changed_parts(report) - _changed_parts(before))
    recalled = said.cancel != "none" and not state.ended
    return Outcome(sending, state, reason, changed, report, said.staged, recalled=recalled)


def _changed_parts(report: Report) -> set[str]:
    return {
        canonical_text([number, part.at, part.after])
        for number, action in enumerate(report.actions)
        for part in action.parts
        if part.status in (ActionStatus.CHANGED, ActionStatus.FAILED)
    }


def _without_report(sending: Sending, error: str, staged: str = "refused") -> Outcome:
    return Outcome(sending, OrderState.FAILED, None, False, None, staged, error)


@dataclass(frozen=True)
class Collected:
    """What the journal of an order that was sent earlier says, as far as its last record tells.

    `state` is empty where the order does not lie on the PC. The store makes the report; it has the order's text.
    `cancel`: whether the order is cancelled there: `none`, `new` (by this exchange) or `known` from before.
    """

    id: str
    step: str
    staged: str
    state: str
    reason: str | None = None
    error: str = ""
    cancel: str = "none"


def collected_of(step: str, order_id: str, sid: str, answer: ExchangeAnswer) -> Collected:
    """What the answer says about an order whose journal was asked for."""
    client = next((each for each in answer.clients if each.sid == sid), None)
    said = next((each for each in client.orders if each.id == order_id), None) if client else None
    if client is None or client.error:
        return Collected(order_id, step, "refused", "", error=client.error if client else "the PC said nothing of it")
    if said is None or said.staged == "absent":
        return Collected(order_id, step, "absent", "")
    try:
        state, reason = _last(read_journal(said.journal_bytes).records, order_id)
    except (DocumentError, ValueError, KeyError, TypeError) as error:
        why = f"{Code.JOURNAL_DAMAGED.value}: {error}"
        return Collected(order_id, step, said.staged, "", error=why, cancel=said.cancel)
    if not state.ended and not client.logged_on:
        state, reason = OrderState.PENDING, PendingReason.NOBODY_LOGGED_ON.value
    return Collected(order_id, step, said.staged, state.value, reason, said.error, said.cancel)


def _last(records: list[Record], order_id: str) -> tuple[OrderState, str | None]:
    if not records:
        return OrderState.STAGED, None
    if records[0].get("id") != order_id:
        raise DocumentError(f"it is the journal of {str(records[0].get('id'))[:64]}")
    match records[-1]["k"]:
        case "finished":
            return OrderState(records[-1]["state"]), None
        case "pending":
            return OrderState.PENDING, PendingReason(records[-1]["reason"]).value
    return OrderState.RUNNING, None


def result_of(outcome: Outcome, *, diff: bool) -> dict[str, Any]:
    """The keys that every module returns about an order."""
    order, report = outcome.sending.order, outcome.report
    shown = {"id": order.id, "client": order.client, "campaign": order.campaign, "step": order.step}
    shown |= {"round": order.round, "mode": order.mode.value, "state": outcome.state.value, "staged": outcome.staged}
    document = report.document() if report else {"actions": [], "left": [], "started": None, "ended": None}
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "absent": False,
        "held": False,
        "order": shown | {name: document[name] for name in ("left", "started", "ended")},
        "actions": document["actions"],
        "pending_reason": outcome.reason if outcome.state is OrderState.PENDING else None,
        "msg": sentence_of(outcome),
    }
    if outcome.failed:
        result["failed"] = True
    if diff and report:
        result["diff"] = _diff(report)
    return result


def sentence_of(outcome: Outcome) -> str:
    """One line for people: step, state, and why."""
    step, state = outcome.sending.order.step, outcome.state.value
    if outcome.error:
        return f"{step}: {_explained(outcome.error)}"
    if outcome.recalled or outcome.state is OrderState.CANCELLED:
        ends = "" if outcome.state is OrderState.CANCELLED else " on the PC, ends at the runner's next look"
        return f"{step}: cancelled{ends}; {NEW_ROUND}"
    errors = [
        f"{action.name} (action {number}): {action.error.code}: {action.error.text}"
        for number, action in enumerate(outcome.report.actions if outcome.report else [])
        if action.error
    ]
    if outcome.failed and not errors and outcome.reason:
        errors = [_explained(outcome.reason)]
    if errors:
        return f"{step}: {state}: {'; '.join(errors)}"
    if outcome.state is OrderState.PENDING and outcome.reason:
        return f"{step}: pending, {_explained(outcome.reason)}"
    left = len([each for each in outcome.report.left if each.at is not None]) if outcome.report else 0
    return f"{step}: {state}" + (f", {left} left as unsupported or not undone" if left else "")


def _explained(text: str) -> str:
    """A code or reason, alone or at the beginning of a text, with its sentence for the administrator."""
    word = text.split(":", 1)[0].strip()
    for table in (Code, PendingReason):
        if word in set(table):
            return f"{text}: {SENTENCES[table(word)].administrator}"
    return text


def _diff(report: Report) -> list[dict[str, Any]]:
    """One entry for each part that changed or would."""
    return [
        {
            "before_header": f"{action.name} {canonical_text(part.at)}",
            "after_header": f"{action.name} {canonical_text(part.at)}",
            "before": part.before or {},
            "after": part.after or {},
        }
        for action in report.actions
        for part in action.parts
        if part.status in _KEPT
    ]
