"""Bytes as they travel: what a PC packed is unpacked up to a limit, and nothing else is taken."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.packed import pack, unpack


@given(st.binary(max_size=500))
def test_what_is_packed_comes_back(data: bytes) -> None:
    assert unpack(pack(data), 500) == data


@given(
    st.text(alphabet="AHab+/=4sI\n\u00e9", max_size=60)
    | st.binary(max_size=60).map(lambda b: base64.b64encode(b).decode())
)
def test_anything_else_is_a_value_error_and_no_other(text: str) -> None:
    try:
        assert isinstance(unpack(text, 1000), bytes)
    except ValueError:
        return


def test_a_small_text_does_not_become_a_large_one() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(50_000_000))).decode("ascii")
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        unpack(bomb, 1000)


def test_a_cut_and_a_continued_one_are_refused() -> None:
    packed = gzip.compress(b"a journal")
    for data in (packed[:-1], packed + b"x", packed + packed):
        with pytest.raises(ValueError, match="cut or goes on"):
            unpack(base64.b64encode(data).decode("ascii"), 1000)
