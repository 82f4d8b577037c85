"""The header of real databases, and of anything else."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.audit.nsf_header import HEADER_BYTES, NotAnNsf, NsfHeader, read_header

FOLDER = Path(__file__).resolve().parents[2] / "data" / "nsf"
KNOWN = NsfHeader("852585F8005AE191", "Known Date/Time", "", 52, 0, 90)
SIGNED = NsfHeader("85258AFD00448E25", "Signed Doc", "", 55, 0, 90)


def first_bytes(name: str) -> bytes:
    return (FOLDER / name).read_bytes()[:HEADER_BYTES]


@pytest.mark.parametrize(("name", "header"), [("knowndt.nsf", KNOWN), ("signeddoc.nsf", SIGNED)])
def test_a_real_databases_header_is_read(name: str, header: NsfHeader) -> None:
    assert read_header(first_bytes(name)) == header


@pytest.mark.parametrize("name", ["knowndt.nsf", "signeddoc.nsf"])
def test_cut_at_any_byte_it_is_no_database_or_the_same(name: str) -> None:
    data = first_bytes(name)
    for cut in range(len(data)):
        try:
            assert read_header(data[:cut]) == read_header(data)
        except NotAnNsf as error:
            assert str(error)  # noqa: PT017


def test_title_categories_class_and_design_template_are_lines_of_their_own() -> None:
    data = bytearray(first_bytes("knowndt.nsf"))
    info = b"My mail\nSales\n#1StdOther\n#2StdR85Mail\0#2garbage"
    data[200 : 200 + len(info)] = info
    found = read_header(bytes(data))
    assert (found.title, found.template) == ("My mail", "StdR85Mail")


@pytest.mark.parametrize("data", [b"", b"NESM\x1a" + bytes(400), bytes(1024), b"\x1a\x00" + bytes(1022)])
def test_what_is_no_database_says_so(data: bytes) -> None:
    with pytest.raises(NotAnNsf):
        read_header(data)


@given(st.binary(min_size=318, max_size=1014), st.sampled_from([0x400, 0x800]), st.integers(0, 2**32 - 1))
def test_any_bytes_behind_the_signature_give_a_header_of_texts(rest: bytes, size: int, ods: int) -> None:
    found = read_header(b"\x1a\x00" + struct.pack("<II", size, ods) + rest)
    assert len(found.replica_id) == 16
    found.title.encode("utf-8")


@given(st.binary(max_size=1024))
def test_any_bytes_give_a_header_or_are_no_database(data: bytes) -> None:
    try:
        read_header(data)
    except NotAnNsf as error:
        assert str(error)  # noqa: PT017
