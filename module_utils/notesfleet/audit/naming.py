"""The name of a client: `<pc>~<account>` (design section 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count

from notesfleet.audit.notes_ini import lower

ACCOUNT_LIMIT = 100
_OTHER = re.compile(r"[^a-z0-9.-]")


def client_names(pc: str, accounts: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """SID to client name, of one PC. `accounts`: SID to account name. `known`: the names that were given before.

    A profile keeps the name under which it came: its orders' ids and history hang on it. A new one whose name is
    taken, also by a profile that is no longer there, gets `-<RID>`, and `-2`, `-3` ... where that is taken too.
    """
    names = {sid: known[sid] for sid in accounts if sid in known}
    taken = set(known.values())
    for sid in sorted(set(accounts) - set(known)):
        name = f"{fold(pc)}~{fold(accounts[sid])[:ACCOUNT_LIMIT]}"
        with_rid = f"{name}-{sid.rsplit('-', 1)[1]}"
        further = (f"{with_rid}-{number}" for number in count(2))
        names[sid] = next(each for each in chain((name, with_rid), further) if each not in taken)
        taken.add(names[sid])
    return names


def fold(text: str) -> str:
    """Lower case; every character but letters, digits, `.` and `-` becomes `_` (Ansible splits others)."""
    return _OTHER.sub("_", lower(text)) or "_"
