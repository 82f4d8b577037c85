from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notesfleet.errors import DocumentError, InputError, NotRecorded
from notesfleet.exchange.order_task import order, order_info
from notesfleet.exchange.transport import TransportFailed
from notesfleet.orders.model import Order, Staging
from notesfleet.packed import pack, unpack

VirtualPc = Any

INI = [{"name": "ini.set", "with": {"name": "No_Force_Activity_Logging", "value": "1"}}]
OUTBOX = [{"name": "require.outbox_empty"}]


def test_an_order_is_done_and_reported_in_one_task(pc: VirtualPc) -> None:
    result = pc.order(step="quiet", actions=INI)
    assert (result["changed"], result["absent"], result["held"]) == (True, False, False)
    assert (result["order"]["state"], result["pending_reason"]) == ("done", None)
    assert result["actions"][0]["parts"][0]["after"] == {"values": ["1"]}
    assert result["diff"][0]["before"] == {"values": []}


def test_the_same_order_again_gives_its_report_and_changes_nothing(pc: VirtualPc) -> None:
    first = pc.order(step="quiet", actions=INI)
    second = pc.order(step="quiet", actions=INI)
    assert second["order"]["id"] == first["order"]["id"]
    assert (second["changed"], second["order"]["staged"]) == (False, "known")
    assert second["actions"] == first["actions"]


def test_numbers_and_texts_give_the_same_order(pc: VirtualPc) -> None:
    as_text = pc.order(step="quiet", actions=INI)
    as_number = pc.order(
        step="quiet", actions=[{"name": "ini.set", "with": {"name": INI[0]["with"]["name"], "value": 1}}]
    )
    assert as_number["order"]["id"] == as_text["order"]["id"]


