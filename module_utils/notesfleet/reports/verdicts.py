"""What one result of a task means for its host, in the words of notesfleet; results of other modules too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from notesfleet.codes import Code, PendingReason
from notesfleet.orders.model import ActionStatus, OrderState

BRAKE = "brake"
EXCLUDED = "excluded"
ORDER_FAILED = "order_failed"
_TEXT_LIMIT = 1000
_OWN_WORDS = ("stderr", "module_stderr", "stdout", "censored")
_SAYS_NOTHING = re.compile(r"(non-zero return code|MODULE FAILURE.*)?", re.DOTALL | re.IGNORECASE)
_WAITS = re.compile(
    r"(?:^|; )\w+: (?P<state>pending|running|staged|expired|failed)\b(?:, | \()?(?P<reason>[a-z_]+)?", re.ASCII
)
_ABSENT = re.compile(r"absent: \S+ (?P<why>.+)")


class Status(StrEnum):
    """How a host stands in a run, from the weakest word to the strongest: a host keeps its strongest."""

    PRESENT = "present"
    SKIPPED = "skipped"
    DONE = "done"
    CHANGED = "changed"
    PENDING = "pending"
    HELD = "held"
    ABSENT = "absent"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        return list(Status).index(self)


@dataclass(frozen=True)
class Verdict:
    """`cause`: a code, a pending reason, a few words, or a sentence of whoever failed. `text`: all that was said."""

    status: Status
    cause: str = ""
    unmet: str | None = None
    text: str = ""

    def outweighs(self, other: Verdict | None) -> bool:
        """Whether a host is rather this. What waits for an earlier order has that order's cause."""
        if other is None or self.status.rank > other.status.rank:
            return True
        follows = other.cause == PendingReason.WAITS_FOR_ORDER.value
        return self.status is other.status and follows and self.cause != other.cause

    def without_name(self, host: str) -> Verdict:
        """The same with a cause that hosts can share: what failed may name its client or its PC."""
        names = "|".join(re.escape(name) for name in (host, host.split("~")[0]))
        return replace(self, cause=re.sub(rf"(?<!\w)(?:{names})(?!\w)", "<PC>", self.cause, flags=re.IGNORECASE))


@dataclass(frozen=True)
class _Order:
    step: str
    state: str
    reason: str | None
    unmet: str | None = None


def verdict_of(said: Mapping[str, Any], *, failed: bool = False, skipped: bool = False) -> Verdict:
    """The verdict of a result as Ansible hands it to callbacks; `failed` and `skipped` as Ansible sees it."""
    text = text_of(said)
    if failed:
        return Verdict(Status.FAILED, _code(said, text) or text, text=text)
    if said.get("absent") is True:
        found = _ABSENT.fullmatch(text)
        return Verdict(Status.ABSENT, found["why"] if found else text)
    if said.get("held") is True:
        return Verdict(Status.HELD, _held(text))
    if skipped:
        return Verdict(Status.SKIPPED)
    return _of_orders(said, text) or Verdict(Status.CHANGED if said.get("changed") is True else Status.DONE)


def verdict_of_record(status: str, text: str) -> Verdict:
    """The verdict of a result as the store has it: Ansible's word, and the line that was said."""
    if status in ("failed", "unreachable"):
        return Verdict(Status.FAILED, _code_in(text) or text, text=text)
    waits = _WAITS.search(text)
    if status in ("ok", "changed") and waits is None:
        return Verdict(Status.CHANGED if status == "changed" else Status.DONE)
    orders = [{"state": waits["state"], "reason": waits["reason"]}] if waits else []
    return verdict_of({status: True, "msg": text, "orders": orders}, skipped=status == "skipped")


def text_of(said: Mapping[str, Any]) -> str:
    """One line of what a result says; a program's own words where Ansible's say nothing."""
    text = _line(said.get("msg"))
    if _SAYS_NOTHING.fullmatch(text):
        more = next((line for name in _OWN_WORDS if (line := _line(said.get(name)))), "")
        text = ": ".join(part for part in (text, more) if part)
    return text[:_TEXT_LIMIT]


def _line(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _of_orders(said: Mapping[str, Any], text: str) -> Verdict | None:
    """The verdict of a result that speaks of orders; None where all of them are as they should be."""
    found: Verdict | None = None
    for order in _orders(said):
        verdict = None
        if order.state == OrderState.FAILED:
            verdict = Verdict(Status.FAILED, ORDER_FAILED, text=text)
        elif order.state in (OrderState.STAGED, OrderState.RUNNING, OrderState.PENDING, OrderState.EXPIRED):
            verdict = Verdict(Status.PENDING, order.reason or order.state, order.unmet)
        if verdict is not None and verdict.outweighs(found):
            found = verdict
    return found


def _orders(said: Mapping[str, Any]) -> Iterator[_Order]:
    """Of the modules `order` (one), `order_info` (a list) and `client_info` (one for each client)."""
    if isinstance(one := said.get("order"), Mapping):
        yield _Order(str(one.get("step")), str(one.get("state")), said.get("pending_reason"), _unmet(said))
    for each in _mappings(said.get("orders")):
        # An order that is cancelled on the PC waits for nothing that matters.
        if each.get("cancel", "none") == "none":
            yield _Order(str(each.get("step")), str(each.get("state")), each.get("reason"))
    for client in _mappings(said.get("clients")):
        if isinstance(audit := client.get("order"), Mapping):
            yield _Order("audit", str(audit.get("state")), audit.get("pending_reason"))


def _unmet(said: Mapping[str, Any]) -> str | None:
    waits = (ActionStatus.NOT_MET, ActionStatus.PENDING)
    return next((str(each.get("name")) for each in _mappings(said.get("actions")) if each.get("status") in waits), None)


def _code(said: Mapping[str, Any], text: str) -> str | None:
    """The code of a failed order: of its first action that failed, else the one that its sentence names."""
    for action in _mappings(said.get("actions")):
        if isinstance(error := action.get("error"), Mapping):
            return str(error.get("code"))
    return _code_in(text) if "order" in said else None


def _code_in(text: str) -> str | None:
    return next((word for word in text.split(": ") if word in set(Code)), None)


def _held(text: str) -> str:
    if text.startswith("held: the brake"):
        return BRAKE
    # The remedy behind the reason names the client, and would make a cause of its own for each.
    return text.split("; `", 1)[0]


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
