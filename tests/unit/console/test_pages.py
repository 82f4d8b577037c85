"""The pages over the untidy fleet: what they show, what they refuse, and at what price."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from many import many_store
from stores import new_store, store_address
from untidy import NEW, OLD, SCRIPT, add_reading, untidy_store

from notesfleet.errors import StoreError
from notesfleet.store.connection import Store
from notesfleet.store.tables import campaigns, clients

MOST_QUERIES = 12
ADDRESSES = ["/", "/campaigns/c/", "/clients/", "/clients/pc01~done1/", "/servers/", "/clients/?server=Old01/Acme"]


def _text(answer: Any) -> str:
    """What a reader reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def _rows(answer: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/clients/[^"]+">([^<]+)</a>', answer.content.decode())


@contextmanager
def _shown(store: Store) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(NOTESFLEET_STORE=store):
        yield


@contextmanager
def _counted(store: Store) -> Iterator[list[str]]:
    """The statements of the store and of Django's database together."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement != "BEGIN":
            said.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        with CaptureQueriesContext(connection) as captured:
            yield said
        said.extend(each["sql"] for each in captured.captured_queries)
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_asks_its_databases_more_than_twelve_times(reader: Any, store: Store, address: str) -> None:
    with _counted(store) as said:
        assert reader.get(address).status_code == 200
    assert 3 < len(said) <= MOST_QUERIES, "\n".join(said)


def test_the_first_page_is_the_campaign_in_numbers_that_lead_to_its_clients(reader: Any) -> None:
    answer = reader.get("/")
    assert "Campaign c" in _text(answer)
    assert '<a href="/clients/?state=done&amp;wave=pilot">1</a>' in answer.content.decode()
    assert _rows(reader.get("/clients/?state=done&wave=pilot")) == ["pc01~done1"]
    first, named = (re.sub(r"\d\d:\d\d:\d\d", "", _text(each)) for each in (answer, reader.get("/campaigns/c/")))
    assert first == named


def test_with_several_campaigns_the_first_page_lets_choose(reader: Any, tmp_path: Path) -> None:
    store = untidy_store(tmp_path)
    with store.transaction() as connection:
        loaded = {"name": "other", "round": "1", "loaded_at": "2026-11-27T08:00:00Z", "document": {}}
        connection.execute(sa.insert(campaigns).values(**loaded))
    with _shown(store):
        text = reader.get("/").content.decode()
        assert 'href="/campaigns/c/"' in text
        assert 'href="/campaigns/other/"' in text
        assert reader.get("/campaigns/other/").status_code == 200
        assert "“nowhere”" in _text(reader.get("/campaigns/nowhere/"))
        assert reader.get("/campaigns/nowhere/").status_code == 404
    store.close()


def test_an_empty_store_says_what_to_do_first(reader: Any, tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with _shown(store):
        assert "`notesfleet campaign load FILE`" in _text(reader.get("/"))
        assert "No client fits." in _text(reader.get("/clients/"))
        assert "No campaign and no audit names a server yet." in _text(reader.get("/servers/"))
    store.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=DONE1", ["pc01~done1"]),
        ("q=pc0&state=excluded", ["pc05~rule1", "pc06~unknown1", "pc07~hand1"]),
        ("q=failed1 person", ["pc03~failed1"]),
        ("wave=pilot&state=pending", ["pc02~pending1"]),
        ("wave=-&site=Lyon", ["pc11~audited1"]),
        ("site=Basel", ["pc90", "pc91", "pc92"]),
        ("finding=roaming_user", ["pc05~rule1", "pc06~unknown1"]),
        ("state=waiting&server=old01/acme", ["pc08~waived1", "pc13~waiting1"]),
        ("state=unaudited", ["pc90"]),
    ],
)
def test_the_address_says_which_clients_are_shown(reader: Any, query: str, found: list[str]) -> None:
    answer = reader.get(f"/clients/?{query}")
    assert _rows(answer) == found
    assert 'role="note"' not in answer.content.decode()


@pytest.mark.parametrize("name", ["state", "wave", "site", "server", "finding"])
def test_a_value_that_no_filter_has_is_named_and_fits_nobody(reader: Any, name: str) -> None:
    answer = reader.get(f"/clients/?{name}={SCRIPT}")
    assert answer.status_code == 200
    assert f"“{SCRIPT}”" in _text_of_note(answer)
    assert _rows(answer) == []


def _text_of_note(answer: Any) -> str:
    found = re.search(r'role="note">(.*?)</p>', answer.content.decode())
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("number", ["0", "-1", "2", "99999999999999999999999", "x", "1.5", "", SCRIPT])
def test_a_page_that_is_not_there_is_not_found(reader: Any, number: str) -> None:
    answer = reader.get("/clients/", {"page": number})
    assert answer.status_code == 404
    assert f"There is no page “{number[:20]}”; the last one is 1." in _text(answer)
    assert "<script" not in answer.content.decode()


@pytest.mark.parametrize("name", ["nobody", "pc01", SCRIPT.replace("/", ""), "%00", "..", "pc01~done1/x", "é" * 400])
def test_a_client_that_is_not_there_is_not_found(reader: Any, name: str) -> None:
    answer = reader.get(f"/clients/{name}/")
    assert answer.status_code == 404
    assert "<script" not in answer.content.decode()


def test_a_client_is_shown_with_each_change_before_and_after(reader: Any) -> None:
    text = _text(reader.get("/clients/pc01~done1/"))
    assert "All steps are done." in text
    assert f"Location Office: MailServer {OLD} {NEW}" in text
    assert re.search(rf"notes\.ini: mailserver {re.escape(OLD)} {re.escape(NEW)}", text)
    assert "Audits" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pc05~rule1", "Move his roaming files first."),
        ("pc03~failed1", "notes.ini is open elsewhere"),
        ("pc90", "Its PC was not audited yet."),
        ("pc91", "The PC does not answer in time."),
    ],
)
def test_a_client_says_how_it_stands_and_what_to_do(reader: Any, name: str, said: str) -> None:
    text = _text(reader.get(f"/clients/{name}/"))
    assert said in text
    assert "Tell the user" in text


def test_what_a_pc_named_is_text(reader: Any) -> None:
    for address in ("/clients/", "/clients/pc12~harm1/"):
        text = reader.get(address).content.decode()
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_servers_show_what_points_to_them_and_what_was_not_counted(reader: Any, tmp_path: Path) -> None:
    made = untidy_store(tmp_path)
    at = "2026-12-01T08:00:00Z"
    moved = {"locations": [{"unid": "x", "name": "Office", "mail_server": NEW}]}
    add_reading(made, "pc01~done1", at, "inside", locations=moved)
    add_reading(made, "pc02~pending1", at, "inside", connections={"connections": [{"destination": "old01/ACME"}]})
    add_reading(made, "pc03~failed1", at, "outside", ini={"mail_server": {"unknown": "locked_file"}})
    whole = {
        "ini": {"mail_server": ""},
        "connections": {"connections": []},
        "replicator": {"entries": [], "unread": []},
    }
    add_reading(made, "pc04~aside1", at, "inside", **whole)
    add_reading(made, "pc05~rule1", at, "inside", **(whole | {"replicator": {"entries": [], "unread": ["x"]}}))
    with _shown(made):
        text = _text(reader.get("/servers/"))
        assert "Counted are the clients with an inside audit: 13." in text
        assert "Clients without an inside audit: 0; PCs without any audit: 3;" in text
        assert "of which a place could not be read in full: 12." in text
        assert "not that the server may be switched off" in text
        assert re.search(rf"{OLD} \(to be left\) 12 12 0 1 0 0 2026-11-26", text)
        assert re.search(rf"{NEW} \(new\) 1 1 0 0 0 1 2026-12-01", text)
        assert _rows(reader.get(f"/clients/?server={NEW}")) == ["pc01~done1"]
    made.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_lost_store_is_said_and_its_return_is_noticed(
    reader: Any, tmp_path: Path, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from notesfleet.console.opened import open_for_reading

    untidy_store(tmp_path).close()
    store = open_for_reading(f"sqlite:///{tmp_path / 'store.db'}")
    with _shown(store):
        assert reader.get(address).status_code == 200
        (tmp_path / "store.db").rename(tmp_path / "away.db")
        answer = reader.get(address)
        assert answer.status_code == 503
        assert "is not there any more" in _text(answer)
        (tmp_path / "store.db").write_bytes(b"no database" * 1000)
        answer = reader.get(address)
        assert answer.status_code == 503
        assert "Traceback" not in answer.content.decode()
        (tmp_path / "away.db").rename(tmp_path / "store.db")
        assert reader.get(address).status_code == 200
    store.close()


def test_pages_say_the_same_on_each_database(reader: Any, store: Store, database: str, tmp_path: Path) -> None:
    from notesfleet.console.opened import open_for_reading

    moment = re.compile(r"\d\d:\d\d:\d\d UTC")
    untidy_store(tmp_path).close()
    other = open_for_reading(store_address(tmp_path))
    assert other.engine.dialect.name == database
    for address in ADDRESSES:
        expected = moment.sub("", _text(reader.get(address)))
        with _shown(other), _counted(other) as said:
            assert moment.sub("", _text(reader.get(address))) == expected
        assert len(said) <= MOST_QUERIES
    other.close()


def test_a_defect_shows_nothing_of_itself(
    reader: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("notesfleet.console.pages.read_standings", broken)
    reader.raise_request_exception = False
    answer = reader.get("/servers/")
    assert answer.status_code == 500
    assert "Something went wrong here." in _text(answer)
    assert "secret" not in answer.content.decode()
    assert "script" not in answer["Content-Security-Policy"]


def test_nothing_can_be_written_through_the_consoles_store(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"), store.transaction() as connection:
        connection.execute(sa.delete(clients))


def test_two_thousand_clients_stand_on_forty_pages(reader: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = many_store(tmp_path_factory.mktemp("many"))
    with _shown(store):
        names = [_rows(reader.get(f"/clients/?page={number}")) for number in (1, 2, 40)]
        assert [len(each) for each in names] == [50, 50, 50]
        assert len({name for each in names for name in each}) == 150
        assert "1951 to 2000 of 2000" in _text(reader.get("/clients/?page=40"))
        assert 'rel="next" href="?state=done&amp;page=2"' in reader.get("/clients/?state=done").content.decode()
        for address in ("/", "/servers/", "/clients/?server=Mail-Lyon/Acme"):
            with _counted(store) as said:
                assert reader.get(address).status_code == 200
            assert len(said) <= MOST_QUERIES
    store.close()
