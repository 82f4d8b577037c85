"""The stop file of a campaign: while it is there, no order of the campaign begins a stage on any PC (safety 1.11).

It reaches orders that lie on PCs which nobody can reach. What counts is the file; the store's record of it comes
after it, so that nobody is told of a stop that the PCs do not see.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.errors import InputError, StoreError
from notesfleet.fleet.campaign_file import Campaign, StopFile
from notesfleet.orders.recall import recall_line
from notesfleet.store.connection import Store
from notesfleet.store.histories import StopRecord
from notesfleet.store.recalls import OpenOrders, begin_stop, lift_stops, open_orders, open_stop
from notesfleet.store.tables import campaigns

EXAMPLE = r"`stop_file: {pc: '\\acme.example\netlogon\notesfleet.stop', write: /mnt/netlogon/notesfleet.stop}`"
LOAD = "and load the campaign again (`notesfleet campaign load`)"
FOUND_LIMIT = 300


@dataclass(frozen=True)
class Stopped:
    """A campaign that is stopped. `already`: it was before; `restored`: it was, but its file had gone."""

    path: Path
    pc: str
    stop: StopRecord
    already: bool
    restored: bool
    orders: OpenOrders


@dataclass(frozen=True)
class Lifted:
    """A campaign that goes on. `stop`: what was lifted; `had_gone`: its file was not there any more."""

    path: Path
    stop: StopRecord
    had_gone: bool
    orders: OpenOrders


def stop_campaign(store: Store, name: str, *, reason: str, author: str) -> Stopped:
    """Write the stop file, then record it. Stopped already: only what is missing of the two is done.

    Raises InputError where the campaign has no file that can be written, StoreError where the store fails.
    """
    place, path = _place(store, name)
    with store.snapshot() as connection:
        known = open_stop(connection, name)
    there = path.is_file()
    stop = known or StopRecord(author, reason, clock.text(clock.now()), None, None, None)
    if known is None or not there:
        _write(path, recall_line(f"campaign {name} stopped", at=stop.at, author=stop.author, reason=stop.reason))
    try:
        with store.transaction() as connection:
            if known is None:
                begin_stop(connection, name, author=author, reason=reason, at=stop.at)
            orders = open_orders(connection, name, place.pc)
    except StoreError as error:
        raise StoreError(f"{path} is written, so {name} is stopped; it is not recorded: {error}; stop again") from error
    return Stopped(path, place.pc, stop, known is not None, known is not None and not there, orders)


def lift_stop(store: Store, name: str, *, reason: str, author: str) -> Lifted | None:
    """Remove the stop file, then record it. None where the campaign is not stopped.

    A file that somebody else has put there is removed too. Raises as `stop_campaign`.
    """
    place, path = _place(store, name)
    with store.snapshot() as connection:
        known = open_stop(connection, name)
    found = _found(path)
    if known is None and found is None:
        return None
    _remove(path)
    at = clock.text(clock.now())
    stop = known or StopRecord(author, f"found without a record: {found}", at, None, None, None)
    try:
        with store.transaction() as connection:
            if known is None:
                begin_stop(connection, name, author=stop.author, reason=stop.reason, at=at)
            lift_stops(connection, name, author=author, reason=reason, at=at)
            orders = open_orders(connection, name, place.pc)
    except StoreError as error:
        raise StoreError(f"{path} is removed, so {name} goes on; it is not recorded: {error}; lift again") from error
    return Lifted(path, stop, found is None, orders)


def warning_of(campaign: Campaign) -> str | None:
    """What the campaign lacks to be stopped, one sentence."""
    if campaign.stop_file is None:
        return f"{campaign.name} has no stop_file, so what lies on PCs cannot be stopped; an example: {EXAMPLE}"
    if campaign.stop_file.write is None:
        return (
            "stop_file has no `write`, so `notesfleet stop` cannot stop the campaign: an administrator has to make "
            f"{campaign.stop_file.pc} by hand"
        )
    return None


def check_stop_file(store: Store, campaign: Campaign, where: str) -> None:
    """Whether the campaign may be loaded with this stop file. Raises InputError.

    One that is stopped keeps its own, else the old file could not be lifted; and each has one of its own, else one
    that is lifted would let the other go on.
    """
    with store.snapshot() as connection:
        documents = connection.execute(sa.select(campaigns.c.document)).scalars().all()
        stop = open_stop(connection, campaign.name)
    for each in map(Campaign.model_validate, documents):
        before, now = _paths(each.stop_file), _paths(campaign.stop_file)
        if each.name == campaign.name and stop is not None and before != now:
            remedy = f"lift that first: `notesfleet stop {each.name} --lift --reason TEXT`"
            raise InputError(
                f"stop_file: {each.name} is stopped since {stop.at} by another file", where=where, remedy=remedy
            )
        if each.name != campaign.name and before & now:
            raise InputError(f"stop_file: {each.name} has the same file", where=where, remedy="give each its own")


def _paths(stop_file: StopFile | None) -> set[tuple[str, str]]:
    """Where the file is, on the controller and as PCs see it."""
    if stop_file is None:
        return set()
    seen = {("pc", stop_file.pc.lower())}
    return seen | ({("write", os.path.normpath(stop_file.write))} if stop_file.write else set())


def _place(store: Store, name: str) -> tuple[StopFile, Path]:
    with store.snapshot() as connection:
        document = _document(connection, name)
        names = connection.execute(sa.select(campaigns.c.name).order_by(campaigns.c.name)).scalars().all()
    if document is None:
        raise InputError(f"there is no campaign {name}; there are {', '.join(names) or 'none: load one'}")
    place = Campaign.model_validate(document).stop_file
    if place is None:
        raise InputError(f"the campaign {name} has no stop_file", remedy=f"give it one, such as {EXAMPLE}, {LOAD}")
    if place.write is None:
        remedy = f"make {place.pc} by hand, or name its path on the controller there {LOAD}"
        raise InputError(f"the stop_file of {name} has no `write`", remedy=remedy)
    return place, Path(place.write)


def _document(connection: sa.Connection, name: str) -> object:
    return connection.execute(sa.select(campaigns.c.document).where(campaigns.c.name == name)).scalar()


def _write(path: Path, line: str) -> None:
    """Temporary beside it, flushed, renamed: a runner sees the whole file or none."""
    if not path.parent.is_dir():
        remedy = f"make it or mount the share, or correct stop_file.write {LOAD}"
        raise InputError("the folder is not there", where=str(path.parent), remedy=remedy)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="ascii") as file:
            # Whatever the umask: users must be able to read it. A mounted share may have no modes.
            with contextlib.suppress(OSError):
                os.fchmod(file.fileno(), 0o644)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise _refused(path, "written", error) from error


def _found(path: Path) -> str | None:
    """The beginning of what stands in the file; None where there is none."""
    try:
        return " ".join(path.read_text(encoding="ascii", errors="replace")[:FOUND_LIMIT].split())
    except FileNotFoundError:
        if path.parent.is_dir():
            return None
        # A share that is not mounted may hold the file.
        remedy = f"mount the share, or correct stop_file.write {LOAD}"
        raise InputError("the folder is not there", where=str(path.parent), remedy=remedy) from None
    except OSError as error:
        raise _refused(path, "looked at", error) from error


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, "removed", error) from error


def _refused(path: Path, what: str, error: OSError) -> InputError:
    remedy = f"give {os.environ.get('USER') or 'this user'} the right to, or correct stop_file.write {LOAD}"
    return InputError(f"it cannot be {what} ({error.strerror})", where=str(path), remedy=remedy)
