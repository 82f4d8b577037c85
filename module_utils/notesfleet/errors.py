"""The one error tree of notesfleet.

::

    NotesfleetError             one sentence: what is wrong, where, what to do
    +- InputError               an administrator's file or argument; exit code 2
    +- StoreError               the store is missing, of another revision, or cannot be reached
    +- NotRecorded              a run without report_store; nothing may be sent
    +- DocumentError            a document from a PC (answer, survey, journal) that cannot be trusted
    |  +- JournalDamaged        a journal whose checksums do not hold
    +- ActionFailure            an action on a client failed, with a code of action-engine section 8

An error is printed as it is, on one line; it never needs a traceback to be understood.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from notesfleet.codes import Code


class NotesfleetError(Exception):
    """Base of all errors that notesfleet raises on purpose."""


class InputError(NotesfleetError):
    """A file, field or argument that an administrator gave is wrong."""

    def __init__(self, problem: str, *, where: str = "", remedy: str = "") -> None:
        self.problem, self.where, self.remedy = problem, where, remedy
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text}; {remedy}" if remedy else text)


class StoreError(NotesfleetError):
    """The store cannot be used; the text ends with the command that mends it."""


class NotRecorded(NotesfleetError):
    """No spool to write to: nothing may be sent to a PC."""


class DocumentError(NotesfleetError):
    """A document from a PC is too large, cut, not of its schema or somebody else's."""


class JournalDamaged(DocumentError):
    """A journal's checksums do not hold (action-engine section 7)."""


class ActionFailure(NotesfleetError):
    """A part kind or a `desired` function refuses, with a code of the table in `codes`."""

    def __init__(self, code: Code, text: str = "") -> None:
        self.code, self.text = code, text
        super().__init__(f"{code.value}: {text}" if text else code.value)


def suggestion(given: str, known: Iterable[str]) -> str:
    """What to write instead of a name that does not exist: the nearest, else all there are."""
    names = list(known)
    close = difflib.get_close_matches(given, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"there are {', '.join(names)}"
