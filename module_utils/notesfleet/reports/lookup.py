"""Finding a client by what a person on the telephone says: client, PC, person, or a part of one."""

from __future__ import annotations

import difflib

from notesfleet.reports.client_page import common_name
from notesfleet.store.standing import Standing

_NEAR = 5


def find_clients(name: str, standings: list[Standing]) -> list[Standing]:
    """Those of that very name; where there is none, those with it in a name. A PC means all of its clients."""
    wanted = name.strip().lower()
    if not wanted:
        return []
    exact = [each for each in standings if wanted in _names(each)]
    return exact or [each for each in standings if any(wanted in known for known in _names(each))]


def near_names(name: str, standings: list[Standing]) -> list[str]:
    """The names that look most like it."""
    known = {known: each.client or each.pc for each in standings for known in _names(each)}
    close = difflib.get_close_matches(name.strip().lower(), known, n=2 * _NEAR, cutoff=0.5)
    return list(dict.fromkeys(known[each] for each in close))[:_NEAR]


def _names(each: Standing) -> set[str]:
    persons = [each.user or "", each.person]
    names = [each.client, each.pc, each.account, *persons, *(common_name(person) for person in persons)]
    return {name.lower() for name in names if name}
