"""The stop file: written whole or not at all, recorded only after that, one for each campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from stores import new_store

from notesfleet.errors import InputError, StoreError
from notesfleet.fleet import stop as module
from notesfleet.fleet.campaign_file import Campaign, StopFile
from notesfleet.fleet.stop import check_stop_file, lift_stop, stop_campaign, warning_of
from notesfleet.fleet.waves import load_campaign
from notesfleet.store.connection import Store
from notesfleet.store.tables import stops

pytestmark = pytest.mark.usefixtures("database")

PC = r"\\acme.example\netlogon\c.stop"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "netlogon").mkdir()
    return tmp_path / "netlogon" / "c.stop"


def campaign(name: str = "c", **stop_file: Any) -> Campaign:
    said = {"schema": 1, "name": name, "stop_file": stop_file or None}
    said["servers"] = [{"from": "CN=Old/O=A", "to": "CN=New/O=A"}]
    return Campaign.model_validate(said | {"waves": [{"name": f"w_{name}", "date": "2026-11-30", "sites": ["Lyon"]}]})


def load(store: Store, name: str = "c", **stop_file: Any) -> None:
    load_campaign(store, campaign(name, **stop_file), "c.yml")


def stop(store: Store, reason: str = "mail03 is down") -> module.Stopped:
    return stop_campaign(store, "c", reason=reason, author="ann")


def lift(store: Store) -> module.Lifted | None:
    return lift_stop(store, "c", reason="it is up", author="bob")


def rows(store: Store) -> list[tuple[Any, ...]]:
    with store.transaction() as connection:
        return [tuple(row)[1:] for row in connection.execute(sa.select(stops).order_by(stops.c.id))]


def test_the_file_says_who_stopped_what_when_and_why_and_the_store_says_the_same(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    done = stop(store, "mail03 is d\u00e9c\u00e9d\u00e9e")
    at = done.stop.at
    assert (
        path.read_bytes()
        == rb"notesfleet: campaign c stopped, %s, by ann: mail03 is d\xe9c\xe9d\xe9e" % at.encode() + (b"\r\n")
    )
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]
    assert rows(store) == [("c", "ann", "mail03 is d\u00e9c\u00e9d\u00e9e", at, None, None, None)]
    assert (done.already, done.restored, done.path, done.pc) == (False, False, path, PC)


def test_stopped_twice_says_since_when_and_changes_nothing(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    first, text = stop(store), path.read_bytes()
    second = stop(store, "another reason")
    assert (second.already, second.restored, second.stop) == (True, False, first.stop)
    assert (path.read_bytes(), len(rows(store))) == (text, 1)


def test_a_file_that_had_gone_is_written_again_with_its_first_reason(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    stop(store)
    text = path.read_bytes()
    path.unlink()
    again = stop(store, "another reason")
    assert (again.already, again.restored, path.read_bytes(), len(rows(store))) == (True, True, text, 1)


def test_lifted_the_file_is_gone_and_the_record_says_by_whom(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    stop(store)
    lifted = lift(store)
    assert lifted is not None
    assert not path.exists()
    assert [(row[4] is not None, *row[5:]) for row in rows(store)] == [(True, "bob", "it is up")]
    assert lift(store) is None
    stop(store)
    assert [row[4] is None for row in rows(store)] == [False, True]


def test_what_is_not_stopped_is_not_lifted(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    assert lift(store) is None
    assert rows(store) == []


def test_a_file_of_somebody_else_is_lifted_and_noted(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    path.write_text("stop it! \u00e9")
    lifted = lift(store)
    assert lifted is not None
    assert lifted.stop.reason.startswith("found without a record: stop it!")
    assert not path.exists()
    assert rows(store)[0][5:] == ("bob", "it is up")


def test_a_stop_whose_file_has_gone_can_be_lifted(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    stop(store)
    path.unlink()
    lifted = lift(store)
    assert lifted is not None
    assert lifted.had_gone
    assert rows(store)[0][5] == "bob"


@pytest.mark.parametrize(
    ("stop_file", "said"),
    [
        ({}, "the campaign c has no stop_file; give it one, such as "),
        ({"pc": PC}, "the stop_file of c has no `write`; make "),
        ({"pc": PC, "write": "/nowhere/at/all/c.stop"}, "/nowhere/at/all: the folder is not there; make it or mount"),
        ({"pc": PC, "write": "/proc/c.stop"}, "/proc/c.stop: it cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_sentence_and_not_recorded(
    store: Store, stop_file: dict[str, str], said: str
) -> None:
    load(store, **stop_file)
    with pytest.raises(InputError) as caught:
        stop(store)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert rows(store) == []


def test_a_share_that_is_not_mounted_is_not_taken_for_one_without_the_file(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    stop(store)
    path.parent.rename(path.parent.with_name("elsewhere"))
    with pytest.raises(InputError, match="the folder is not there"):
        lift(store)
    assert rows(store)[0][4] is None


def test_a_campaign_that_is_not_loaded_is_refused_with_those_that_are(store: Store) -> None:
    load(store, pc=PC)
    with pytest.raises(InputError, match="there is no campaign d; there are c"):
        stop_campaign(store, "d", reason="r", author="a")


def test_a_cut_in_the_middle_of_writing_leaves_no_file(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, pc=PC, write=str(path))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        stop(store)
    assert list(path.parent.iterdir()) == []
    assert rows(store) == []


def test_a_store_that_fails_after_the_file_was_written_says_both(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, pc=PC, write=str(path))

    def fails(*_: object, **__: object) -> None:
        raise StoreError("the store failed")

    monkeypatch.setattr(module, "begin_stop", fails)
    with pytest.raises(StoreError, match=r"c\.stop is written, so c is stopped; it is not recorded: the store failed"):
        stop(store)
    assert path.exists()
    monkeypatch.undo()
    assert not stop(store).already
    assert len(rows(store)) == 1


def test_a_campaign_that_is_stopped_keeps_its_file(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    stop(store)
    check_stop_file(store, campaign(pc=PC, write=str(path), if_unreadable="stop"), "c.yml")
    for other in ({}, {"pc": PC}, {"pc": PC, "write": str(path.with_name("d.stop"))}):
        with pytest.raises(InputError, match=r"c\.yml: stop_file: c is stopped since .*; lift that first"):
            check_stop_file(store, campaign(**other), "c.yml")
    lift(store)
    check_stop_file(store, campaign(), "c.yml")


def test_two_campaigns_do_not_share_a_file(store: Store, path: Path) -> None:
    load(store, pc=PC, write=str(path))
    for same in ({"pc": PC.upper()}, {"pc": r"\\b.example\netlogon\x", "write": f"{path.parent}/./c.stop"}):
        with pytest.raises(InputError, match=r"d\.yml: stop_file: c has the same file"):
            check_stop_file(store, campaign("d", **same), "d.yml")
    check_stop_file(store, campaign("d", pc=r"\\b.example\netlogon\x"), "d.yml")


def test_a_campaign_that_cannot_be_stopped_is_warned_about() -> None:
    assert "has no stop_file" in (warning_of(campaign()) or "")
    assert "has no `write`" in (warning_of(campaign(pc=PC)) or "")
    assert warning_of(campaign(pc=PC, write="/mnt/c.stop")) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pc": "stop"}, "no whole Windows path"),
        ({"pc": r"\\acme.example\netlogon"}, "no whole Windows path"),
        ({"pc": PC, "write": "netlogon/c.stop"}, "no whole path on the controller"),
        ({"pc": PC, "host": "dc1"}, "on a Windows host is not there yet"),
    ],
)
def test_places_that_nobody_could_find_are_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        StopFile.model_validate(given)
