from __future__ import annotations

from typing import Any

import pytest
from conformance.bases import DATA, INI, MACHINE, SID, USER
from pydantic import ValidationError

from notesfleet.canonical import sha256_hex
from notesfleet.orders.model import Order, OrderState, Staging


def order(**given: Any) -> Order:
    document = {
        "schema": 1,
        "campaign": "acme",
        "step": "switch_server",
        "client": "pc00042~jdupont",
        "owner": {"sid": SID, "user": USER, "data": DATA},
        "incarnation": {"machine": MACHINE},
        "actions": [{"name": "ini.set", "with": {"name": "MailServer", "value": "CN=New/O=Acme"}}],
    }
    return Order.model_validate(document | given)


def test_the_id_is_the_hash_of_the_text_that_lies_on_the_pc() -> None:
    assert order().id == sha256_hex(order().text.encode("ascii"))[:32]
    assert Order.model_validate_json(order().text) == order()


@pytest.mark.parametrize(
    "changed",
    [
        {"round": "2"},
        {"mode": "check"},
        {"incarnation": {"machine": "another"}},
        {"owner": {"sid": SID, "user": USER, "data": "D:\\Notes"}},
        {"client": "pc00043~jdupont"},
        {"after": ["0" * 32]},
    ],
)
def test_whatever_makes_it_another_work_makes_another_id(changed: dict[str, Any]) -> None:
    assert order(**changed).id != order().id


def test_what_lies_outside_the_hash_is_in_the_staging() -> None:
    staging = Staging(ini=INI, attempt=2, prompt_free=True)
    assert Staging.model_validate_json(staging.content) == staging
    assert not set(Staging.model_fields) & set(Order.model_fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": 2},
        {"client": "PC~x"},
        {"owner": {"sid": "jdupont", "user": USER, "data": DATA}},
        {"actions": []},
        {"after": ["first"]},
        {"unknown": 1},
    ],
)
def test_an_order_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        order(**wrong)


def test_only_some_states_are_an_end() -> None:
    assert [state for state in OrderState if not state.ended] == ["staged", "running", "pending"]
