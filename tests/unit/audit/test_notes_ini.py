"""notes.ini byte for byte: whatever lies in the file comes back, and every change can be taken back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notesfleet.audit.notes_ini import MULTI_BYTE, NotesIni, decode, encode
from notesfleet.errors import ActionFailure

SINGLE_BYTE = (437, 850, 852, 874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)
code_pages = st.sampled_from([*SINGLE_BYTE, *MULTI_BYTE])
names = st.sampled_from(["Fleet", "fleet", "WINDOW", "Other"])
line = st.one_of(
    st.tuples(st.sampled_from([b"Fleet", b" fleet ", b"WINDOW", b"", b"\x81", b"\xe9"]), st.binary(max_size=6)).map(
        b"=".join
    ),
    st.sampled_from([b"", b"no sign", b"[Other]", b" [NOTES] ", b"; fleet=9"]),
    st.binary(max_size=8),
)
files = st.lists(st.tuples(line, st.sampled_from([b"\r\n", b"\n", b"\r", b""])).map(b"".join), max_size=8).map(b"".join)


@given(files, code_pages)
def test_any_bytes_come_back_as_they_were(data: bytes, code_page: int) -> None:
    assert NotesIni.parse(data, code_page).to_bytes() == data


@given(st.binary(max_size=60), code_pages)
def test_what_can_be_read_is_written_back_as_the_same_bytes(data: bytes, code_page: int) -> None:
    with contextlib.suppress(ActionFailure):
        assert encode(decode(data, code_page), code_page) == data


@pytest.mark.parametrize("code_page", SINGLE_BYTE)
def test_every_byte_of_a_single_byte_code_page_can_be_read(code_page: int) -> None:
    data = bytes(range(256))
    assert encode(decode(data, code_page), code_page) == data


@given(files, code_pages, names, st.lists(st.text("xy z", max_size=3), max_size=3))
def test_a_change_is_taken_back_to_the_byte(data: bytes, code_page: int, name: str, values: list[str]) -> None:
    ini = NotesIni.parse(data, code_page)
    try:
        keep = ini.kept(name)
    except ActionFailure:
        assume(False)
    changed = NotesIni.parse(ini.with_values(name, values).to_bytes(), code_page)
    assert changed.values(name) == values
    assert changed.restored(name, keep).to_bytes() == data


@pytest.mark.parametrize(("code_page", "odd"), [(932, b"\x81"), (65001, b"\xff"), (949, b"\xc9\x20")])
def test_a_line_whose_name_cannot_be_read_has_none_and_the_others_are_there(code_page: int, odd: bytes) -> None:
    ini = NotesIni.parse(odd + b"=1\r\nMailServer=CN=A\r\n", code_page)
    assert ini.names() == ["mailserver"]
    assert ini.value("MailServer") == "CN=A"


@pytest.mark.parametrize(
    ("code_page", "odd"),
    [(932, b"\x81"), (65001, b"\xff"), (949, b"\xc9\x20"), (932, b"\x87\x90")],
    ids=["half a character", "not UTF-8", "no character", "a second code of a character"],
)
def test_a_value_that_cannot_be_read_or_written_back_is_unreadable(code_page: int, odd: bytes) -> None:
    ini = NotesIni.parse(b"Title=" + odd + b"\r\nMailFile=mail\\a\r\n", code_page)
    with pytest.raises(ActionFailure, match="unreadable"):
        ini.values("title")
    assert ini.value("mailfile") == "mail\\a"


def test_the_first_of_two_lines_counts_and_both_are_named() -> None:
    ini = NotesIni.parse(b"[Notes]\r\nA=1\r\nb=2\r\na =3\r\n[Other]\r\nb=4\r\n", 1252)
    assert (ini.value("a"), ini.values("A"), ini.duplicates()) == ("1", ["1", "3"], ["a"])


def test_a_name_is_trimmed_as_windows_powershell_trims_it() -> None:
    assert NotesIni.parse(b"\xa0A\x1f=1\n", 1252).names() == ["a\x1f"]
