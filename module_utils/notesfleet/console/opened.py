"""The store as the console has it: open as long as the console runs, and never written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from django.conf import settings

from notesfleet.store.connection import Store, open_store


def open_for_reading(address: str) -> Store:
    """The store at an address, so that nothing can be written through it. Raises StoreError as `open_store` does."""
    store = open_store(address)
    if store.engine.dialect.name == "sqlite":
        sa.event.listen(store.engine, "connect", _refuse_writes)
        # What looked at the revision was opened before.
        store.engine.dispose()
        return store
    return Store(store.engine.execution_options(postgresql_readonly=True))


def the_store() -> Store:
    """The console's store. Raises StoreError where it is not there any more."""
    store: Store = settings.NOTESFLEET_STORE
    store.check_there()
    return store


def _refuse_writes(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()
