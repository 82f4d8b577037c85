"""The replicator page of a Location: `$SiteMapList` in its DXL, read only (notes_client 4).

Layout: 50 bytes of header (item and entry count at 4 and 6), 24 of outline header, a WORD for each item,
then entries of a 72-byte fixed part and a variable part. Numbers of the entry types are not published, so
an entry counts as a database where its source names a replica id. No interface of Notes writes this item.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import dataclass

from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

DXL_LIMIT = 4 * 1024 * 1024
HEADER, FIXED = 74, 72
SEND, RECEIVE, ENABLED = 2, 4, 1
_ITEM = re.compile(r"<item\s+name=['\"]\$SiteMapList['\"][^>]*>\s*<rawitemdata[^>]*>([A-Za-z0-9+/=\s]*)</rawitemdata>")


@dataclass(frozen=True)
class PageEntry:
    """One database on the page: its replica id (16 hex), the server to replicate with, what is ticked."""

    replica_id: str
    server: str
    send: bool
    receive: bool
    enabled: bool
    title: str = ""


def read_page(dxl: str) -> list[PageEntry]:
    """The entries for databases, in page order; a Location without the item has none.

    Raises ActionFailure unreadable where the item is cut or of another layout.
    """
    if len(dxl) > DXL_LIMIT:
        raise ActionFailure(Code.UNREADABLE, f"the Location's DXL has {len(dxl)} characters")
    found = _ITEM.search(dxl)
    if not found:
        return []
    try:
        return _entries(base64.b64decode("".join(found[1].split()), validate=True))
    except (binascii.Error, struct.error, UnicodeDecodeError, IndexError) as error:
        raise ActionFailure(Code.UNREADABLE, "$SiteMapList is cut or of another layout") from error


def _entries(data: bytes) -> list[PageEntry]:
    items, count = struct.unpack_from("<HH", data, 4)
    place = HEADER + 2 * items
    entries: list[PageEntry] = []
    for _ in range(count):
        fixed, variable = struct.unpack_from("<HH", data, place)
        if fixed < FIXED or place + fixed + variable > len(data):
            raise IndexError("cut")
        entry = _entry(data[place : place + fixed], data[place + fixed : place + fixed + variable])
        if entry is not None:
            entries.append(entry)
        place += fixed + variable
    return entries


def _entry(fixed: bytes, variable: bytes) -> PageEntry | None:
    title, _, on_click, source, images = struct.unpack_from("<HHHHH", fixed, 16)
    frame, hide = struct.unpack_from("<H", fixed, 28)[0], struct.unpack_from("<H", fixed, 32)[0]
    alias, flags, server = (struct.unpack_from("<H", fixed, at)[0] for at in (36, 46, 50))
    at = title + on_click + images + frame + hide + alias
    link = variable[at : at + source]
    if source < 10:
        return None
    low, high = struct.unpack_from("<II", link, 2)
    name = variable[at + source : at + source + server][2:].decode("ascii")
    return PageEntry(
        f"{high:08X}{low:08X}",
        name,
        bool(flags & SEND),
        bool(flags & RECEIVE),
        bool(flags & ENABLED),
        variable[2:title].decode("ascii", "replace"),
    )


def page_item(entries: list[PageEntry]) -> bytes:
    """The item's bytes for these entries, as a client keeps them: for the model of Notes only."""
    parts = [struct.pack("<BBBBHHH", 1, 0, 0, 0, 0, len(entries), 0) + bytes(HEADER - 10)]
    for entry in entries:
        title = b"\x01\x00" + entry.title.encode("ascii", "replace") if entry.title else b""
        source = struct.pack("<HII", 6, int(entry.replica_id[8:], 16), int(entry.replica_id[:8], 16))
        server = b"\x01\x00" + entry.server.encode("ascii") if entry.server else b""
        flags = SEND * entry.send | RECEIVE * entry.receive | ENABLED * entry.enabled
        fixed = bytearray(FIXED)
        for at, value in (
            (0, FIXED),
            (2, len(title + source + server)),
            (16, len(title)),
            (22, len(source)),
            (46, flags),
            (50, len(server)),
        ):
            struct.pack_into("<H", fixed, at, value)
        parts.append(bytes(fixed) + title + source + server)
    return b"".join(parts)
