"""Values as every database keeps them: PostgreSQL takes no NUL in a text, and no number that JSON does not have.

Both come from PCs, or from whoever stands in their place; one such value must not keep a run out of the store.
"""

from __future__ import annotations

import json
import math
from typing import Any

_NUL, _INSTEAD = "\0", "\N{REPLACEMENT CHARACTER}"


def plain(value: Any) -> Any:
    """A statement's parameters with U+FFFD for each NUL in a text."""
    match value:
        case str():
            return value.replace(_NUL, _INSTEAD) if _NUL in value else value
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case tuple():
            return tuple(plain(each) for each in value)
    return value


def json_text(value: Any) -> str:
    """A document as JSON; an infinite number, or one that is none, is null."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: _finite(each) for name, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
    return value
