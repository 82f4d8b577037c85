"""What stands in a stop file and in an order's `.cancel` file: one line for a person who finds it.

Programs look only whether the file is there (safety 1.11).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

REASON_LIMIT = 500
LINE_LIMIT = 8192


def one_sentence(text: str) -> str:
    """A reason without line ends and control characters. Raises ValueError where nothing, or too much, is said."""
    sentence = " ".join(text.split())
    if not sentence or len(sentence) > REASON_LIMIT or not sentence.isprintable():
        raise ValueError(f"one sentence of at most {REASON_LIMIT} printable characters is needed")
    return sentence


Reason = Annotated[str, AfterValidator(one_sentence)]


def recall_line(what: str, *, at: str, author: str, reason: str) -> str:
    """The line, ASCII, with a line end that Notepad shows. Raises ValueError as `one_sentence`."""
    text = f"notesfleet: {what}, {at}, by {author}: {one_sentence(reason)}"
    ascii_text = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    return ascii_text[: LINE_LIMIT - 2] + "\r\n"
