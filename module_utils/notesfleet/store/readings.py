"""Facts in the store: section by section, each the newest reading that had it, with its date and depth."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel

from notesfleet.store.tables import facts

Depth = Literal["outside", "inside"]


@dataclass(frozen=True)
class Reading:
    """A section of a client's facts as JSON, when and how deep it was read."""

    at: str
    depth: Depth
    document: Any


def keep(connection: sa.Connection, client: str, at: str, depth: Depth, sections: Mapping[str, BaseModel]) -> None:
    """Add a reading's sections to a client's history; the same reading again replaces itself."""
    for name, section in sections.items():
        key = {"client": client, "section": name, "at": at, "depth": depth}
        connection.execute(sa.delete(facts).where(*(facts.c[column] == value for column, value in key.items())))
        document = section.model_dump(mode="json", by_alias=True)
        connection.execute(sa.insert(facts).values(document=document, **key))


def sections_of(connection: sa.Connection, client: str) -> frozenset[str]:
    """The sections that any reading of a client had."""
    return frozenset(connection.execute(sa.select(facts.c.section).where(facts.c.client == client)).scalars())


def newest(connection: sa.Connection, only: Collection[str] | None = None) -> dict[str, dict[str, Reading]]:
    """For each client, the newest reading of each section, or of these alone."""
    found: dict[str, dict[str, Reading]] = {}
    chosen = sa.select(facts).order_by(facts.c.client, facts.c.at, facts.c.depth.desc())
    if only is not None:
        chosen = chosen.where(facts.c.section.in_(sorted(only)))
    for row in connection.execute(chosen):
        found.setdefault(row.client, {})[row.section] = Reading(row.at, row.depth, row.document)
    return found


def states_of(
    connection: sa.Connection, client: str, sections: frozenset[str], limit: int = 20
) -> list[dict[str, Reading]]:
    """How these sections stood after each of the client's newest readings of them, the newest state first."""
    mine = sa.select(facts).where(facts.c.client == client, facts.c.section.in_(sections))
    rows = connection.execute(mine.order_by(facts.c.at, facts.c.depth.desc())).all()
    states: list[dict[str, Reading]] = []
    for row in rows:
        before = states[-1] if states else {}
        states.append(before | {row.section: Reading(row.at, row.depth, row.document)})
    return states[: -limit - 1 : -1]
