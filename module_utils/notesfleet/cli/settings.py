"""The store, the settings and the language, as commands get them."""

from __future__ import annotations

import atexit
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from notesfleet.errors import InputError
from notesfleet.settings import Settings

if TYPE_CHECKING:
    from notesfleet.reports.words import Language
    from notesfleet.store.connection import Store


class LangName(StrEnum):
    """A language of reports, as an argument."""

    EN = "en"
    FR = "fr"


Lang = Annotated[LangName | None, typer.Option(help="Language; without it, that of LANG.")]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def settings() -> Settings:
    """The settings of the environment. Raises InputError that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"NOTESFLEET_{str(first['loc'][0]).upper()}: {first['msg']}") from error


def the_store() -> Store:
    """The open store, closed at the program's end. Raises StoreError where it is missing or of another revision."""
    # SQLAlchemy is loaded only by commands that need it: `--help` stays quick.
    from notesfleet.store.connection import open_store

    store = open_store(settings().store_address)
    atexit.register(store.close)
    return store


def language_of(name: LangName | None) -> Language:
    """The language that was asked for, else that of the environment."""
    from notesfleet.reports.words import Language

    return Language(name.value) if name else Language.of_environment()
