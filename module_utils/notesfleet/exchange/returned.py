"""What minions return goes into the store: their runs' records, through a spool here, as Ansible's do.

A minion speaks for its own PC alone: a record of another PC, of another's clients or of a kind that only a controller
makes refuses the whole run, before anything of it is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from notesfleet.audit.naming import fold
from notesfleet.errors import DocumentError, NotesfleetError
from notesfleet.exchange.minion import RUN
from notesfleet.fleet.waves import resolve
from notesfleet.orders.documents import ANSWER_LIMIT
from notesfleet.packed import unpack
from notesfleet.settings import Settings
from notesfleet.store import records
from notesfleet.store.connection import Store, open_store
from notesfleet.store.imports import import_spool
from notesfleet.store.minions import pc_of
from notesfleet.store.runs import find_runs
from notesfleet.store.spool import SpoolRecord, parse_spool

_KINDS: dict[str, type[BaseModel]] = {
    "run": records.Run,
    "play": records.Play,
    "survey": records.Surveyed,
    "sent": records.Sent,
    "answer": records.Answer,
    "aside": records.Aside,
    "result": records.Result,
    "end": records.End,
}


def records_in(value: Any, depth: int = 5) -> list[str]:
    """The packed records in what a function or a state run returned, at most so deep in it."""
    if not isinstance(value, dict) or not depth:
        return []
    if isinstance(value.get("record"), list):
        return [str(each) for each in value["record"]]
    return [packed for each in value.values() for packed in records_in(each, depth - 1)]


def take_returned(minion: str, value: Any) -> list[str]:
    """Take the runs that a minion returned into the store. Gives a sentence for whatever is not used.

    Raises StoreError where the store fails; what came lies in the spool folder then, or comes again.
    """
    # A state run returns its record with each state, and each is the whole so far.
    found = list(dict.fromkeys(records_in(value)))
    if not found:
        return []
    settings = Settings()
    store = open_store(settings.store_address)
    try:
        sentences = [sentence for packed in found for sentence in _take(store, settings, minion, packed)]
        resolve(store)
    finally:
        store.close()
    return sentences


def _take(store: Store, settings: Settings, minion: str, packed: str) -> list[str]:
    try:
        data = unpack(packed, ANSWER_LIMIT)
        run = _admitted(data, pc_of(store, minion))
        path = settings.spool_folder / f"{run}.jsonl"
        known = path.read_bytes() if path.exists() else b""
        if known.startswith(data):
            return []
        if not data.startswith(known) or (not known and find_runs(store, run)):
            raise DocumentError(f"its run {run} is known here, and was another")
    except (NotesfleetError, ValidationError, ValueError) as error:
        return [f"what the minion {minion} returned is not used: {_sentence(error)}"]
    settings.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as spool:
        spool.write(data[len(known) :])
    imported = import_spool(store, path)
    return imported.asides + imported.refused


def _admitted(data: bytes, pc: str) -> str:
    """The run that the lines are of. Raises DocumentError where they are not this PC's own."""
    part = parse_spool(data)
    if part.refused or part.end != len(data) or not part.records or part.records[0].kind != "run":
        raise DocumentError("it is not the record of a run")
    for record in part.records:
        if record.kind not in _KINDS:
            raise DocumentError(f"a minion makes no record of the kind {record.kind[:40]}")
        said = _KINDS[record.kind].model_validate(record.fields)
        if getattr(said, "pc", pc) != pc:
            raise DocumentError(f"a record is of another PC than {pc}")
        if strangers := [name for name in _names(record, said) if not _of_pc(name, pc)]:
            raise DocumentError(f"{strangers[0][:80]} is no client of {pc}")
    run = str(part.records[0].fields.get("id"))
    if not RUN.fullmatch(run):
        raise DocumentError("its run has no name of a run")
    return run


def _names(record: SpoolRecord, said: BaseModel) -> Iterator[str]:
    """Every host and client that a record speaks of."""
    yield from (str(record.fields[name]) for name in ("host", "client") if name in record.fields)
    match said:
        case records.Play():
            yield from said.hosts
        case records.Sent():
            yield from (each.client for each in said.orders)
        case records.Answer():
            yield from said.clients.values()
        case records.End():
            yield from said.stats


def _of_pc(name: str, pc: str) -> bool:
    return name == pc or name.startswith(f"{fold(pc)}~")


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
