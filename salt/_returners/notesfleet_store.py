"""
Takes what the functions of notesfleet return into its store.

On a master: ``event_return: notesfleet_store``. On a minion without one: ``--return notesfleet_store``.

:depends: the Python package notesfleet, and its store (NOTESFLEET_STORE or NOTESFLEET_HOME)
"""

from __future__ import annotations

import fnmatch
import logging
from typing import Any

try:
    from notesfleet.errors import NotesfleetError
    from notesfleet.exchange.returned import take_returned
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

__load__ = ["event_return", "returner"]

log = logging.getLogger(__name__)


def __virtual__() -> bool | tuple[bool, str]:
    if MISSING is not None:
        return False, f"the Python package notesfleet cannot be imported ({MISSING})"
    return True


def returner(ret: dict[str, Any]) -> None:
    """
    Take one job's result in.
    """
    try:
        sentences = take_returned(str(ret["id"]), ret.get("return"))
    except NotesfleetError as error:
        sentences = [f"what {ret['id']} returned is not in the store: {error}"]
    for sentence in sentences:
        log.error("%s", sentence)


def event_return(events: list[dict[str, Any]]) -> None:
    """
    Take the results among the master's events in.
    """
    for event in events:
        if fnmatch.fnmatch(str(event.get("tag")), "salt/job/*/ret/*"):
            returner(event["data"])
