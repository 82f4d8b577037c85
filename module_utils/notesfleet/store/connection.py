"""Opening, making and migrating the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from notesfleet.errors import StoreError
from notesfleet.store.databases import (
    check_encoding,
    engine_of,
    is_sqlite,
    parse_address,
    reading,
    remedy,
    shown,
    why,
    writing,
)
from notesfleet.store.tables import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Store:
    """An open store of the right revision."""

    engine: sa.Engine

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """To write: everything inside or nothing, one writer at a time. Raises StoreError where the database fails."""
        with self._begun(writing(self.engine)) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """To read: the store at one moment, whoever writes meanwhile. Raises StoreError where the database fails."""
        with self._begun(reading(self.engine)) as connection:
            yield connection

    @contextmanager
    def _begun(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(f"the store {shown(self.engine.url)} failed: {why(error)}") from error

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
    url = parse_address(address)
    if _missing(url):
        raise StoreError(f"there is no store {shown(url)}; make it with `notesfleet store init`")
    engine = engine_of(url)
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
    url = parse_address(address)
    if _missing(url):
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    return _bring(url, new=True)


def migrate_store(address: str) -> bool:
    """Bring an existing store to this revision. Raises StoreError where there is none."""
    url = parse_address(address)
    if _missing(url):
        raise StoreError(f"there is no store {shown(url)}; make it with `notesfleet store init`")
    return _bring(url, new=False)


def _bring(url: sa.URL, *, new: bool) -> bool:
    engine = engine_of(url)
    try:
        before = _revision(engine)
        if before is None and not new:
            raise StoreError(f"{shown(url)} is not a store of notesfleet; make one with `notesfleet store init`")
        if before is not None and before > REVISION:
            raise StoreError(
                f"the store {shown(url)} has revision {before}, newer than {REVISION}; install a newer notesfleet"
            )
        if before != REVISION:
            _upgrade(engine)
        return before != REVISION
    finally:
        engine.dispose()


def shown_address(address: str) -> str:
    """An address for people: without its password."""
    return shown(parse_address(address))


def _missing(url: sa.URL) -> bool:
    if not is_sqlite(url):
        return False
    return bool(url.database) and url.database != ":memory:" and not Path(str(url.database)).is_file()


def _revision(engine: sa.Engine) -> str | None:
    """The revision that Alembic noted, read without loading Alembic: inventories open the store often."""
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        raise StoreError(f"the store {shown(engine.url)} cannot be read: {why(error)}; {remedy(engine.url)}") from error


def _upgrade(engine: sa.Engine) -> None:
    # Loaded only here: the command line starts without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        # As the one writer: of two that migrate at once, the second finds nothing to do.
        with writing(engine).begin() as connection:
            check_encoding(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise StoreError(
            f"the store {shown(engine.url)} cannot be migrated: {why(error)}; {remedy(engine.url)}"
        ) from error
