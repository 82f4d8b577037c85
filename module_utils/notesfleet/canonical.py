"""Canonical text of JSON values (action-engine section 1): what is compared, hashed and journalled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

JsonValue: TypeAlias = "None | bool | int | str | list[JsonValue] | dict[str, JsonValue]"

LARGEST_INTEGER = 2**53
VALUE_LIMIT = 32 * 1024


class NotCanonical(ValueError):
    """The value has no canonical text: a float, a huge integer, or a text that 5.1 would read as a date."""


def canonical_text(value: object) -> str:
    """Keys sorted, no blanks, ASCII, integers only.

    Raises NotCanonical for anything that Windows PowerShell 5.1 could not read back as the same value.
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def equal(left: object, right: object) -> bool:
    """Values are equal when their canonical texts are (ordinal comparison)."""
    return canonical_text(left) == canonical_text(right)


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def _check(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical(f"the integer {value} is outside 2^53")
    elif isinstance(value, str):
        if value.startswith("/Date("):
            raise NotCanonical("a text must not begin with '/Date('")
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"the key {key!r} is not a text")
            _check(item)
    else:
        raise NotCanonical(
            f"{type(value).__name__} values are not allowed, only null, true, false, integers, texts, lists and objects"
        )
