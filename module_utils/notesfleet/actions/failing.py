"""Errors that no code names become failures with one (action-engine section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from notesfleet.canonical import NotCanonical
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure, NotesfleetError


class MomentLost(Exception):
    """Notes was opened or closed while a stage ran: nothing more begins."""


T = TypeVar("T")
TEXT_LIMIT = 1024


def told(work: Callable[[], T]) -> T:
    """The result of `work`. Raises ActionFailure for every error that is not notesfleet's own."""
    try:
        return work()
    except ActionFailure as failure:
        raise ActionFailure(failure.code, failure.text[:TEXT_LIMIT]) from failure
    except (NotesfleetError, MomentLost):
        raise
    except NotCanonical as error:
        raise ActionFailure(Code.UNREADABLE, str(error)[:TEXT_LIMIT]) from error
    except Exception as error:
        raise ActionFailure(Code.RUNNER_ERROR, f"{type(error).__name__}: {error}"[:TEXT_LIMIT]) from error
