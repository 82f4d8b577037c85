"""The name of a client: `<pc>~<account>` (design section 1)."""

from __future__ import annotations

import re

from notesfleet.audit.notes_ini import lower

_OTHER = re.compile(r"[^a-z0-9.-]")


def client_names(pc: str, accounts: dict[str, str]) -> dict[str, str]:
    """SID to client name. `accounts`: SID to account name. A name already taken gets `-<RID>`."""
    names: dict[str, str] = {}
    for sid in sorted(accounts):
        name = f"{fold(pc)}~{fold(accounts[sid])}"
        if name in names.values():
            name = f"{name}-{sid.rsplit('-', 1)[1]}"
        names[sid] = name
    return names


def fold(text: str) -> str:
    """Lower case; every character but letters, digits, `.` and `-` becomes `_` (Ansible splits others)."""
    return _OTHER.sub("_", lower(text)) or "_"
