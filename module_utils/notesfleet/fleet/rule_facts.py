"""The facts as rules see them: the newest reading of each section, without what is unknown, and a few numbers more.

Unknown values are left out, so that an expression that needs one cannot be decided (never null: `has` would be true).
`RuleFacts` is the schema against which rules are checked when a campaign is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel

from notesfleet import clock
from notesfleet.audit import facts, inside
from notesfleet.store.readings import Reading

Document = dict[str, Any]


class RuleNotes(facts.NotesFacts):
    """`major`, `minor`: of the version, such as 12 and 0."""

    major: int
    minor: int


class RuleDatabase(facts.DatabaseFact):
    """`age_days`: whole days from its last write to the reading."""

    age_days: int


class RuleFiles(facts.FilesFacts):
    databases: list[RuleDatabase]  # type: ignore[assignment]


class RuleFacts(BaseModel):
    """All sections. `docs/facts.md` says what each field is."""

    pc: facts.PcFacts
    notes: RuleNotes
    ini: facts.IniFacts
    files: RuleFiles
    running: facts.RunningFacts
    locations: inside.Locations
    connections: inside.Connections
    replicator: inside.Replicator
    outbox: inside.Outbox
    mail: inside.Mail
    person: inside.Person
    identity: inside.Identity


SECTIONS = tuple(RuleFacts.model_fields)
_WORD = re.compile(r"[A-Za-z_]+")
_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(?:\.|$)")


def rule_document(sections: Mapping[str, Reading]) -> Document:
    """What a rule's `facts` is for a client."""
    found = {name: cast(Document, _known(each.document)) for name, each in sections.items() if name in SECTIONS}
    if "notes" in found:
        _add_numbers(found["notes"])
    if "files" in found:
        for database in found["files"].get("databases", []):
            _add_age(database, sections["files"].at)
    return found


def unknown_of(sections: Mapping[str, Reading], names: frozenset[str], expression: str) -> str:
    """Why an expression over these sections cannot be decided: the unknown values that it names, as far as known."""
    missing = sorted(name for name in names if name not in sections)
    if missing:
        return f"not read yet: {', '.join(missing)}"
    unknown = [found for name in sorted(names) for found in _unknowns(sections[name].document, name)]
    words = set(_WORD.findall(expression))
    named = [found for found in unknown if _fields_of(found[0]) <= words] or unknown
    whys = dict.fromkeys(f"{path}: {why}" for path, why in named)
    return "; ".join([*whys][:3]) or "a value that it needs is missing"


def _fields_of(path: str) -> set[str]:
    """The fields on the way to a value, its section first; a number of the version stands for the version."""
    return set(path.split(".")) - {"version"}


def _known(value: Any) -> Any:
    """Without unknown values and nulls."""
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items() if each is not None and not _is_unknown(each)}
    if isinstance(value, list):
        return [_known(each) for each in value if each is not None and not _is_unknown(each)]
    return value


def _is_unknown(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"unknown"}


def _unknowns(value: Any, path: str) -> list[tuple[str, str]]:
    if _is_unknown(value):
        return [(path, str(value["unknown"]))]
    if isinstance(value, dict):
        return [found for name, each in value.items() for found in _unknowns(each, f"{path}.{name}")]
    if isinstance(value, list):
        return [found for each in value for found in _unknowns(each, path)]
    return []


def _add_numbers(notes: Document) -> None:
    if found := _VERSION.match(str(notes.get("version", ""))):
        notes |= {"major": int(found[1]), "minor": int(found[2])}


def _add_age(database: Document, at: str) -> None:
    try:
        written = clock.parse(str(database.get("modified", "")))
    except ValueError:
        return
    database["age_days"] = max(0, (clock.parse(at) - written).days)
