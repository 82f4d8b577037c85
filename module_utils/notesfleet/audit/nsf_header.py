"""The first bytes of a Notes database (notes_client 9, verified on real files). Read only, never opened by Notes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER_BYTES = 1024
_NEEDED = 328
_SIZES = (0x400, 0x800)


class NotAnNsf(ValueError):
    """The bytes are no database's; the text says why, for a fact that is unknown."""


@dataclass(frozen=True)
class NsfHeader:
    """Replica id (16 hex), title, design template, ODS version, replication flags, cut-off in days."""

    replica_id: str
    title: str
    template: str
    ods: int
    flags: int
    cutoff_days: int


def read_header(data: bytes) -> NsfHeader:
    """The header's fields. Raises NotAnNsf for a cut or foreign file (NES music has the same extension).

    A title that is not ASCII is LMBCS; its letters outside ASCII are shown as U+FFFD.
    """
    if len(data) < _NEEDED:
        raise NotAnNsf(f"only {len(data)} bytes")
    if data[:2] != b"\x1a\x00":
        raise NotAnNsf("not a Notes database")
    size, ods = struct.unpack_from("<II", data, 2)
    if size not in _SIZES:
        raise NotAnNsf(f"a header of {size} bytes is not known")
    low, high = struct.unpack_from("<II", data, 180)
    flags, cutoff = struct.unpack_from("<HH", data, 188)
    info = data[200:328].split(b"\0", 1)[0].decode("ascii", "replace").split("\n")
    template = next((line[2:] for line in info[1:] if line.startswith("#2")), "")
    return NsfHeader(f"{high:08X}{low:08X}", info[0], template, ods, flags, cutoff)
