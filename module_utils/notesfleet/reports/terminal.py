"""What a terminal may be sent. Names, sentences and errors may come from a PC: they must not steer it."""

from __future__ import annotations

import unicodedata


def shown(text: str) -> str:
    """One line without control characters, line ends and marks that turn the direction of writing."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def columns_of(text: str) -> int:
    """How many columns a text takes: wide letters two, accents that stand by themselves none."""
    return sum(_columns(letter) for letter in text)


def fitted(text: str, columns: int) -> str:
    """The text, cut with `...` where it takes more columns than there are."""
    if columns_of(text) <= columns:
        return text
    kept, taken = "", 0
    for letter in text:
        taken += _columns(letter)
        if taken > columns - 3:
            break
        kept += letter
    return f"{kept}..."[: max(columns, 0)]


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def harmless(value: object) -> object:
    """A JSON value with its texts as `shown`, line ends kept; the same value where nothing is to be taken away."""
    if isinstance(value, str):
        lines = value.split("\n")
        return value if all(line.isprintable() for line in lines) else "\n".join(shown(line) for line in lines)
    if isinstance(value, dict):
        return {harmless(name): harmless(each) for name, each in value.items()}
    return [harmless(each) for each in value] if isinstance(value, list) else value
