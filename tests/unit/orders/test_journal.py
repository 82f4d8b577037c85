from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.errors import JournalDamaged
from notesfleet.orders.journal import SIZE_LIMIT, read_journal, seal

RECORDS = [{"k": "start", "id": "0" * 32}, {"k": "pending", "reason": "notes_open", "a": None}, {"k": "saw", "a": 0}]


def lines(records: list[dict[str, object]], digits: str = "") -> list[bytes]:
    found = []
    for record in records:
        digits, line = seal(digits, record)
        found.append(line)
    return found


def test_an_empty_journal_has_no_records() -> None:
    journal = read_journal(b"")
    assert (journal.records, journal.digits, journal.lacks_newline, journal.finished) == ([], "", False, False)


def test_a_journal_is_read_as_it_was_written() -> None:
    written = lines(RECORDS)
    journal = read_journal(b"".join(written))
    assert journal.records == RECORDS
    assert journal.digits == written[-1][:16].decode()


@given(st.integers(0, 400), st.booleans())
def test_a_line_cut_at_any_byte_is_skipped_and_the_next_writer_goes_on(torn: int, cut_again: bool) -> None:
    whole, last = b"".join(lines(RECORDS[:2])), lines(RECORDS)[2]
    data = whole + last[:torn]
    for _ in range(2 if cut_again else 1):
        journal = read_journal(data)
        assert journal.records[:2] == RECORDS[:2]
        _, line = seal(journal.digits, {"k": "end", "a": 0})
        data += (b"\n" if journal.lacks_newline else b"") + line
    assert [record["k"] for record in read_journal(data).records if record["k"] != "saw"][2:] == ["end"] * (
        1 + cut_again
    )


@given(st.binary(max_size=300))
def test_rubbish_is_never_a_record_and_never_a_traceback(data: bytes) -> None:
    with contextlib.suppress(JournalDamaged):
        assert read_journal(data).records == []


def test_a_changed_record_stops_the_journal() -> None:
    data = b"".join(lines(RECORDS)).replace(b"notes_open", b"notes_gone")
    with pytest.raises(JournalDamaged):
        read_journal(data)


def test_a_record_left_out_stops_the_journal() -> None:
    first, _, third = lines(RECORDS)
    with pytest.raises(JournalDamaged):
        read_journal(first + third)


def test_a_foreign_line_is_skipped_where_the_next_continues_the_last_valid_one() -> None:
    first, second, third = lines(RECORDS)
    _, foreign = seal("0" * 16, {"k": "finished", "state": "done", "left": []})
    assert read_journal(first + foreign + second + third).records == RECORDS


def test_a_journal_over_its_limit_is_not_read() -> None:
    with pytest.raises(JournalDamaged, match=str(SIZE_LIMIT)):
        read_journal(b"x" * (SIZE_LIMIT + 1))


def test_a_cut_between_the_bytes_of_the_last_line_end_is_no_loss() -> None:
    data = b"".join(lines(RECORDS))[:-1]
    journal = read_journal(data)
    assert journal.records == RECORDS
    assert journal.lacks_newline
