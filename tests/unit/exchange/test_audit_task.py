from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notesfleet.errors import DocumentError
from notesfleet.exchange.audit_task import client_info
from notesfleet.orders.model import Order

VirtualPc = Any
UNAUDITED = {"pc": "PC-0001"}


def sent_orders(pc: VirtualPc) -> list[Order]:
    records = [record for record in pc.records() if record.kind == "sent"]
    return [Order.model_validate_json(each["text"]) for record in records for each in record.fields["orders"]]


def test_an_outside_audit_leaves_the_pc_as_it_was(pc: VirtualPc) -> None:
    before = pc.model.dump()
    result = pc.perform(client_info, variables=UNAUDITED)
    assert pc.model.dump() == before
    [client] = result["clients"]
    assert (client["client"], client["account"]) == ("pc-0001~jdupont", "jdupont")
    assert "order" not in client
    assert pc.kinds() == ["survey"]
    assert result["changed"] is False


def test_an_inside_audit_reads_in_the_users_session(pc: VirtualPc) -> None:
    result = pc.perform(client_info, variables=UNAUDITED, depth="inside", round="2026-11-26")
    [client] = result["clients"]
    assert (client["order"]["state"], result["changed"]) == ("done", False)
    [order] = sent_orders(pc)
    assert (order.step, order.campaign, order.round, order.owner.user) == ("audit", None, "2026-11-26", None)
    assert pc.kinds() == ["survey", "sent", "answer"]


def test_the_runner_travels_at_once_to_a_pc_that_was_never_audited(pc: VirtualPc) -> None:
    pc.perform(client_info, variables=UNAUDITED, depth="inside")
    assert [bool(asked["request"]["runner"]["archive"]) for asked in pc.asked if asked] == [True]


def test_the_same_audit_again_gives_the_same_order(pc: VirtualPc) -> None:
    for _ in range(2):
        pc.perform(client_info, variables=UNAUDITED, depth="inside", round="2026-11-26")
    assert len({order.id for order in sent_orders(pc)}) == 1


def test_where_notes_would_ask_for_a_password_the_audit_waits(make_pc: Callable[..., VirtualPc]) -> None:
    pc = make_pc(notes_open=False, asks=True)
    [client] = pc.perform(client_info, variables=UNAUDITED, depth="inside")["clients"]
    assert (client["order"]["state"], client["order"]["pending_reason"]) == ("pending", "would_ask_password")
    assert pc.model.dump().pcs[0].harms == []


def test_a_client_whose_ini_is_not_known_gets_no_order_and_says_why(pc: VirtualPc) -> None:
    def lock(answer: dict[str, Any]) -> dict[str, Any]:
        unread = {"ini": "", "data": "", "databases": [], "error": "locked_file"}
        return answer | {"profiles": [each | unread for each in answer["profiles"]]}

    pc.alter = lock
    result = pc.perform(client_info, variables=UNAUDITED, depth="inside")
    [client] = result["clients"]
    assert client["not_sent"] == "no inside audit: notes.ini: locked_file"
    assert client["facts"]["ini"]["mail_server"] == {"unknown": "notes.ini: locked_file"}
    assert "pc-0001~jdupont: no inside audit: notes.ini: another program has the file open" in result["msg"]
    assert "failed" not in result
    assert pc.kinds() == ["survey"]


def test_one_client_that_cannot_be_asked_does_not_keep_the_others_from_it(pc: VirtualPc) -> None:
    def add(answer: dict[str, Any]) -> dict[str, Any]:
        if "profiles" not in answer:
            return answer
        other = {"sid": "S-1-5-21-1-2-3-4", "account": "other", "ini": "", "data": "", "error": "too_large"}
        return answer | {"profiles": [*answer["profiles"], answer["profiles"][0] | other]}

    pc.alter = add
    clients = pc.perform(client_info, variables=UNAUDITED, depth="inside")["clients"]
    assert [("order" in each, "not_sent" in each) for each in clients] == [(True, False), (False, True)]


def test_what_could_not_be_read_is_told(pc: VirtualPc) -> None:
    found = [{"what": "profile", "path": f"C:\\Users\\u{n}", "code": "too_many", "sid": ""} for n in range(7)]
    pc.alter = lambda answer: answer | {"errors": found}
    msg = pc.perform(client_info, variables=UNAUDITED)["msg"]
    assert "not read: profile C:\\Users\\u0 (more than notesfleet looks at), " in msg
    assert msg.endswith(", 2 more")


def test_a_known_client_keeps_its_name_before_a_new_one_of_a_lower_sid(pc: VirtualPc) -> None:
    def add(answer: dict[str, Any]) -> dict[str, Any]:
        if "profiles" not in answer:
            return answer
        newer = answer["profiles"][0] | {"sid": "S-1-5-21-0-1"}
        return answer | {"profiles": [newer, *answer["profiles"]]}

    pc.alter = add
    result = pc.perform(client_info, depth="inside")
    assert [each["client"] for each in result["clients"]] == ["pc-0001~jdupont", "pc-0001~jdupont-1"]
    assert {order.client: order.owner.sid for order in sent_orders(pc)} == {
        each["client"]: each["sid"] for each in result["clients"]
    }
    assert result["clients"][1]["sid"] == "S-1-5-21-0-1"


def test_a_survey_of_another_form_fails_the_task_and_is_recorded(pc: VirtualPc) -> None:
    pc.alter = lambda answer: answer | {"code_page": 42}
    with pytest.raises(DocumentError, match="survey of PC-0001 is not used and kept aside: code_page"):
        pc.perform(client_info, variables=UNAUDITED)
    assert pc.kinds() == ["survey"]
