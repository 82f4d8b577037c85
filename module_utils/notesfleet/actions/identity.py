"""Whose Notes it is, looked at before the first write (safety 1.2; action-engine section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from notesfleet import clock
from notesfleet.actions.client import Client
from notesfleet.actions.journal_writer import JournalWriter
from notesfleet.actions.moment import Moment
from notesfleet.actions.names import same
from notesfleet.codes import Code, PendingReason
from notesfleet.errors import ActionFailure


def check_identity(
    client: Client,
    writer: JournalWriter,
    moment: Moment,
    pend: Callable[[PendingReason], NoReturn],
    refuse: Callable[[Code, str], NoReturn],
) -> bool:
    """Compare the session's user and data directory with the order's; True: looked at in this pass.

    COM may find another notes.ini or ID than the user's (notes_client 1), hence the comparison.
    """
    way = moment.way_to_session(client.staging.prompt_free)
    if way is not None:
        try:
            found = _look(client, way, moment)
        except ActionFailure as failure:
            refuse(failure.code, failure.text)
        known = writer.progress.identity
        if known is None or any(known[name] != value for name, value in found.items()):
            writer.append("identity", **found)
    known = writer.progress.identity
    if known is None:
        pend(moment.why_not(("ole", "com")))
    owner = client.order.owner
    if owner.user is not None and not same(owner.user, str(known["user"]), "name"):
        refuse(Code.OTHER_IDENTITY, f"Notes runs as {known['user']}")
    if not same(owner.data, str(known["data"]), "path"):
        refuse(Code.OTHER_IDENTITY, f"Notes uses {known['data']}")
    return way is not None


def _look(client: Client, way: str, moment: Moment) -> dict[str, str | None]:
    session = client.session(way)
    return {
        "user": session.UserName,
        "data": session.GetEnvironmentString("Directory", True),
        "machine": client.seams.get_machine_id(),
        "notes_started": None if moment.notes_started is None else clock.text(moment.notes_started),
    }
