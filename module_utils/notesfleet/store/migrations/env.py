"""Alembic's entry: the connection is handed over by `store.connection`."""

from __future__ import annotations

from alembic import context

from notesfleet.store.databases import align_columns
from notesfleet.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
    align_columns(connection, list(metadata.tables))
