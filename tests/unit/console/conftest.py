"""The console in this process, over the untidy fleet: Django is set up once, accounts are made for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from untidy import untidy_store

from notesfleet.store.connection import Store

if TYPE_CHECKING:
    from django.test import Client

PASSWORD = "correct horse battery"
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of Django's database; settings are of a process, so there is one."""
    from notesfleet.console.configuration import configure

    folder = tmp_path_factory.mktemp("console")
    configure(folder)
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connections

    from notesfleet.console.accounts import prepare_database

    prepare_database()
    with pytest.MonkeyPatch.context() as patch:
        # The console's own cost is an eighth of a second for each account; its programs are tested with that.
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield folder
    connections.close_all()


@pytest.fixture(scope="module")
def store(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The untidy fleet, open as the console opens it."""
    from notesfleet.console.opened import open_for_reading

    made = untidy_store(tmp_path_factory.mktemp("store"))
    made.close()
    opened = open_for_reading(made.engine.url.render_as_string())
    yield opened
    opened.close()


@pytest.fixture
def visitor(store: Store) -> Iterator[Client]:
    """A browser without a sign-in; it keeps cookies and does not forgive a missing CSRF token."""
    from django.test import Client, override_settings

    with override_settings(NOTESFLEET_STORE=store):
        yield Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")


@pytest.fixture
def someone(home: Path) -> str:
    """Somebody who may sign in with `PASSWORD`."""
    from notesfleet.console.accounts import add_account

    name = f"ann{next(_NUMBERS)}"
    add_account(name, PASSWORD, "")
    return name


@pytest.fixture
def reader(visitor: Client, someone: str) -> Client:
    """A browser in which somebody is signed in."""
    from notesfleet.console.models import Account

    visitor.force_login(Account.objects.get(name=someone), "django.contrib.auth.backends.ModelBackend")
    return visitor
