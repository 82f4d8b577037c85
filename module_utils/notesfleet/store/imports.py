"""Importing a run's spool: one transaction, from where the last import of that run ended (design 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from notesfleet.errors import DocumentError, InputError
from notesfleet.settings import Settings
from notesfleet.store import answers, records, surveys
from notesfleet.store.asides import Asides
from notesfleet.store.connection import Store
from notesfleet.store.spool import SpoolRecord, read_spool
from notesfleet.store.tables import absences, pcs, plays, results, runs


@dataclass(frozen=True)
class Imported:
    """What an import came to. `asides`, `refused`: one sentence for each document or line that was not used."""

    run: str
    records: int
    asides: list[str]
    refused: list[str]


def import_spool(store: Store, path: Path, aside_folder: Path | None = None) -> Imported:
    """Import what is new in a spool. Imported again, or cut off and resumed, nothing is lost or counted twice.

    Damaged lines are named in the result and never used. Raises InputError where the file cannot be read or
    is no spool, StoreError where the store fails (then nothing of this import is kept).
    """
    run = path.stem
    with store.transaction() as connection:
        start = _claim(connection, run)
        try:
            part = read_spool(path, start)
        except OSError as error:
            raise InputError(f"the spool cannot be read ({error.strerror})", where=str(path)) from error
        if start == 0 and part.end and not part.records:
            raise InputError("no line of it is a record of a spool", where=str(path))
        asides = Asides(connection, aside_folder or Settings().aside_folder, run)
        refused = [f"{path}: line {number} after byte {start} is damaged and was not used" for number in part.refused]
        for record in part.records:
            try:
                _take(connection, run, record, asides)
            except (ValidationError, DocumentError) as error:
                refused.append(f"{path}: the record {record.kind} at byte {record.offset} is not used: {_first(error)}")
        connection.execute(sa.update(runs).where(runs.c.id == run).values(imported=part.end))
    return Imported(run, len(part.records), asides.sentences, refused)


def import_folder(store: Store, folder: Path, aside_folder: Path | None = None) -> list[Imported]:
    """Import every spool of a folder, oldest first."""
    spools = sorted(folder.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime, path.name))
    return [import_spool(store, path, aside_folder) for path in spools]


def import_left(store: Store, folder: Path, aside_folder: Path | None = None) -> list[str]:
    """Import what killed runs left in their spools. A sentence for each thing that was not used.

    Runs that are under way are imported as far as they are; they go on from there themselves.
    """
    with store.snapshot() as connection:
        rows = connection.execute(sa.select(runs.c.id, runs.c.imported))
        imported = {row.id: int(row.imported) for row in rows}
    sentences: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        if path.stat().st_size <= imported.get(path.stem, 0):
            continue
        try:
            done = import_spool(store, path, aside_folder)
        except InputError as error:
            sentences.append(str(error))
        else:
            sentences += done.asides + done.refused
    return sentences


def _claim(connection: sa.Connection, run: str) -> int:
    """The offset to go on from: a second importer of this run waits until this transaction ends, and goes on there."""
    imported = connection.execute(sa.select(runs.c.imported).where(runs.c.id == run)).scalar()
    if imported is not None:
        return int(imported)
    values = {"id": run, "playbook": "", "started": "", "check": False, "controller": "", "imported": 0}
    connection.execute(sa.insert(runs).values(**values))
    return 0


def _take(connection: sa.Connection, run: str, record: SpoolRecord, asides: Asides) -> None:
    fields, position = record.fields, record.offset
    match record.kind:
        case "run":
            _run(connection, run, records.Run.model_validate(fields))
        case "play":
            play = records.Play.model_validate(fields)
            connection.execute(sa.insert(plays).values(run=run, position=position, **play.model_dump()))
        case "sent":
            answers.take_sent(connection, position, run, records.Sent.model_validate(fields), asides)
        case "cancelled":
            # Kept in the spool; what the PC confirms comes with the answer.
            records.Cancelled.model_validate(fields)
        case "survey":
            surveys.take_survey(connection, position, records.Surveyed.model_validate(fields), asides)
        case "answer":
            answers.take_answer(connection, position, records.Answer.model_validate(fields), asides)
        case "absent":
            _absent(connection, run, position, records.Absent.model_validate(fields))
        case "aside":
            aside = records.Aside.model_validate(fields)
            asides.put(position, **aside.model_dump())
        case "result":
            result = records.Result.model_validate(fields)
            connection.execute(sa.insert(results).values(run=run, position=position, **result.model_dump()))
        case "end":
            end = records.End.model_validate(fields)
            connection.execute(sa.update(runs).where(runs.c.id == run).values(ended=end.at, stats=end.stats))


def _run(connection: sa.Connection, run: str, said: records.Run) -> None:
    if said.id != run:
        raise DocumentError(f"the file is named for run {run}, and its record is of run {said.id}")
    values: dict[str, Any] = said.model_dump(exclude={"id"})
    connection.execute(sa.update(runs).where(runs.c.id == run).values(**values))


def _absent(connection: sa.Connection, run: str, position: int, said: records.Absent) -> None:
    connection.execute(sa.insert(absences).values(run=run, position=position, **said.model_dump()))
    unknown_since = sa.or_(pcs.c.answered_at.is_(None), pcs.c.answered_at <= said.at)
    values = {"absent_at": said.at, "absent_why": said.why}
    connection.execute(sa.update(pcs).where(pcs.c.name == said.pc, unknown_since).values(**values))


def _first(error: ValidationError | DocumentError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
