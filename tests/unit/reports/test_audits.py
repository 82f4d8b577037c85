"""Audits: fields by their natural key, unknown values with their reason, differences that positions do not make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stores import AT
from untidy import NOW, add_reading, untidy_store

from notesfleet.errors import InputError
from notesfleet.reports.audits import differences, fields_of, moment_of, sections_at, sections_before
from notesfleet.reports.words import Language
from notesfleet.store.connection import Store
from notesfleet.store.readings import Reading

CLIENT = "pc01~done1"
LATER = "2026-11-28T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = untidy_store(tmp_path)
    yield opened
    opened.close()


def _differ(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    old, new = ({"s": Reading(AT, "inside", document)} for document in (before, after))
    return [
        (each.path, each.before and each.before.value, each.after and each.after.value)
        for each in differences(old, new)
    ]


def _entries(*places: tuple[str, str, str]) -> dict[str, Any]:
    return {"entries": [{"location": at, "replica_id": replica, "server": server} for at, replica, server in places]}


def test_items_that_only_changed_places_are_no_difference() -> None:
    one, two = {"path": "a.nsf", "size": 1}, {"path": "b.nsf", "size": 2}
    assert _differ({"databases": [one, two]}, {"databases": [two, one]}) == []
    assert _differ({"sessions": ["a", "b"]}, {"sessions": ["b", "a"]}) == []


def test_an_item_is_matched_by_its_own_key() -> None:
    before = {"databases": [{"path": "a.nsf", "size": 1}, {"path": "b.nsf", "size": 2}]}
    after = {"databases": [{"path": "b.nsf", "size": 3}]}
    assert _differ(before, after) == [("databases[a.nsf].size", 1, None), ("databases[b.nsf].size", 2, 3)]


def test_a_document_that_was_renamed_is_the_same_document() -> None:
    before, after = ({"locations": [{"unid": "U1", "name": name}]} for name in ("Office", "Office (old)"))
    assert _differ(before, after) == [("locations[U1].name", "Office", "Office (old)")]


def test_a_replicator_entry_is_of_its_location_and_replica() -> None:
    before, after = _entries(("L1", "R", "old"), ("L2", "R", "old")), _entries(("L2", "R", "new"), ("L1", "R", "old"))
    assert _differ(before, after) == [("entries[L2 R].server", "old", "new")]


def test_two_items_of_one_key_are_both_there() -> None:
    before = {"drives": [{"name": "C:", "free": 1}]}
    after = {"drives": [{"name": "C:", "free": 1}, {"name": "C:", "free": 2}]}
    assert _differ(before, after) == [("drives[C: #2].free", None, 2)]


def test_unknown_is_a_value_of_its_own_with_its_reason() -> None:
    field = next(fields_of({"bits": {"unknown": "mail.box did not open"}}))
    assert (field.path, field.value, field.unknown) == ("bits", None, "mail.box did not open")
    assert field.text(Language.EN) == "unknown: mail.box did not open"
    assert field.text(Language.FR) == "inconnu\N{NO-BREAK SPACE}: mail.box ne s'est pas ouvert"
    found = differences(
        {"s": Reading(AT, "inside", {"bits": {"unknown": "x"}})}, {"s": Reading(NOW, "inside", {"bits": 64})}
    )
    assert [(each.before and each.before.unknown, each.after and each.after.value) for each in found] == [("x", 64)]


def test_without_a_moment_each_section_is_compared_with_its_own_reading_before(store: Store) -> None:
    add_reading(store, CLIENT, LATER, "outside", notes={"version": "14.5.1", "bits": 64})
    with store.transaction() as connection:
        before, now = sections_before(connection, CLIENT, None), sections_at(connection, CLIENT, None)
    found = differences(before, now)
    assert [(each.section, each.path) for each in found] == [("notes", "bits"), ("notes", "version")]


def test_as_of_a_moment_later_readings_are_not_there(store: Store) -> None:
    add_reading(store, CLIENT, LATER, "outside", notes={"version": "14.5.1"}, pc={"computer": "PC01"})
    with store.transaction() as connection:
        then = sections_at(connection, CLIENT, AT)
        now = sections_at(connection, CLIENT, None)
    assert then["notes"].document["version"] == "14.0.0"
    assert "pc" not in then
    assert now["notes"].at == LATER


@pytest.mark.parametrize(
    ("text", "moment"), [("2026-11-26", "2026-11-26T23:59:59Z"), ("2026-11-26T08:00:00Z", "2026-11-26T08:00:00Z")]
)
def test_a_day_is_its_end_and_a_moment_itself(text: str, moment: str) -> None:
    assert moment_of(text, "--at") == moment


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-26 08:00", ""])
def test_anything_else_is_refused_with_what_is_right(text: str) -> None:
    with pytest.raises(InputError, match=r"--from: .* is neither a day such as 2026-11-26"):
        moment_of(text, "--from")
