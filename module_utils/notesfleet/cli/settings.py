"""The store and the settings, as commands get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from notesfleet.errors import InputError
from notesfleet.settings import Settings

if TYPE_CHECKING:
    from notesfleet.store.connection import Store


def settings() -> Settings:
    """The settings of the environment. Raises InputError that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"NOTESFLEET_{str(first['loc'][0]).upper()}: {first['msg']}") from error


def the_store() -> Store:
    """The open store. Raises StoreError where it is missing or of another revision."""
    # SQLAlchemy is loaded only by commands that need it: `--help` stays quick.
    from notesfleet.store.connection import open_store

    return open_store(settings().store_address)
