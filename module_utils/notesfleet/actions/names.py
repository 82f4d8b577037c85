"""How Notes names and paths are compared (action-engine section 11): never on the text as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from notesfleet.audit.notes_ini import lower

_LABEL = re.compile(r"(^|/)\s*(?:cn|ou|o|c)\s*=\s*", re.IGNORECASE | re.ASCII)


def folded(text: str, comparison: str) -> str:
    """The form in which a `text`, a `name` (without CN=, OU=, O=, C=) or a `path` (\\, no .nsf) is compared."""
    if comparison == "name":
        return lower(_LABEL.sub(r"\1", text.strip()))
    if comparison == "path":
        path = lower(text.strip().replace("/", "\\"))
        return path[: -len(".nsf")] if path.endswith(".nsf") else path
    return text


def same(left: str, right: str, comparison: str) -> bool:
    return folded(left, comparison) == folded(right, comparison)


def among(text: str, choices: Iterable[str], comparison: str) -> bool:
    """Whether one of the choices is the same."""
    wanted = folded(text, comparison)
    return any(folded(choice, comparison) == wanted for choice in choices)