def test_a_pending_order_that_was_begun_earlier_is_not_changed_again(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(asks=True, waiting_mail=2)
    actions = [*INI, *OUTBOX, {"name": "ini.set", "with": {"name": "Other", "value": "1"}}]
    first = pc.order(step="two", actions=actions, wait=1)
    again = pc.order(step="two", actions=actions, wait=1)
    assert (first["order"]["state"], first["pending_reason"], first["changed"]) == ("pending", "condition", True)
    assert (again["order"]["state"], again["changed"]) == ("pending", False)


def test_where_nobody_is_logged_on_the_order_waits(make_pc: Callable[..., VirtualPc]) -> None:
    result = make_pc(notes_open=False, logged_on=False).order(step="quiet", actions=INI)
    assert (result["order"]["state"], result["pending_reason"]) == ("pending", "nobody_logged_on")
    assert "failed" not in result
    assert "not logged on" in result["msg"]


def test_an_excluded_client_is_held_and_nothing_travels(pc: VirtualPc) -> None:
    excluded = pc.variables | {"excluded": "a roaming user"}
    result = pc.perform(order, variables=excluded, step="quiet", actions=INI)
    assert (result["held"], result["skipped"], result["changed"]) == (True, True, False)
    assert "a roaming user" in result["msg"]
    assert (pc.asked, pc.kinds()) == ([], [])
    assert pc.perform(order, check=True, variables=excluded, step="quiet", actions=INI)["order"]["mode"] == "check"


def test_everything_is_recorded_before_it_travels(pc: VirtualPc) -> None:
    pc.order(step="quiet", actions=INI)
    assert pc.spooled_when_asked[0] == ["sent"]
    sent, answer = pc.records()
    order = Order.model_validate_json(sent.fields["orders"][0]["text"])
    assert order.id == sent.fields["orders"][0]["id"]
    assert Staging.model_validate_json(sent.fields["orders"][0]["staging"]).issued_by == "tester"
    assert answer.fields["clients"] == {order.owner.sid: "pc-0001~jdupont"}


def test_a_run_without_a_record_sends_nothing(pc: VirtualPc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTESFLEET_RUN")
    with pytest.raises(NotRecorded, match="enable the callback"):
        pc.order(step="quiet", actions=INI)
    assert pc.asked == []


def test_a_full_disk_sends_nothing(pc: VirtualPc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTESFLEET_SPOOL", "/dev/full")
    with pytest.raises(NotRecorded, match="cannot be written"):
        pc.order(step="quiet", actions=INI)
    assert pc.asked == []


def test_the_runner_travels_only_when_it_is_missing(pc: VirtualPc) -> None:
    pc.order(step="quiet", actions=INI)
    pc.order(step="other", actions=OUTBOX)
    travelled = [bool(asked["request"]["runner"]["archive"]) for asked in pc.asked]
    assert travelled == [False, True, False]


def test_an_absent_pc_is_neither_failed_nor_changed_and_not_asked_again(pc: VirtualPc) -> None:
    pc.fails = "winrm connection error: Read timed out."
    first = pc.order(step="quiet", actions=INI)
    second = pc.order(step="other", actions=OUTBOX)
    assert (first["absent"], first["changed"], "failed" in first) == (True, False, False)
    assert (second["absent"], len(pc.asked)) == (True, 1)
    assert [record.fields["why"] for record in pc.records() if record.kind == "absent"] == ["does not answer in time"]


def test_an_absence_of_another_run_does_not_count(pc: VirtualPc) -> None:
    pc.facts = {"notesfleet_absent": "an earlier run"}
    assert pc.order(step="quiet", actions=INI)["order"]["state"] == "done"


def test_a_wrong_password_is_a_failure(pc: VirtualPc) -> None:
    pc.fails = "basic: the specified credentials were rejected by the server"
    with pytest.raises(TransportFailed, match="credentials were rejected"):
        pc.order(step="quiet", actions=INI)


def test_a_brake_holds_before_anything_is_sent(pc: VirtualPc) -> None:
    pc.spool.brake.touch()
    result = pc.order(step="quiet", actions=INI)
    assert (result["held"], result["skipped"], pc.asked) == (True, True, [])


def test_after_names_the_orders_of_this_run(pc: VirtualPc) -> None:
    first = pc.order(step="one", actions=INI)
    second = pc.order(step="two", after=["one"], actions=OUTBOX)
    sent = [record for record in pc.records() if record.kind == "sent"][-1]
    assert Order.model_validate_json(sent.fields["orders"][0]["text"]).after == [first["order"]["id"]]
    assert second["order"]["state"] == "done"


def test_after_names_what_the_store_knows_where_this_run_has_not_sent_it(pc: VirtualPc) -> None:
    first = pc.order(step="one", actions=INI)["order"]["id"]
    pc.facts = {}
    result = pc.order(step="two", after=["one"], actions=OUTBOX, variables=pc.variables | {"orders": {"one": first}})
    assert result["order"]["state"] == "done"


def test_after_a_step_that_was_never_sent_is_refused(pc: VirtualPc) -> None:
    with pytest.raises(InputError, match="has no order of the step one"):
        pc.order(step="two", after=["one"], actions=OUTBOX)
    assert pc.asked == []


def test_check_mode_changes_nothing_and_can_be_repeated(pc: VirtualPc) -> None:
    before = pc.model.dump().pcs[0].clients
    result = pc.order(step="quiet", actions=INI, check=True)
    assert (result["changed"], result["order"]["mode"], result["order"]["state"]) == (True, "check", "done")
    assert result["actions"][0]["status"] == "would_change"
    assert pc.model.dump().pcs[0].clients == before
    pc.order(step="quiet", actions=INI)
    assert pc.order(step="quiet", actions=INI)["changed"] is False


def test_a_failed_order_is_tried_again_only_when_told(pc: VirtualPc) -> None:
    wrong = [
        {
            "name": "document.set_items",
            "with": {"db": "names.nsf", "form": "Nothing", "items": [{"name": "A", "values": ["1"]}]},
        }
    ]
    first = pc.order(step="s", actions=wrong)
    assert (first["failed"], first["order"]["state"]) == (True, "failed")
    assert "not_found" in first["msg"]
    assert len(pc.order(step="s", actions=wrong) and pc.asked) == 3
    pc.order(step="s", actions=wrong, retry=True)
    attempts = [
        Staging.model_validate_json(each["staging"]).attempt
        for record in pc.records()
        if record.kind == "sent"
        for each in record.fields["orders"]
    ]
    assert attempts == [1, 1, 1, 2]


def test_an_expired_order_goes_on_with_its_next_attempt(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc()
    first = pc.order(step="quiet", actions=INI, not_after="2020-01-01T00:00:00Z")
    assert first["order"]["state"] == "expired"
    assert pc.order(step="quiet", actions=INI)["order"]["state"] == "done"


def test_the_next_attempt_waits_for_its_user_as_the_first_did(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(notes_open=False, logged_on=True, asks=False)
    assert pc.order(step="quiet", actions=INI, not_after="2020-01-01T00:00:00Z")["order"]["state"] == "expired"
    pc.model.state.pcs[0].sessions = []
    again = pc.order(step="quiet", actions=INI)
    assert (again["order"]["state"], again["pending_reason"]) == ("pending", "nobody_logged_on")
    assert "failed" not in again


def test_an_unaudited_host_is_refused_with_the_command_that_audits_it(pc: VirtualPc) -> None:
    with pytest.raises(InputError, match=r"not audited .*audit.yml -e target=PC-0001 -e depth=inside"):
        pc.order(step="quiet", actions=INI, variables={"pc": "PC-0001"})


def test_wrong_actions_are_named_and_nothing_is_sent(pc: VirtualPc) -> None:
    with pytest.raises(InputError, match=r"actions.0.name: 'ini.sett' is no action"):
        pc.order(step="quiet", actions=[{"name": "ini.sett"}])
    assert pc.asked == []


def test_an_answer_of_another_form_is_kept_aside_and_fails_the_task(pc: VirtualPc) -> None:
    pc.alter = lambda answer: answer | {"runner": "maybe"}
    with pytest.raises(DocumentError, match="kept aside: runner"):
        pc.order(step="quiet", actions=INI)
    assert pc.kinds() == ["sent", "aside"]


def test_a_damaged_journal_fails_its_client(pc: VirtualPc) -> None:
    def damage(answer: dict[str, Any]) -> dict[str, Any]:
        for said in (said for client in answer["clients"] for said in client["orders"]):
            data = unpack(said["journal"], 1 << 22).replace(b'"start"', b'"stort"')
            said["journal"] = pack(data)
        return answer

    pc.alter = damage
    result = pc.order(step="quiet", actions=INI)
    assert result["failed"]
    assert "journal_damaged" in result["msg"]
    assert pc.kinds()[-1] == "answer"


def test_late_reports_are_brought(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(waiting_mail=2)
    sent = pc.order(step="quiet", actions=[*OUTBOX, *INI], wait=0)["order"]
    result = pc.perform(order_info)
    assert result["changed"] is False
    [collected] = result["orders"]
    assert (collected["id"], collected["step"], collected["staged"]) == (sent["id"], "quiet", "known")
    assert collected["state"] in ("pending", "done")


def test_where_nothing_was_sent_nothing_is_asked(pc: VirtualPc) -> None:
    assert pc.perform(order_info)["orders"] == []
    assert pc.asked == []


def test_the_journals_of_a_client_whose_user_is_not_known_yet_are_collected(pc: VirtualPc) -> None:
    sent = pc.order(step="quiet", actions=INI)["order"]["id"]
    unknown = pc.variables | {"user": None, "campaign": None, "orders": {"quiet": sent}}
    result = pc.perform(order_info, variables=unknown)
    assert [(each["id"], each["state"]) for each in result["orders"]] == [(sent, "done")]
    with pytest.raises(InputError, match=r"is not audited \(client, sid unknown\)"):
        pc.perform(order_info, variables={"pc": "PC-0001"})
