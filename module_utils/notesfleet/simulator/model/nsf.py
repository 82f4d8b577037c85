"""The first bytes of a database's file, as notes_client 9 gives their layout."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from notesfleet import clock
from notesfleet.simulator.state import Database

HEADER_SIZE = 1024
_JULIAN_DAY_OF_ORDINAL = 1721425


def header(database: Database) -> bytes:
    """1 KB that a reader of NSF headers finds its fields in."""
    data = bytearray(HEADER_SIZE)
    struct.pack_into("<HII", data, 0, 0x001A, 0x800 if database.ods >= 55 else 0x400, database.ods)
    moment = timedate(clock.parse(database.modified))
    for offset in (10, 34, 136, 172):
        data[offset : offset + 8] = moment
    struct.pack_into("<HH", data, 42, 0xFF01, 0x4240)
    struct.pack_into("<I", data, 88, database.size // 256)
    struct.pack_into("<II", data, 180, int(database.replica_id[8:], 16), int(database.replica_id[:8], 16))
    struct.pack_into("<HH", data, 188, database.flags, database.cutoff_days)
    title = database.title.encode("ascii", "replace")[:95]
    data[200 : 200 + len(title)] = title
    return bytes(data)


def timedate(moment: datetime) -> bytes:
    """A TIMEDATE in GMT: hundredths of a second since midnight, then the Julian day."""
    moment = moment.astimezone(UTC)
    hundredths = (moment.hour * 3600 + moment.minute * 60 + moment.second) * 100
    return struct.pack("<II", hundredths, moment.toordinal() + _JULIAN_DAY_OF_ORDINAL - 1)
