"""An order for people: arguments, before and after, and a journal whose damage is shown, not hidden."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from untidy import NOW, SCRIPT, sealed, untidy_store

from notesfleet import clock
from notesfleet.orders.journal import journal_lines
from notesfleet.reports.order_show import order_document, print_journal, print_order
from notesfleet.reports.words import Language
from notesfleet.store.connection import Store
from notesfleet.store.histories import FullOrder, find_orders, read_histories
from notesfleet.store.standing import read_standings

AT = clock.parse(NOW)
RECORDS = [{"k": "start", "id": "x", "runner": "h", "pid": 1}, {"k": "finished", "state": "done", "left": []}]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = untidy_store(tmp_path_factory.mktemp("store"))
    yield opened
    opened.close()


def _order(store: Store, client: str, step: int) -> FullOrder:
    standing = next(each for each in read_standings(store) if each.client == client)
    with store.transaction() as connection:
        return find_orders(connection, standing.steps[step].order)[0]


def _printed(store: Store, client: str, step: int, language: Language = Language.EN) -> str:
    found, file = _order(store, client, step), io.StringIO()
    with store.transaction() as connection:
        places = read_histories(connection, client)[client].locations
    print_order(found, places, language, AT, file)
    return file.getvalue()


def test_an_order_shows_arguments_state_and_what_each_action_changed(store: Store) -> None:
    text = _printed(store, "pc01~done1", 1)
    for said in (
        "1. document.replace_value (replace a value in documents): changed, ole, unproven",
        "   to: CN=New01/O=Acme",
        "   Location Office: MailServer: CN=Old01/O=Acme -> CN=New01/O=Acme",
        "not after  ",
        "2126-12-24 08:00 UTC",
        "mail was switched",
    ):
        assert said in text


def test_a_failure_and_an_unmet_condition_say_what_they_saw(store: Store) -> None:
    assert "=> locked_file: notes.ini is open elsewhere" in _printed(store, "pc03~failed1", 0)
    text = _printed(store, "pc02~pending1", 1)
    assert '=> {"count": 2, "exists": true}' in text
    assert "2. ini.set (set in notes.ini): not reached" in text


def test_a_cancelled_order_says_since_when_and_nothing_steers_the_terminal(store: Store) -> None:
    text = _printed(store, "pc12~harm1", 0)
    assert "cancelled on the PC since  2026-12-02 09:30 UTC" in text
    assert SCRIPT in text
    assert "\x1b" not in text


@pytest.mark.parametrize("language", list(Language))
def test_a_journal_is_shown_line_by_line_with_its_checksums(store: Store, language: Language) -> None:
    found, file = _order(store, "pc12~harm1", 0), io.StringIO()
    print_journal(found, language, file)
    lines = file.getvalue().splitlines()
    assert len(lines) == 8
    assert all({Language.EN: " fits ", Language.FR: " juste "}[language] in line for line in lines[1:])
    assert "\x1b" not in file.getvalue()


def test_every_line_has_the_verdict_of_its_own_checksum() -> None:
    good = sealed(RECORDS)
    first, second = good.splitlines(keepends=True)
    changed = first + second.replace(b"done", b"nine")
    assert [(line.fits, line.record is not None) for line in journal_lines(good)] == [(True, True), (True, True)]
    assert [line.fits for line in journal_lines(changed)] == [True, False]
    torn = first + second[:30] + b"\n" + second
    assert [(line.fits, line.record is not None) for line in journal_lines(torn)] == [
        (True, True),
        (False, False),
        (True, True),
    ]
    assert [line.number for line in journal_lines(b"\n\n" + first)] == [3]
    assert journal_lines(b"\xff\xfe nonsense")[0].record is None


def test_a_damaged_journal_is_shown_with_its_damage(store: Store) -> None:
    found = _order(store, "pc01~done1", 0)
    damaged = FullOrder(found.record, found.text, (found.journal or b"").replace(b'"met":true', b'"met":null'))
    file = io.StringIO()
    print_journal(damaged, Language.EN, file)
    verdicts = [line.split("2026")[0].split(maxsplit=1)[1].strip() for line in file.getvalue().splitlines()[1:]]
    assert verdicts[:3] == ["fits", "fits", "does not fit"]


def test_an_order_that_nobody_answered_yet_is_shown(store: Store) -> None:
    found = _order(store, "pc01~done1", 0)
    silent = FullOrder(type(found.record)(**{**vars(found.record), "report": None}), found.text, None)
    file = io.StringIO()
    print_order(silent, {}, Language.EN, AT, file)
    print_journal(silent, Language.EN, file)
    assert "not reached" in file.getvalue()
    assert "No journal came back yet." in file.getvalue()


def test_json_has_order_staging_and_report_as_they_are(store: Store) -> None:
    document = order_document(_order(store, "pc03~failed1", 0), Language.EN, AT)
    assert (document["state"], document["reason"]) == ("failed", "locked_file")
    assert document["order"]["client"] == document["report"]["client"] == "pc03~failed1"
    assert document["staging"]["not_after"] == "2126-12-24T08:00:00Z"
