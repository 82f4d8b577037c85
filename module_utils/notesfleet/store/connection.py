"""Opening, making and migrating the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from notesfleet.errors import StoreError
from notesfleet.store.tables import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 30


@dataclass(frozen=True)
class Store:
    """An open store of the right revision."""

    engine: sa.Engine

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Everything inside or nothing. Raises StoreError where the database fails."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(f"the store {shown(self.engine.url)} failed: {_sentence(error)}") from error

    def check_there(self) -> None:
        """Raises StoreError where its file is gone: a connection that is open would not notice."""
        if _missing(self.engine.url):
            self.engine.dispose()
            raise StoreError(f"the store {shown(self.engine.url)} is not there any more; put it back")

    def close(self) -> None:
        self.engine.dispose()


def open_store(address: str) -> Store:
    """The store at SQLAlchemy's address.

    Raises StoreError with its remedy where it is missing or of another revision.
    """
    url = _url(address)
    if _missing(url):
        raise StoreError(f"there is no store {shown(url)}; make it with `notesfleet store init`")
    engine = _engine(url)
    revision = _revision(engine)
    if revision == REVISION:
        return Store(engine)
    engine.dispose()
    if revision is None:
        raise StoreError(f"{shown(url)} is not a store of notesfleet; make one with `notesfleet store init`")
    if revision > REVISION:
        raise StoreError(
            f"the store {shown(url)} has revision {revision}, newer than {REVISION}; install a newer notesfleet"
        )
    raise StoreError(f"the store {shown(url)} has revision {revision}, not {REVISION}; run `notesfleet store migrate`")


def make_store(address: str) -> bool:
    """Make the store, or bring it to this revision. False where nothing was to do."""
    url = _url(address)
    if url.drivername.startswith("sqlite") and url.database and _missing(url):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url)
    try:
        before = _revision(engine)
        if before is not None and before > REVISION:
            raise StoreError(
                f"the store {shown(url)} has revision {before}, newer than {REVISION}; install a newer notesfleet"
            )
        if before != REVISION:
            _upgrade(engine)
        return before != REVISION
    finally:
        engine.dispose()


def migrate_store(address: str) -> bool:
    """Bring an existing store to this revision. Raises StoreError where there is none."""
    url = _url(address)
    if _missing(url):
        raise StoreError(f"there is no store {shown(url)}; make it with `notesfleet store init`")
    return make_store(address)


def shown(url: sa.URL) -> str:
    """The address for people: without its password."""
    return url.render_as_string(hide_password=True)


def shown_address(address: str) -> str:
    """An address for people: without its password."""
    return shown(_url(address))


def _url(address: str) -> sa.URL:
    try:
        return sa.make_url(address)
    except SQLAlchemyError as error:
        raise StoreError(
            "NOTESFLEET_STORE is no address of a database; an example: sqlite:////srv/notesfleet/store.db"
        ) from error


def _missing(url: sa.URL) -> bool:
    if not url.drivername.startswith("sqlite"):
        return False
    return bool(url.database) and url.database != ":memory:" and not Path(str(url.database)).is_file()


def _engine(url: sa.URL) -> sa.Engine:
    try:
        if not url.drivername.startswith("sqlite"):
            return sa.create_engine(url)
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(f"the store {shown(url)} cannot be opened: {error}; install its driver") from error
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _revision(engine: sa.Engine) -> str | None:
    """The revision that Alembic noted, read without loading Alembic: inventories open the store often."""
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        raise StoreError(
            f"the store {shown(engine.url)} cannot be read: {_sentence(error)}; look at NOTESFLEET_STORE"
        ) from error


def _upgrade(engine: sa.Engine) -> None:
    # Loaded only here: the command line starts without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise StoreError(f"the store {shown(engine.url)} cannot be migrated: {_sentence(error)}") from error


def _sentence(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())
