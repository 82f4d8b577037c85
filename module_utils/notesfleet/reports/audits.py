"""Audits for people: a client's sections at a moment, and what changed between two, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.reports.changes import shown
from notesfleet.reports.page_words import phrases
from notesfleet.reports.translations import translated
from notesfleet.reports.words import Language
from notesfleet.store.histories import read_sections
from notesfleet.store.readings import Reading

_KEYS = (("unid",), ("location", "replica_id"), ("path",), ("replica_id",), ("name",))
"""What makes an item of a list the same one in two readings: its place in the list does not."""


@dataclass(frozen=True)
class Field:
    """A value with its path in the section. `unknown`: why it could not be read."""

    path: str
    value: Any
    unknown: str | None = None

    def text(self, language: Language) -> str:
        """For people: the value, or that it is unknown and why."""
        if self.unknown is None:
            return shown(self.value)
        words = phrases(language)
        return f"{words['unknown_word']}{words['colon']}{translated(self.unknown, language)}"


@dataclass(frozen=True)
class Difference:
    """A field that two readings have otherwise; None: that reading does not have it."""

    section: str
    path: str
    before: Field | None
    after: Field | None


def sections_at(connection: sa.Connection, client: str, until: str | None) -> dict[str, Reading]:
    """The newest reading of each section, as of a moment."""
    return {name: readings[0] for name, readings in read_sections(connection, client, until).items()}


def sections_before(connection: sa.Connection, client: str, until: str | None) -> dict[str, Reading]:
    """Of each section the reading before the newest one."""
    found = read_sections(connection, client, until)
    return {name: readings[1] for name, readings in found.items() if len(readings) > 1}


def fields_of(document: Any, path: str = "") -> Iterator[Field]:
    """The values of a section, item by item: `databases[mail\\jd.nsf].size`."""
    if isinstance(document, dict) and document.keys() == {"unknown"}:
        yield Field(path, None, str(document["unknown"]))
    elif isinstance(document, dict) and document:
        for name, value in document.items():
            yield from fields_of(value, f"{path}.{name}" if path else name)
    elif isinstance(document, list) and document and all(isinstance(each, dict) for each in document):
        for key, item in _keyed(document):
            yield from fields_of(_without(item), f"{path}[{key}]")
    elif isinstance(document, list):
        # Sessions, names: their order says nothing.
        yield Field(path, sorted(document, key=shown))
    else:
        yield Field(path, document)


def differences(before: dict[str, Reading], after: dict[str, Reading]) -> list[Difference]:
    """What changed, of the sections that both have; the same reading has no difference with itself."""
    found: list[Difference] = []
    for section in sorted(before.keys() & after.keys()):
        old = {field.path: field for field in fields_of(before[section].document)}
        new = {field.path: field for field in fields_of(after[section].document)}
        found += [
            Difference(section, path, old.get(path), new.get(path))
            for path in sorted(old.keys() | new.keys())
            if old.get(path) != new.get(path)
        ]
    return found


def moment_of(text: str, option: str) -> str:
    """A moment of the store from what a person types: a day (its end, UTC), or a moment. Raises InputError."""
    try:
        return f"{date.fromisoformat(text).isoformat()}T23:59:59Z"
    except ValueError:
        pass
    try:
        return clock.text(clock.parse(text))
    except ValueError as error:
        right = "neither a day such as 2026-11-26 nor a moment such as 2026-11-26T08:00:00Z"
        raise InputError(f"{option}: {text!r} is {right}") from error


def _keyed(items: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each item under its natural key; a second one of the same key is counted, one without any stands by its text."""
    seen: Counter[str] = Counter()
    for item in items:
        names = next((names for names in _KEYS if all(isinstance(item.get(name), str) for name in names)), ())
        key = " ".join(str(item[name]) for name in names) or shown(item)
        seen[key] += 1
        yield (f"{key} #{seen[key]}" if seen[key] > 1 else key), item


def _without(item: dict[str, Any]) -> dict[str, Any]:
    """An item without what its key says already, unless nothing else is in it."""
    names = next((names for names in _KEYS if all(isinstance(item.get(name), str) for name in names)), ())
    return {name: value for name, value in item.items() if name not in names} or item
