"""The journal: one record a line, each chained to the one before (action-engine section 7).

A line is 16 hex digits, a blank, the record's canonical text, LF. The digits are the start of SHA-256
over (the digits of the last valid line + the text). A journal comes from a user's session: it is
untrusted, size-limited, checked line by line and never evaluated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from notesfleet.canonical import canonical_text, sha256_hex
from notesfleet.errors import JournalDamaged

SIZE_LIMIT = 4 * 1024 * 1024
_DIGITS = 16

Record = dict[str, Any]


@dataclass(frozen=True)
class Journal:
    """The valid records, the digits to continue from, and whether the file lacks its last LF."""

    records: list[Record] = field(default_factory=list)
    digits: str = ""
    lacks_newline: bool = False

    @property
    def finished(self) -> bool:
        return bool(self.records) and self.records[-1]["k"] == "finished"


def seal(digits: str, record: Record) -> tuple[str, bytes]:
    """The new digits and the line (with LF) of `record` after a line with `digits`."""
    text = canonical_text(record)
    new = sha256_hex((digits + text).encode("ascii"))[:_DIGITS]
    return new, f"{new} {text}\n".encode("ascii")


def read_journal(data: bytes) -> Journal:
    """The valid lines of a journal file.

    A torn line (it is not a whole record) is skipped where the next valid line continues the last valid
    one, or none follows. A whole record whose digits do not fit is skipped only where a line that
    continues the last valid one follows. Raises JournalDamaged for anything else, or over SIZE_LIMIT.
    """
    if len(data) > SIZE_LIMIT:
        raise JournalDamaged(f"the journal has {len(data)} bytes, more than {SIZE_LIMIT}")
    records: list[Record] = []
    digits, skipped, suspect = "", "", 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line:
            continue
        record = _parse(line)
        if record is not None and _fits(digits, line):
            records.append(record)
            digits, skipped, suspect = line[:_DIGITS].decode("ascii"), "", 0
        elif record is not None and skipped and _fits(skipped, line):
            raise JournalDamaged(f"line {number} of the journal continues a line that does not fit")
        else:
            skipped = line[:_DIGITS].decode("ascii", "replace")
            suspect = suspect or (number if record is not None else 0)
    if suspect:
        raise JournalDamaged(f"line {suspect} of the journal does not fit the line before it")
    return Journal(records, digits, bool(data) and not data.endswith(b"\n"))


def _fits(digits: str, line: bytes) -> bool:
    return line[:_DIGITS] == sha256_hex(digits.encode("ascii", "replace") + line[_DIGITS + 1 :])[:_DIGITS].encode()


def _parse(line: bytes) -> Record | None:
    """The record of a line of the right shape, whatever its digits; None for a torn line."""
    if line[_DIGITS : _DIGITS + 1] != b" ":
        return None
    try:
        record = json.loads(line[_DIGITS + 1 :])
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("k"), str) else None


@dataclass(frozen=True)
class JournalLine:
    """One line as it stands in the file. `record` is None for a torn line; `fits`: its digits continue the last
    line that fits."""

    number: int
    fits: bool
    record: Record | None
    text: str


def journal_lines(data: bytes) -> list[JournalLine]:
    """Every line of a journal with its checksum's verdict, for people: nothing is refused and nothing skipped."""
    found: list[JournalLine] = []
    digits = ""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line:
            continue
        record = _parse(line)
        fits = record is not None and _fits(digits, line)
        digits = line[:_DIGITS].decode("ascii", "replace") if fits else digits
        found.append(JournalLine(number, fits, record, line.decode("utf-8", "replace")))
    return found
