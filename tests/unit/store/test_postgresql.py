"""A store in PostgreSQL alone: what can be wrong with its server or its address, each said in one line."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from command_line import Cli
from postgresql import GUARDED, PostgreSql
from stores import add_pc

from notesfleet.errors import StoreError
from notesfleet.store import databases
from notesfleet.store.connection import make_store, open_store
from notesfleet.store.standing import read_standings

DRIVER = "postgresql+psycopg://"


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    return Refused(Cli(tmp_path))


class Refused:
    """`notesfleet store info` at an address: the one line with which it is refused."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def __call__(self, address: str) -> str:
        (line,) = self._cli.refused("store", "info", NOTESFLEET_STORE=address).splitlines()
        return line


def test_a_server_that_is_not_there_is_said_with_the_remedy_and_without_the_password(refused: Refused) -> None:
    line = refused(f"{DRIVER}me:s3cret@127.0.0.1:1/none?password=s3cret")
    assert "Connection refused" in line
    assert "look at NOTESFLEET_STORE" in line
    assert "s3cret" not in line


def test_a_server_that_says_nothing_is_not_waited_for(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "_CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as dark:
        assert "timeout" in refused(f"{DRIVER}me@127.0.0.1:{dark.getsockname()[1]}/none")


def test_a_wrong_password_is_said_and_not_shown(refused: Refused, postgresql: PostgreSql) -> None:
    line = refused(postgresql.address("postgres", f"{GUARDED}:wr%40ng"))
    assert "password authentication failed" in line
    assert f"{GUARDED}:***@" in line
    assert "wr" not in line.replace("wrong", "").replace("written", "")


def test_an_unknown_database_is_said(refused: Refused, postgresql: PostgreSql) -> None:
    assert 'database "none" does not exist' in refused(postgresql.address("none"))


def test_a_role_that_may_not_make_tables_is_said(tmp_path: Path, postgresql: PostgreSql) -> None:
    with postgresql.database("TEMPLATE template0") as address:
        name = sa.make_url(address).database
        guarded = postgresql.address(str(name), f"{GUARDED}:right")
        (line,) = Cli(tmp_path).refused("store", "init", NOTESFLEET_STORE=guarded).splitlines()
    assert "permission denied for schema public" in line
    assert "docs/postgresql.md" in line


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://me:s3cret@db/x", "cannot lie in mysql"),
        ("postgresql+asyncpg://me:s3cret@db/x", "cannot lie in postgresql+asyncpg"),
        ("postgres://me:s3cret@db/x", "is no address of a database"),
        (f"{DRIVER}me:s3cret@db:54x2/x", "is no address of a database"),
        (f"{DRIVER}me:a@s3cret@db/x", "write %40 for @"),
        (f"{DRIVER}me:a@s3cret/b@db/x", "write %40 for @"),
        (f"{DRIVER}me:a@b:s3cret@db/x", "is no address of a database"),
        (f"{DRIVER}me:a@b?s3cret@db/x", "write %40 for @"),
        (f"{DRIVER}me@127.0.0.1:1/x?s3cret=1", "invalid connection option"),
    ],
)
def test_a_wrong_address_is_one_line(refused: Refused, address: str, said: str) -> None:
    line = refused(address)
    assert said in line
    assert "s3cret" not in line or said == "invalid connection option"


def test_a_missing_driver_says_how_to_install_it(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'notesfleet[postgresql]'" in refused(f"{DRIVER}me:s3cret@127.0.0.1/none")


def test_the_address_of_a_good_store_is_shown_without_its_password(tmp_path: Path, postgresql: PostgreSql) -> None:
    with postgresql.database() as address:
        done = Cli(tmp_path)("store", "info", NOTESFLEET_STORE=address.replace("postgres@", "postgres:s3cret@"))
    assert done.returncode == 0
    assert "postgres:***@" in done.stdout
    assert "s3cret" not in done.stdout


def test_a_database_of_another_encoding_is_refused(postgresql: PostgreSql) -> None:
    options = "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc"
    with (
        postgresql.database(options) as address,
        pytest.raises(StoreError, match="has the encoding LATIN1; make one with ENCODING 'UTF8'"),
    ):
        make_store(address)


def test_a_lost_connection_is_made_again(postgresql: PostgreSql) -> None:
    with postgresql.database() as address:
        store = open_store(address)
        read_standings(store)
        mine = f"datname = '{sa.make_url(address).database}'"
        assert postgresql.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}") == [(True,)]
        assert read_standings(store) == []
        store.close()


def test_what_is_left_of_a_locale_is_nothing(postgresql: PostgreSql) -> None:
    with postgresql.database() as address:
        store = open_store(address)
        add_pc(store)
        with store.snapshot() as connection:
            found = connection.execute(
                sa.text(
                    "SELECT DISTINCT data_type, collation_name FROM information_schema.columns"
                    " WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND collation_name IS NOT NULL"
                    " OR table_schema = 'public' AND data_type IN ('text', 'character varying')"
                    " AND table_name <> 'alembic_version'"
                )
            )
            assert found.all() == [("text", "C")]
        store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "ALTER TABLE pcs ADD COLUMN more text",
        "DROP INDEX {index}",
        "CREATE TABLE more (x int)",
    ],
)
def test_what_a_test_changed_is_in_no_other_tests_store(postgresql: PostgreSql, change: str) -> None:
    with postgresql.store() as address:
        store = open_store(address)
        add_pc(store)
        index = sa.inspect(store.engine).get_indexes("results")[0]["name"]
        with store.transaction() as connection:
            connection.execute(sa.text(change.format(index=index)))
        store.close()
    with postgresql.store() as other:
        assert other != address
        store = open_store(other)
        add_pc(store)
        store.close()
    with postgresql.store() as again:
        assert again == other
        store = open_store(again)
        with store.snapshot() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM pcs")).scalar() == 0
        store.close()
