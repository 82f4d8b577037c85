"""Cancelling what lies on a PC: what the user's data, the journal and the result say afterwards."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from notesfleet.codes import Code
from notesfleet.errors import ActionFailure, InputError, NotRecorded
from notesfleet.exchange.arguments import OrderCancelArguments, read_arguments
from notesfleet.exchange.cancel_task import order_cancel
from notesfleet.exchange.order_task import order_info
from notesfleet.simulator.model.seams_system import ModelSystemSeams

VirtualPc = Any

INI = {"name": "ini.set", "with": {"name": "No_Force_Activity_Logging", "value": "1"}}
OUTBOX = {"name": "require.outbox_empty"}
LATER = {"name": "ini.set", "with": {"name": "Later", "value": "1"}}
WHY = "the new server is late"


def cancel(pc: VirtualPc, **given: Any) -> dict[str, Any]:
    result: dict[str, Any] = pc.perform(order_cancel, **({"reason": WHY} | given))
    return result


def waiting(pc: VirtualPc) -> str:
    """An order whose first stage is done and whose second waits for the outbox."""
    result = pc.order(step="two", actions=[INI, OUTBOX, LATER], wait=1)
    assert (result["order"]["state"], result["pending_reason"], result["changed"]) == ("pending", "condition", True)
    return str(result["order"]["id"])


def cancel_files(pc: VirtualPc) -> dict[str, bytes]:
    files = pc.model.state.pcs[0].files
    return {each.path: base64.b64decode(each.base64) for each in files if each.path.endswith(".cancel")}


def users_data(pc: VirtualPc) -> Any:
    state = pc.model.dump().pcs[0]
    return state.clients, [each for each in state.files if "\\notesfleet\\" not in each.path]


def test_what_waits_is_cancelled_at_once_where_its_user_is_and_its_ended_stages_stay(
    make_pc: Callable[..., VirtualPc],
) -> None:
    pc = make_pc(waiting_mail=2)
    order = waiting(pc)
    before = users_data(pc)
    result = cancel(pc)
    assert (result["changed"], "failed" in result, result["msg"]) == (True, False, "two: cancelled")
    assert result["orders"] == [
        {
            "id": order,
            "step": "two",
            "staged": "known",
            "state": "cancelled",
            "reason": None,
            "error": "",
            "cancel": "new",
        }
    ]
    assert users_data(pc) == before
    ((path, line),) = cancel_files(pc).items()
    assert path.endswith(f"\\orders\\{order}.cancel")
    assert line.startswith(b"notesfleet: order cancelled, 20")
    assert line.endswith(b", by tester: the new server is late\r\n")
    statuses = [each["status"] for each in pc.order(step="two", actions=[INI, OUTBOX, LATER])["actions"]]
    assert statuses == ["changed", "not_reached", "not_reached"]


def test_it_is_recorded_before_it_is_asked_for(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    order = waiting(pc)
    cancel(pc)
    assert pc.spooled_when_asked[-1][-1] == "cancelled"
    assert pc.kinds()[-2:] == ["cancelled", "answer"]
    said = pc.records()[-2].fields
    assert (said["orders"], said["author"], said["reason"]) == ([order], "tester", WHY)


def test_cancelled_again_changes_nothing(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)
    cancel(pc)
    before = pc.model.dump()
    again = cancel(pc, reason="another reason")
    assert (again["changed"], again["orders"][0]["cancel"], again["msg"]) == (False, "known", "two: cancelled")
    assert pc.model.dump() == before


def test_a_done_order_stays_done(pc: VirtualPc) -> None:
    pc.order(step="quiet", actions=[INI])
    before = pc.model.dump()
    result = cancel(pc)
    assert (result["changed"], result["orders"][0]["cancel"], result["orders"][0]["state"]) == (False, "none", "done")
    assert result["msg"] == "quiet: done before, and stays so"
    assert pc.model.dump() == before


def test_with_nobody_logged_on_it_waits_for_the_user_and_ends_then(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(notes_open=False, logged_on=False)
    pc.order(step="quiet", actions=[INI])
    before = users_data(pc)
    result = cancel(pc)
    (said,) = result["orders"]
    assert (said["state"], said["reason"], said["cancel"]) == ("pending", "nobody_logged_on", "new")
    assert "cancelled on the PC, ends at the runner's next look" in result["msg"]
    sent = pc.order(step="quiet", actions=[INI])
    assert sent["failed"]
    assert "cancelled on the PC" in sent["msg"]
    assert "new `round`" in sent["msg"]
    logon(pc)
    assert pc.perform(order_info)["orders"][0]["state"] == "cancelled"
    assert users_data(pc) == before


def logon(pc: VirtualPc) -> None:
    from notesfleet.simulator.model.events import DOINGS
    from notesfleet.simulator.state import PcEvent

    model = pc.model.pc("PC-0001")
    DOINGS["logon"](model, PcEvent(at=pc.model.state.now, do="logon", sid=model.pc.clients[0].sid))


def test_the_same_order_never_goes_on_and_a_new_round_does(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)
    cancel(pc)
    before = users_data(pc)
    for retry in (False, True):
        again = pc.order(step="two", actions=[INI, OUTBOX, LATER], retry=retry)
        assert (again["failed"], again["changed"], again["order"]["state"]) == (True, False, "cancelled")
        assert again["msg"] == "two: cancelled; to send it after all, give the campaign or the task a new `round`"
    assert users_data(pc) == before
    assert pc.order(step="two", actions=[INI], round="2")["order"]["state"] == "done"


def test_only_the_steps_that_are_named(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(notes_open=False, logged_on=False)
    first = pc.order(step="one", actions=[INI])["order"]["id"]
    pc.order(step="two", actions=[LATER])
    result = cancel(pc, steps="one, never_sent")
    assert [each["step"] for each in result["orders"]] == ["one"]
    assert [path for path in cancel_files(pc) if first not in path] == []
    assert len(cancel_files(pc)) == 1


def test_orders_of_other_rounds_are_cancelled_too_but_no_audit(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(notes_open=False, logged_on=False)
    old = pc.order(step="one", actions=[INI], round="0")["order"]["id"]
    audit = pc.order(step="audit", actions=[OUTBOX])["order"]["id"]
    pc.facts = {}
    variables = pc.variables | {"orders": {"audit": audit}, "other_orders": {old: "one"}}
    assert [each["id"] for each in cancel(pc, variables=variables)["orders"]] == [old]
    assert [each["id"] for each in cancel(pc, variables=variables, steps=["audit"])["orders"]] == [audit]


def test_where_nothing_was_sent_nothing_is_asked(pc: VirtualPc) -> None:
    result = cancel(pc)
    assert (result["orders"], result["changed"], pc.asked) == ([], False, [])


def test_an_order_that_does_not_lie_there_is_said_and_nothing_is_written(pc: VirtualPc) -> None:
    pc.order(step="quiet", actions=[INI])
    pc.facts = {}
    before = pc.model.dump()
    result = cancel(pc, variables=pc.variables | {"orders": {"other": "f" * 32}})
    assert (result["changed"], result["msg"]) == (False, "other: does not lie on the PC")
    assert pc.model.dump() == before


def test_check_mode_says_what_would_be_cancelled_and_asks_nothing(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)
    asked, before = len(pc.asked), pc.model.dump()
    result = cancel(pc, check=True)
    assert (result["changed"], len(pc.asked), pc.model.dump() == before) == (True, asked, True)
    assert "would cancel what is open of two" in result["msg"]


def test_an_excluded_client_and_a_set_brake_do_not_keep_it(make_pc: Callable[..., VirtualPc]) -> None:
    from notesfleet.exchange.task import Task, perform

    pc = make_pc(waiting_mail=2)
    order = waiting(pc)
    pc.spool.brake.touch()
    variables = pc.variables | {"excluded": "on leave", "orders": {"two": order}}
    task = Task("pc-0001~jdupont", {"reason": WHY}, variables, {}, False, False, "tester", pc.send)
    assert perform(task, order_cancel)["held"]
    assert perform(task, order_cancel, brakes=False)["orders"][0]["state"] == "cancelled"


def test_an_absent_pc_is_absent_and_nothing_is_claimed(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)
    pc.fails = "connection refused"
    result = cancel(pc)
    assert (result["absent"], result["changed"], "orders" in result) == (True, False, False)
    assert cancel_files(pc) == {}


def test_without_a_record_nothing_is_cancelled(
    make_pc: Callable[..., VirtualPc], monkeypatch: pytest.MonkeyPatch
) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)
    monkeypatch.setenv("NOTESFLEET_SPOOL", "/dev/full")
    with pytest.raises(NotRecorded):
        cancel(pc)
    assert cancel_files(pc) == {}


def test_a_file_that_cannot_be_written_fails_the_task_and_starts_nothing(
    make_pc: Callable[..., VirtualPc], monkeypatch: pytest.MonkeyPatch
) -> None:
    pc = make_pc(waiting_mail=2)
    waiting(pc)

    def full(self: ModelSystemSeams, path: str, content: bytes) -> None:
        raise ActionFailure(Code.DISK_FULL, "C: is full")

    monkeypatch.setattr(ModelSystemSeams, "set_client_file", full)
    before = pc.model.dump()
    result = cancel(pc)
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, "two: disk_full: C: is full")
    assert pc.model.dump() == before


def test_a_reason_is_needed_and_is_one_sentence() -> None:
    module = "notesfleet.client.order_cancel"
    with pytest.raises(InputError, match="reason: is missing"):
        read_arguments(OrderCancelArguments, module, {})
    for wrong in ("", "  ", "x" * 501, "a\x1bb"):
        with pytest.raises(InputError, match="reason: one sentence of at most 500 printable characters"):
            read_arguments(OrderCancelArguments, module, {"reason": wrong})
    with pytest.raises(InputError, match="did you mean `steps`"):
        read_arguments(OrderCancelArguments, module, {"reason": "r", "step": ["a"]})
    given = read_arguments(OrderCancelArguments, module, {"reason": "two\nlines", "steps": "a, b", "wait": "5"})
    assert (given.reason, given.steps, given.wait) == ("two lines", ["a", "b"], 5)
