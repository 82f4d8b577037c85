"""The list of PCs: a CSV file with the columns pc, address, site (`notesfleet clients import FILE`)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from notesfleet.errors import InputError
from notesfleet.store.connection import Store
from notesfleet.store.tables import pcs

COLUMNS = ("pc", "address", "site")
_PC = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}")
_SITE = re.compile(r"[^\x00-\x1f]{0,100}")
_RULES = {
    "pc": (_PC, "a computer name: letters, digits, `.` and `-`, at most 63"),
    "address": (_ADDRESS, "a host name or an IP address"),
    "site": (_SITE, "a name of at most 100 characters"),
}
SIZE_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True)
class PcRow:
    """A line of the file. `pc` is in lower case."""

    pc: str
    address: str
    site: str


@dataclass(frozen=True)
class ImportCount:
    """How many PCs are new, changed and as they were."""

    new: int
    changed: int
    same: int


def read_clients_file(path: Path) -> list[PcRow]:
    """The PCs of a CSV file, separated by `,` or `;`, with or without a byte order mark.

    Raises InputError with one line for each wrong line of the file: file, line, column, what is right.
    """
    lines = csv.reader(_text(path).splitlines(keepends=True), delimiter=_delimiter(path), strict=True)
    problems: list[str] = []
    rows: list[PcRow] = []
    first: dict[str, int] = {}
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        _check_header(path, header)
        for fields in lines:
            if any(field.strip() for field in fields):
                row = _row(f"{path}:{lines.line_num}", header, fields, problems)
                if row is not None and row.pc in first:
                    problems.append(
                        f"{path}:{lines.line_num}: pc: {row.pc} is in line {first[row.pc]} already; each PC once"
                    )
                elif row is not None:
                    first[row.pc] = lines.line_num
                    rows.append(row)
    except csv.Error as error:
        problems.append(f"{path}:{lines.line_num}: {error}; quotes must be closed, and doubled inside a field")
    if problems:
        raise InputError("\n".join(problems))
    if not rows:
        raise InputError("it has no PC below its header", where=str(path), remedy="a line for each PC: pc,address,site")
    return rows


def import_clients(store: Store, rows: list[PcRow]) -> ImportCount:
    """Take the PCs into the store; those that it has and the file has not are left alone."""
    with store.transaction() as connection:
        known = {row.name: (row.address, row.site) for row in connection.execute(sa.select(pcs))}
        new = [row for row in rows if row.pc not in known]
        changed = [row for row in rows if row.pc in known and known[row.pc] != (row.address, row.site)]
        if new:
            values = [{"name": row.pc, "address": row.address, "site": row.site} for row in new]
            connection.execute(sa.insert(pcs), values)
        for row in changed:
            connection.execute(sa.update(pcs).where(pcs.c.name == row.pc).values(address=row.address, site=row.site))
    return ImportCount(len(new), len(changed), len(rows) - len(new) - len(changed))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise InputError(f"it is larger than {SIZE_LIMIT} bytes; split it", where=str(path))
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError("it is not UTF-8; save it as CSV UTF-8", where=f"{path}:{line}") from error


def _delimiter(path: Path) -> str:
    header = _text(path).split("\n", 1)[0]
    return ";" if header.count(";") > header.count(",") else ","


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(header) != len(COLUMNS):
        what = f"the header has no column {missing[0]}" if missing else f"the header has {', '.join(header)}"
        raise InputError(what, where=f"{path}:1", remedy="it must be pc,address,site")


def _row(where: str, header: list[str], fields: list[str], problems: list[str]) -> PcRow | None:
    if len(fields) != len(header):
        problems.append(f"{where}: it has {len(fields)} fields; {len(header)} are right: {','.join(header)}")
        return None
    values = {name: field.strip() for name, field in zip(header, fields, strict=True)}
    values["pc"] = values["pc"].lower()
    wrong = [name for name, (rule, _) in _RULES.items() if not rule.fullmatch(values[name])]
    problems += [f"{where}: {name}: {values[name][:80]!r} is wrong; right is {_RULES[name][1]}" for name in wrong]
    return None if wrong else PcRow(**values)
