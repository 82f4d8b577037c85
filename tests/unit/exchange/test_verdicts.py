"""What results mean for their hosts: those that modules really give, and those of other modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notesfleet.codes import Code
from notesfleet.exchange.audit_task import client_info
from notesfleet.exchange.order_task import order_info
from notesfleet.reports.verdicts import BRAKE, ORDER_FAILED, Status, Verdict, text_of, verdict_of

READS = [{"name": "require.outbox_empty"}]
WRITES = [{"name": "ini.set", "with": {"name": "Quiet", "value": "1"}}]


def test_an_order_that_changed_something_is_changed_and_sent_again_done(pc: Any) -> None:
    assert verdict_of(pc.order(step="s", actions=WRITES)) == Verdict(Status.CHANGED)
    assert verdict_of(pc.order(step="s", actions=WRITES)) == Verdict(Status.DONE)


def test_a_pc_that_does_not_answer_is_absent_with_its_reason_however_often_it_is_asked(pc: Any) -> None:
    pc.fails = "HTTPSConnectionPool: Connection refused"
    first, later = (verdict_of(pc.order(step=step, actions=READS)) for step in ("a", "b"))
    assert first == Verdict(Status.ABSENT, "refuses the connection")
    assert later.status is Status.ABSENT
    assert not later.outweighs(first)


def test_a_client_that_the_brake_or_an_exclusion_keeps_is_held(pc: Any) -> None:
    excluded = pc.variables | {"excluded": "Notes too old"}
    assert verdict_of(pc.perform(pc_order, variables=excluded)) == Verdict(Status.HELD, "excluded: Notes too old")
    pc.spool.brake.touch()
    assert verdict_of(pc.order(step="s", actions=READS)) == Verdict(Status.HELD, BRAKE)


def pc_order(opened: Any) -> dict[str, Any]:
    from notesfleet.exchange.order_task import order

    opened.task.arguments.update(step="s", actions=READS)
    return order(opened)


def test_what_waits_says_for_what(make_pc: Callable[..., Any]) -> None:
    pc = make_pc(notes_open=False, asks=True)
    opens = [
        {"name": "document.read", "with": {"db": "names.nsf", "form": "Location", "match": [], "items": ["MailServer"]}}
    ]
    said = pc.order(step="s", actions=opens)
    assert said["pending_reason"]
    assert verdict_of(said) == Verdict(Status.PENDING, said["pending_reason"], verdict_of(said).unmet)
    later = pc.perform(order_info)
    assert verdict_of(later).status is Status.PENDING


def test_an_audit_inside_that_waits_is_pending(make_pc: Callable[..., Any]) -> None:
    said = make_pc(notes_open=False, asks=True).perform(client_info, depth="inside")
    assert verdict_of(said).status is Status.PENDING
    assert verdict_of(said).cause == said["clients"][0]["order"]["pending_reason"]


def test_a_failed_order_has_the_code_of_its_action_or_of_its_refusal() -> None:
    action = {"name": "replica.ensure", "status": "failed", "error": {"code": "refused", "text": "x"}}
    said = {"order": {"state": "failed", "step": "s"}, "actions": [action], "msg": "s: failed: refused: x"}
    assert verdict_of(said, failed=True).cause == Code.REFUSED
    refused = {"order": {"state": "failed"}, "actions": [], "msg": "s: bad_order: of another client: Stage it again."}
    assert verdict_of(refused, failed=True).cause == Code.BAD_ORDER
    assert verdict_of({"msg": "the order: refused"}, failed=True).cause == "the order: refused"


def test_collected_orders_fail_wait_or_are_cancelled() -> None:
    def of(*orders: dict[str, Any]) -> Verdict:
        return verdict_of({"orders": list(orders), "msg": "told"})

    done = {"step": "a", "state": "done"}
    waits = {"step": "b", "state": "pending", "reason": "waits_for_order"}
    assert of(done).status is Status.DONE
    assert of(waits, {"step": "c", "state": "pending", "reason": "locked"}).cause == "locked"
    assert of({"step": "b", "state": "running"}, waits) == Verdict(Status.PENDING, "running")
    assert of(waits, {"step": "c", "state": "failed"}) == Verdict(Status.FAILED, ORDER_FAILED, text="told")
    assert of(waits | {"cancel": "new"}).status is Status.DONE


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"msg": " two\n lines "}, "two lines"),
        ({"msg": "non-zero return code", "stderr": "no such file\n"}, "non-zero return code: no such file"),
        (
            {"msg": "MODULE FAILURE\nSee stdout/stderr", "module_stderr": "boom"},
            "MODULE FAILURE See stdout/stderr: boom",
        ),
        ({"censored": "hidden"}, "hidden"),
        ({}, ""),
        ({"msg": ["a"], "orders": "nonsense", "order": [1], "clients": {"order": 2}}, "['a']"),
    ],
)
def test_what_other_modules_say_is_one_line(said: dict[str, Any], text: str) -> None:
    assert text_of(said) == text
    assert verdict_of(said) == Verdict(Status.DONE)
    assert verdict_of(said, failed=True) == Verdict(Status.FAILED, text, text=text)
    assert verdict_of(said, skipped=True) == Verdict(Status.SKIPPED)
