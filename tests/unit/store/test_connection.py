"""The store is made, opened, migrated; what is wrong with it is said with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from notesfleet.errors import StoreError
from notesfleet.store.connection import Store, make_store, migrate_store, open_store
from notesfleet.store.tables import metadata, pcs


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'store.db'}"


def test_the_migrations_make_the_very_tables_of_the_package(address: str) -> None:
    make_store(address)
    store = open_store(address)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_making_it_twice_changes_nothing(address: str) -> None:
    assert make_store(address)
    assert not make_store(address)
    assert not migrate_store(address)


def test_a_missing_store_is_not_made_by_opening_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="notesfleet store init"):
        open_store(address)
    with pytest.raises(StoreError, match="notesfleet store init"):
        migrate_store(address)
    assert not (tmp_path / "home").exists()


def test_a_file_that_is_no_store_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(f"sqlite:///{tmp_path / 'notes.txt'}")


@pytest.mark.parametrize(("revision", "remedy"), [("0000", "notesfleet store migrate"), ("9999", "newer notesfleet")])
def test_another_revision_is_refused(address: str, revision: str, remedy: str) -> None:
    make_store(address)
    store = open_store(address)
    with store.transaction() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    store.close()
    with pytest.raises(StoreError, match=remedy):
        open_store(address)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as error:
        open_store("postgresql+psycopg://me:s3cret@127.0.0.1:1/none")
    assert "s3cret" not in str(error.value)


def _insert_twice(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(sa.insert(pcs).values(name="pc1", address="a", site="s"))
        connection.execute(sa.insert(pcs).values(name="pc1", address="a", site="s"))


def test_a_transaction_that_fails_leaves_nothing(address: str) -> None:
    make_store(address)
    store = open_store(address)
    with pytest.raises(StoreError):
        _insert_twice(store)
    with store.transaction() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(pcs)).scalar_one() == 0
    store.close()
