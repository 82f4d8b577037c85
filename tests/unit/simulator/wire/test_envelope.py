from __future__ import annotations

import pytest

from notesfleet.simulator.wire.envelope import (
    ADDRESSING,
    SOAP,
    Action,
    Fault,
    fault_reply,
    read_request,
    timed_out,
)

REQUEST = f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header><a:Action>{Action.DELETE.value}</a:Action>
<a:MessageID>uuid:1</a:MessageID></s:Header><s:Body/></s:Envelope>"""


def test_a_request_without_timeout_and_size_gets_the_defaults() -> None:
    request = read_request(REQUEST.encode())
    assert (request.action, request.message_id, request.timeout, request.envelope) == (
        Action.DELETE,
        "uuid:1",
        20.0,
        153600,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b"\xff\xfe<",
        REQUEST.replace("?>", '?><!DOCTYPE x [<!ENTITY e "x">]>', 1).encode(),
        REQUEST.replace(Action.DELETE.value, "urn:other").encode(),
    ],
)
def test_anything_else_is_a_fault(data: bytes) -> None:
    with pytest.raises(Fault):
        read_request(data)


def test_a_fault_relates_to_its_request_verbatim_and_escaped() -> None:
    text = fault_reply("uuid:A<", timed_out()).decode()
    assert "<a:RelatesTo>uuid:A&lt;</a:RelatesTo>" in text
    assert 'Code="2150858793"' in text
