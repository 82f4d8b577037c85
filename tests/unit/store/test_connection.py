"""The store is made, opened, migrated, on each database; what is wrong with it is said with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from command_line import Cli
from postgresql import EMPTY

from notesfleet.errors import StoreError
from notesfleet.store.connection import Store, make_store, migrate_store, open_store
from notesfleet.store.databases import engine_of
from notesfleet.store.tables import metadata, pcs


@pytest.fixture
def address(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a store may be made; nothing is there yet."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'store.db'}"
        return
    with request.getfixturevalue("postgresql").database(EMPTY) as empty:
        yield empty


def _differs(_context: Any, _seen: Any, _column: Any, found: Any, wanted: Any) -> bool | None:
    """PostgreSQL's texts have any length (`databases.align_columns`); the rest is compared as Alembic does."""
    return False if isinstance(found, sa.TEXT) and isinstance(wanted, sa.String) else None


def test_the_migrations_make_the_very_tables_of_the_package(address: str) -> None:
    make_store(address)
    store = open_store(address)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _differs})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_making_it_twice_changes_nothing(address: str) -> None:
    assert make_store(address)
    assert not make_store(address)
    assert not migrate_store(address)


def test_two_who_make_it_at_once_make_one(address: str, tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: cli.forked("store", "init", NOTESFLEET_STORE=address), range(2)))
    assert [(each.returncode, each.stderr) for each in both] == [(0, ""), (0, "")]
    open_store(address).close()


def test_a_new_file_is_opened_by_several_at_once_and_none_is_refused(tmp_path: Path) -> None:
    def opened(number: int) -> object:
        engine = engine_of(sa.make_url(f"sqlite:///{tmp_path / str(number)}.db"))
        together.wait(10)
        with engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    together = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        modes = list(pool.map(opened, [number for number in range(100) for _ in range(4)]))
    assert modes == ["wal"] * 400


def test_a_missing_store_is_not_made_by_opening_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'home' / 'store.db'}"
    with pytest.raises(StoreError, match="notesfleet store init"):
        open_store(address)
    with pytest.raises(StoreError, match="notesfleet store init"):
        migrate_store(address)
    assert not (tmp_path / "home").exists()


def test_a_file_that_is_no_store_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(f"sqlite:///{tmp_path / 'notes.txt'}")


def test_a_database_without_the_tables_is_said_so_and_not_migrated(address: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "store.db").touch()
    for attempt in (open_store, migrate_store):
        with pytest.raises(StoreError, match="is not a store of notesfleet; make one with `notesfleet store init`"):
            attempt(address)


@pytest.mark.parametrize(("revision", "remedy"), [("0000", "notesfleet store migrate"), ("9999", "newer notesfleet")])
def test_another_revision_is_refused(address: str, revision: str, remedy: str) -> None:
    make_store(address)
    store = open_store(address)
    with store.transaction() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    store.close()
    with pytest.raises(StoreError, match=remedy):
        open_store(address)


def _insert_twice(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(sa.insert(pcs).values(name="pc1", address="a", site="s"))
        connection.execute(sa.insert(pcs).values(name="pc1", address="a", site="s"))


def test_a_transaction_that_fails_leaves_nothing(address: str) -> None:
    make_store(address)
    store = open_store(address)
    with pytest.raises(StoreError):
        _insert_twice(store)
    with store.snapshot() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(pcs)).scalar_one() == 0
    store.close()
