"""Bytes as they travel inside JSON: base64 of gzip. What comes from a PC is unpacked up to a limit only."""

from __future__ import annotations

import base64
import gzip
import zlib


def pack(data: bytes) -> str:
    """Always the same text for the same bytes."""
    return base64.b64encode(gzip.compress(data, compresslevel=9, mtime=0)).decode("ascii")


def unpack(text: str, limit: int) -> bytes:
    """The bytes. Raises ValueError for a text that `pack` does not give, and for more than `limit` bytes."""
    reader = zlib.decompressobj(wbits=31)
    try:
        data = reader.decompress(base64.b64decode(text, validate=True), limit + 1)
    except zlib.error as error:
        raise ValueError("not gzip") from error
    if len(data) > limit:
        raise ValueError(f"more than {limit} bytes when unpacked")
    if not reader.eof or reader.unused_data:
        raise ValueError("gzip that is cut or goes on behind its end")
    return data
