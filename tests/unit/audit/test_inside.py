"""The facts of an audit's journal: a journal comes from a user's session, so anything may stand in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.audit.pcs import ini_data, seams_of, world, write_ini
from unit.audit.pcs import read as read_survey

from notesfleet.actions.schemas import validate
from notesfleet.audit.facts import Section
from notesfleet.audit.inside import audit_order, sections_of
from notesfleet.errors import DocumentError
from notesfleet.orders.journal import Journal
from notesfleet.orders.model import Order
from notesfleet.simulator.state import Pc

SID = "S-1-5-21-1-2-3-1001"
ACTIONS = [
    {"name": "document.read", "with": {"db": "names.nsf", "form": "Location", "match": [], "items": ["Name"]}},
    {"name": "document.read", "with": {"db": "names.nsf", "form": "Connection", "match": [], "items": []}},
    {"name": "replicator.read", "with": {"match": []}},
    {"name": "require.outbox_empty", "with": {"path": "mail.box"}},
    {"name": "require.server_opens", "with": {"server": "CN=S/O=A", "path": "mail\\a.nsf"}},
    {"name": "require.mailbox_at", "with": {"user": None, "server": "CN=S/O=A", "directory": "CN=S/O=A"}},
]
AUDIT = Order.model_validate(
    {
        "campaign": None,
        "step": "audit",
        "client": "pc1~a",
        "owner": {"sid": SID, "user": None, "data": "C:\\Notes"},
        "incarnation": {"machine": "m"},
        "mode": "check",
        "actions": ACTIONS,
    }
)
CLOSED = {"port": True, "opens": False, "replica_id": None, "size": None}
NOBODY = {"mail_server": None, "mail_file": None, "roaming": None}
ITEM = {"name": "Name", "type": "text", "values": ["Office"]}
ENTRY = {"replica_id": "C1257D0000112233", "server": "CN=S/O=A", "send": True, "receive": True, "enabled": True}
GOOD: list[dict[str, Any]] = [
    {"documents": [{"unid": "1" * 32, "items": [ITEM]}]},
    {"documents": [{"unid": "2" * 32, "items": []}]},
    {"locations": [{"unid": "1" * 32, "name": "Office", "entries": [ENTRY]}]},
    {"exists": True, "count": 2},
    {"port": None, "opens": True, "replica_id": "C1257D0000112233", "size": 5_000_000_000},
    {"mail_server": "CN=N/O=A", "mail_file": "mail\\a", "roaming": "1"},
]


def read(*saws: tuple[Any, Any], **identity: Any) -> dict[str, Section]:
    records = [{"k": "saw", "a": action, "met": True, "saw": saw} for action, saw in saws]
    return sections_of(AUDIT, Journal([*records, *([{"k": "identity", **identity}] if identity else [])]))


def test_each_reading_becomes_its_section() -> None:
    found = read(*enumerate(GOOD), user="CN=A/O=A", data="C:\\Notes", notes_started=None)
    shown = {name: section.model_dump() for name, section in found.items()}
    assert shown["locations"]["locations"][0]["name"] == "Office"
    assert shown["connections"]["connections"][0]["destination"] == ""
    assert (shown["replicator"]["entries"][0]["server"], shown["replicator"]["unread"]) == ("CN=S/O=A", [])
    assert shown["outbox"] == {"count": 2}
    mail = {"server": "CN=S/O=A", "path": "mail\\a.nsf", "replica_id": "C1257D0000112233", "size": 5_000_000_000}
    assert shown["mail"] == mail
    assert shown["person"] == {"mail_server": "CN=N/O=A", "mail_file": "mail\\a", "roaming": True}
    assert shown["identity"]["user"] == "CN=A/O=A"


def test_what_notes_could_not_open_or_decode_is_unknown_and_the_rest_is_kept() -> None:
    page = {"locations": [{"unid": "1" * 32, "name": "Office", "entries": None}]}
    found = read((2, page), (3, {"exists": True, "count": None}), (4, CLOSED), (5, NOBODY))
    shown = {name: section.model_dump() for name, section in found.items()}
    assert shown["replicator"] == {"entries": [], "unread": ["1" * 32]}
    assert list(shown["outbox"]["count"]) == ["unknown"]
    assert list(shown["mail"]["replica_id"]) == list(shown["mail"]["size"]) == ["unknown"]
    assert [list(value) for value in shown["person"].values()] == [["unknown"]] * 3


@pytest.mark.parametrize(("item", "roaming"), [("1", True), ("0", False), ("", False), ("2", None), ("yes", None)])
def test_only_a_text_that_says_so_makes_a_roaming_user_or_none(item: str, roaming: bool | None) -> None:
    person = read((5, {"mail_server": "CN=N/O=A", "mail_file": "", "roaming": item}))["person"].model_dump()
    assert person["roaming"] == roaming if roaming is not None else list(person["roaming"]) == ["unknown"]


@pytest.mark.parametrize(
    ("missing", "asked"),
    [(b"", ["require.server_opens", "require.mailbox_at"]), (b"MailFile", ["require.mailbox_at"]), (b"MailServer", [])],
)
def test_a_server_is_asked_only_what_notes_ini_names(missing: bytes, asked: list[str]) -> None:
    def without(pc: Pc) -> None:
        lines = ini_data(pc).splitlines(keepends=True)
        write_ini(pc, b"".join(line for line in lines if not missing or not line.startswith(missing)))

    order = audit_order(read_survey(seams_of(world(without)))[0], "2026-11-26")
    assert [action.name for action in order.actions][4:] == asked
    validate([action.model_dump(mode="json", by_alias=True) for action in order.actions])


def test_a_later_reading_of_an_action_counts() -> None:
    assert read((3, {"count": 2}), (3, {"count": 0}))["outbox"].model_dump() == {"count": 0}


@pytest.mark.parametrize("record", [{"k": "saw"}, {"k": "saw", "a": 0}, {"k": "saw", "a": [], "saw": {}}])
def test_a_record_without_its_fields_is_a_document_error(record: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        sections_of(AUDIT, Journal([record]))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _spoilt(draw: st.DrawFn, value: Any) -> Any:
    if draw(st.integers(0, 3)) == 0 or not isinstance(value, dict | list) or not value:
        return draw(anything)
    if isinstance(value, list):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], _spoilt(draw, value[at]), *value[at + 1 :]]
    key = draw(st.sampled_from(sorted(value)))
    rest = {name: each for name, each in value.items() if name != key}
    return rest if draw(st.booleans()) else rest | {key: _spoilt(draw, value[key])}


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """Any JSON, or this JSON with any part of it replaced or left out."""
    return _spoilt(draw, value)


@given(st.data())
def test_any_json_gives_sections_or_a_document_error(data: st.DataObject) -> None:
    action = data.draw(st.integers(0, len(GOOD) - 1))
    identity = data.draw(st.just({}) | st.fixed_dictionaries({"user": anything, "data": anything}))
    records = [(action, data.draw(spoilt(GOOD[action]))), (data.draw(anything), data.draw(anything))]
    try:
        found = read(*records[: data.draw(st.integers(1, 2))], **identity)
    except DocumentError:
        return
    assert all(isinstance(section, Section) for section in found.values())
