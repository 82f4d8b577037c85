"""What an order did, part by part, as lines for people: where, before, after (the `parts` of a report)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notesfleet.orders.report import Part
from notesfleet.reports.page_words import Phrases

Places = Mapping[str, str]
"""UNID of a Location document to its name."""


@dataclass(frozen=True)
class Change:
    """One value of a part. `before`, `after`: None where there is, or was, nothing. `status`: an ActionStatus."""

    place: str
    before: str | None
    after: str | None
    status: str


def changes_of(part: Part, words: Phrases, places: Places) -> list[Change]:
    """A line for each value that differs; one for a part that comes or goes as a whole."""
    where = place_of(part.at, words, places)
    if "unid" not in part.at and (part.before is None or part.after is None):
        return [Change(where, _whole(part.before), _whole(part.after), part.status.value)]
    before, after = _values(part.before), _values(part.after)
    names = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    found = []
    for name in names:
        place = f"{where}: {name}" if name else where
        found.append(Change(place, before.get(name), after.get(name), part.status.value))
    return found or [Change(where, _whole(part.before), _whole(part.after), part.status.value)]


def place_of(at: Mapping[str, Any], words: Phrases, places: Places) -> str:
    """A part's address: a Location by its name where an audit saw it."""
    if "ini" in at:
        return f"notes.ini: {shown(at['ini'])}"
    if "unid" in at:
        unid, database = shown(at["unid"]), shown(at.get("db", ""))
        document = f"{database}, {words['place_document']} {unid}"
        return f"{words['place_location']} {places[unid]}" if places.get(unid) else document
    if "location" in at:
        unid = shown(at["location"])
        return f"{words['place_replicator']} {places.get(unid) or unid}"
    if set(at) == {"path"}:
        return f"{words['place_replica']} {shown(at['path'])}"
    return shown(dict(at))


def shown(value: Any) -> str:
    """A value of a client in one line, whatever it is."""
    if isinstance(value, list):
        return ", ".join(shown(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _values(value: Mapping[str, Any] | None) -> dict[str, str]:
    """The inner values by name; the one value of a notes.ini name has none."""
    if value is None:
        return {}
    if isinstance(value.get("items"), list):
        items = [each for each in value["items"] if isinstance(each, dict)]
        return {shown(item.get("name", "")): shown(item.get("values", [])) for item in items}
    if set(value) == {"values"}:
        return {"": shown(value["values"])} if value["values"] else {}
    return {name: shown(each) for name, each in value.items()}


def _whole(value: Mapping[str, Any] | None) -> str | None:
    """A part as it stands."""
    inner = _values(value)
    return ", ".join(f"{name}: {text}" if name else text for name, text in sorted(inner.items())) or None
