"""Surveys become clients and facts of depth `outside`: one client for each profile with a notes.ini."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from notesfleet.audit.facts import Facts
from notesfleet.audit.reading import ClientReading, read_clients
from notesfleet.audit.survey import Survey
from notesfleet.errors import ActionFailure, DocumentError
from notesfleet.store import readings
from notesfleet.store.answers import answered, sentence
from notesfleet.store.asides import Asides
from notesfleet.store.records import Surveyed
from notesfleet.store.tables import clients, pcs


def take_survey(connection: sa.Connection, position: int, said: Surveyed, asides: Asides) -> None:
    """Take a survey in, or put it aside where it is none or its PC is not in the store."""
    try:
        if not connection.execute(sa.select(pcs.c.name).where(pcs.c.name == said.pc)).first():
            raise DocumentError(f"the PC {said.pc} is not in the store; take it in with `notesfleet clients import`")
        found = read_clients(Survey.model_validate(said.survey), said.pc, _known(connection, said.pc))
    except (DocumentError, ValidationError, ActionFailure) as error:
        asides.put(position, host=said.host, pc=said.pc, at=said.at, why=sentence(error), document=said.survey)
        return
    answered(connection, said.pc, said.at)
    for reading in found:
        _note(connection, said.pc, said.at, reading)
        had = readings.sections_of(connection, reading.name)
        new = {name: each for name, each in sections(reading.facts).items() if name not in reading.unread & had}
        readings.keep(connection, reading.name, said.at, "outside", new)


def sections(facts: Facts) -> Mapping[str, BaseModel]:
    """The sections that a reading has."""
    named = ((name, getattr(facts, name)) for name in type(facts).model_fields)
    return {name: section for name, section in named if isinstance(section, BaseModel)}


def _known(connection: sa.Connection, pc: str) -> dict[str, str]:
    """The names of this PC's clients, by SID."""
    rows = connection.execute(sa.select(clients.c.sid, clients.c.name).where(clients.c.pc == pc))
    return {row.sid: row.name for row in rows}


def _note(connection: sa.Connection, pc: str, at: str, reading: ClientReading) -> None:
    values = {"pc": pc, "account": reading.account, "sid": reading.sid, "audited_at": at}
    known = connection.execute(sa.update(clients).where(clients.c.name == reading.name).values(**values))
    if not known.rowcount:
        connection.execute(sa.insert(clients).values(name=reading.name, **values))
