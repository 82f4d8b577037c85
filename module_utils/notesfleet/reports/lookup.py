"""Finding a client by what a person on the telephone says: client, PC, person, or a part of one."""

from __future__ import annotations

import difflib

from notesfleet.errors import InputError
from notesfleet.reports.client_page import common_name
from notesfleet.store.standing import Standing

_NEAR = 5


def find_clients(name: str, standings: list[Standing]) -> list[Standing]:
    """Those of that very name; where there is none, those with it in a name. A PC means all of its clients."""
    wanted = name.strip().lower()
    if not wanted:
        return []
    exact = [each for each in standings if wanted in _names(each)]
    return exact or [each for each in standings if named(each, name)]


def named(each: Standing, name: str) -> bool:
    """Whether it is in one of its names."""
    wanted = name.strip().lower()
    return any(wanted in known for known in _names(each))


def the_client(name: str, standings: list[Standing]) -> Standing:
    """The one audited client that a name fits. Raises InputError that says who else is meant."""
    fitting = find_clients(name, standings)
    found = [each for each in fitting if each.client]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.client for each in found[:_NEAR])
        raise InputError(f"{len(found)} clients fit {name!r}", remedy=f"name one of them: {names}")
    if fitting:
        remedy = "ansible-playbook playbooks/audit.yml -e target=unaudited"
        raise InputError(f"{fitting[0].pc} has no client yet: it was not audited", remedy=remedy)
    raise nobody(name, [each for each in standings if each.client])


def nobody(name: str, standings: list[Standing]) -> InputError:
    """What is said where nobody has a name."""
    near = near_names(name, standings)
    hint = f"did you mean {', '.join(near)}?" if near else "`notesfleet report` lists all"
    return InputError(f"the store has no client, PC or person {name!r}", remedy=hint)


def near_names(name: str, standings: list[Standing]) -> list[str]:
    """The names that look most like it."""
    known = {known: each.client or each.pc for each in standings for known in _names(each)}
    close = difflib.get_close_matches(name.strip().lower(), known, n=2 * _NEAR, cutoff=0.5)
    return list(dict.fromkeys(known[each] for each in close))[:_NEAR]


def _names(each: Standing) -> set[str]:
    persons = [each.user or "", each.person]
    names = [each.client, each.pc, each.account, *persons, *(common_name(person) for person in persons)]
    return {name.lower() for name in names if name}
