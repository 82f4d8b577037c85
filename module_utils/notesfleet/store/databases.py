"""The databases that a store may lie in, SQLite and PostgreSQL: their addresses, how each is opened and begun.

Both give the same answers: one writer at a time, whole pictures for readers, the same values (`plain`), texts that sort
by their code points. What differs between the two is here, and nowhere else.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from notesfleet.errors import StoreError
from notesfleet.store.plain import json_text, plain

BUSY_SECONDS = 60
"""How long a writer waits for another one."""
_CONNECT_SECONDS = 10
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
_EXAMPLES = "sqlite:////srv/notesfleet/store.db or postgresql+psycopg://notesfleet@db.example/notesfleet"
_WRITES = "notesfleet_writes"
_WRITERS_LOCK = 0x6E6F746573
"""PostgreSQL's advisory locks have numbers: `notes` in ASCII."""
_LOCK_NOT_AVAILABLE = "55P03"


def parse_address(address: str) -> sa.URL:
    """SQLAlchemy's address of a store. Raises StoreError, which never repeats what may be a password."""
    try:
        url = sa.make_url(address)
        backend, driver = url.get_backend_name(), url.get_driver_name()
    # An impossible port is a ValueError.
    except (SQLAlchemyError, ValueError) as error:
        raise StoreError(f"NOTESFLEET_STORE is no address of a database; an example: {_EXAMPLES}") from error
    if _DRIVERS.get(backend) != driver:
        raise StoreError(f"NOTESFLEET_STORE: a store cannot lie in {backend}+{driver}; an example: {_EXAMPLES}")
    if backend == "postgresql" and address.count("@") > 1:
        raise StoreError("NOTESFLEET_STORE has several @; in a user or password write %40 for @, %2F for /, %25 for %")
    return url


def shown(url: sa.URL) -> str:
    """The address for people: without its passwords."""
    return url.difference_update_query([name for name in url.query if "password" in name]).render_as_string()


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def engine_of(url: sa.URL) -> sa.Engine:
    """The engine of an address; nothing is connected yet. Raises StoreError where its driver is missing."""
    try:
        engine = _sqlite(url) if is_sqlite(url) else _postgresql(url)
    except ImportError as error:
        why = " ".join(str(error).split())
        raise StoreError(
            f"the store {shown(url)} cannot be opened: {why}; install it: pip install 'notesfleet[postgresql]'"
        ) from error
    sa.event.listen(engine, "before_cursor_execute", _plain_parameters, retval=True)
    return engine


def writing(engine: sa.Engine) -> sa.Engine:
    """The same engine; what begins on it is the one writer until it ends, so what it has read stays true."""
    return engine.execution_options(**{_WRITES: True})


def reading(engine: sa.Engine) -> sa.Engine:
    """The same engine; what begins on it sees one moment, waits for no writer, and cannot write on PostgreSQL."""
    if is_sqlite(engine.url):
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def why(error: DBAPIError) -> str:
    """What a database says of a failure, in one line; that another one is writing, in our words."""
    said = error.orig
    busy = isinstance(said, sqlite3.OperationalError) and said.sqlite_errorcode == sqlite3.SQLITE_BUSY
    if busy or getattr(said, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return f"something else has been writing to it for {BUSY_SECONDS} s (database is locked); try again"
    diagnosis = getattr(said, "diag", None)
    if diagnosis is not None and diagnosis.message_primary:
        # Without the statement, which says nothing to an administrator.
        return "; ".join(filter(None, (diagnosis.message_primary, diagnosis.message_detail)))
    return " ".join(str(said).split())


def remedy(url: sa.URL) -> str:
    """What to look at where a store cannot be read or made."""
    made = "" if is_sqlite(url) else "; how to make the database and its role: docs/postgresql.md"
    return f"look at NOTESFLEET_STORE{made}"


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_serializer=json_text)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver would begin at the first write, too late for what was read before; `_begin_sqlite` does instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Two that make this switch of a new file at once would wait for each other, so SQLite refuses one, at once."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _postgresql(url: sa.URL) -> sa.Engine:
    """A server that is dark must not hang a run: neither at its begin nor in the middle."""
    options: dict[str, str | int] = {
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        "application_name": "notesfleet",
        "client_encoding": "utf8",
    }
    own = {name: value for name, value in options.items() if name not in url.query}
    engine = sa.create_engine(
        url, connect_args=own, json_serializer=json_text, pool_size=2, max_overflow=3, pool_pre_ping=True
    )
    sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: sa.Connection) -> None:
    if _writes(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")


def _writes(connection: sa.Connection) -> bool:
    return bool(connection.get_execution_options().get(_WRITES))


def _plain_parameters(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    return statement, plain(parameters)


def check_encoding(connection: sa.Connection) -> None:
    """Names of people need UTF-8. Raises StoreError where the database has another encoding."""
    if connection.dialect.name != "postgresql":
        return
    encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if encoding != "UTF8":
        raise StoreError(
            f"the database {shown(connection.engine.url)} has the encoding {encoding}; make one with ENCODING 'UTF8' "
            "(docs/postgresql.md)"
        )


def align_columns(connection: sa.Connection, tables: list[str]) -> None:
    """PostgreSQL: let columns of text hold and sort what they do on SQLite, whatever the database's locale is.

    Any length, so that one long name from a PC cannot keep a whole run out of the store; by code points.
    """
    if connection.dialect.name != "postgresql":
        return
    found = connection.execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND table_name IN :tables AND (data_type = 'character varying'"
            " OR data_type = 'text' AND collation_name IS DISTINCT FROM 'C')"
        ).bindparams(sa.bindparam("tables", tables, expanding=True))
    )
    quote, changes = connection.dialect.identifier_preparer.quote, dict[str, list[str]]()
    for table, column in found:
        changes.setdefault(table, []).append(f'ALTER COLUMN {quote(column)} TYPE text COLLATE "C"')
    for table, columns in changes.items():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(columns)}")
