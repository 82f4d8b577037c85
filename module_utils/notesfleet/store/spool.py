"""The spool: one append-only file of JSON lines a run, written before the store hears of anything (design 6).

A line is `{"crc":"<8 hex digits>","record":<record>}` LF; the digits are the CRC-32 of the record's text.
Several processes append to one file: each line is one `os.write` on a descriptor opened with O_APPEND.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notesfleet.errors import NotRecorded

RUN = "NOTESFLEET_RUN"
SPOOL = "NOTESFLEET_SPOOL"
BRAKE = "NOTESFLEET_BRAKE"
RUN_ERROR = "NOTESFLEET_RUN_ERROR"
# A minion's spool lies on Windows, where a file is text unless told.
_BINARY = getattr(os, "O_BINARY", 0)
_LINE = re.compile(rb'\{"crc":"([0-9a-f]{8})","record":(\{.*\})\}', re.DOTALL)


@dataclass(frozen=True)
class Spool:
    """Where a run's records go. `brake`: the file whose presence means that no further client is begun."""

    run: str
    path: Path
    brake: Path | None = None

    @classmethod
    def from_environment(cls) -> Spool:
        """The spool that the callback `report_store` made. Raises NotRecorded where there is none."""
        if error := os.environ.get(RUN_ERROR):
            raise NotRecorded(error)
        run, path, brake = (os.environ.get(name, "") for name in (RUN, SPOOL, BRAKE))
        if not run or not path:
            raise NotRecorded(
                "this run is not recorded, so nothing is sent; enable the callback notesfleet.client.report_store "
                "(`callbacks_enabled` in ansible.cfg)"
            )
        return cls(run, Path(path), Path(brake) if brake else None)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which workers find this spool."""
        return {RUN: self.run, SPOOL: str(self.path), BRAKE: str(self.brake or "")}

    def append(self, kind: str, **fields: Any) -> None:
        """Write one record. Raises NotRecorded where it is not wholly written (such as a full disk)."""
        line = sealed({"kind": kind, **fields})
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
        except OSError as error:
            raise self._failed(error.strerror) from error
        try:
            if os.write(descriptor, line) != len(line):
                # The next writer's line must not grow together with this torn one.
                with contextlib.suppress(OSError):
                    os.write(descriptor, b"\n")
                raise self._failed("the disk is full")
        except OSError as error:
            raise self._failed(error.strerror) from error
        finally:
            os.close(descriptor)

    def _failed(self, why: str | None) -> NotRecorded:
        return NotRecorded(
            f"the spool {self.path} cannot be written ({why}), so nothing is sent; make room and run again"
        )


@dataclass(frozen=True)
class SpoolRecord:
    """A record and the offset of its line in the file, in bytes."""

    offset: int
    kind: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class SpoolPart:
    """What a spool says from some offset on.

    `end`: offset behind the last whole line, to go on from. `refused`: the line numbers, counted from that
    offset, of whole lines that are damaged. A last line without LF is being written or was torn: not read.
    """

    records: list[SpoolRecord]
    refused: list[int]
    end: int


def sealed(record: dict[str, Any]) -> bytes:
    """The line of a record, with its LF."""
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return b'{"crc":"%08x","record":%s}\n' % (zlib.crc32(text), text)


def read_spool(path: Path, start: int = 0) -> SpoolPart:
    """The whole lines from an offset on. Damaged ones are named, never used; blank ones are skipped."""
    with path.open("rb") as file:
        file.seek(start)
        return parse_spool(file.read(), start)


def parse_spool(data: bytes, start: int = 0) -> SpoolPart:
    """The same of what was read already. `start`: the offset of its first byte."""
    whole = data[: data.rfind(b"\n") + 1]
    records: list[SpoolRecord] = []
    refused: list[int] = []
    offset = start
    for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
        record = _opened(line)
        if record is not None:
            records.append(SpoolRecord(offset, record.pop("kind"), record))
        elif line:
            refused.append(number)
        offset += len(line) + 1
    return SpoolPart(records, refused, start + len(whole))


def _opened(line: bytes) -> dict[str, Any] | None:
    found = _LINE.fullmatch(line)
    if found is None or int(found[1], 16) != zlib.crc32(found[2]):
        return None
    try:
        record = json.loads(found[2])
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("kind"), str) else None
