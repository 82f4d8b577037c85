"""
The external pillar of notesfleet: each minion is told of its own PC's clients, their groups and their mailboxes.

.. code-block:: yaml

    ext_pillar:
      - notesfleet_store: ''   # or the store's address

:depends: the Python package notesfleet, and its store (NOTESFLEET_STORE or NOTESFLEET_HOME)
"""

from __future__ import annotations

from typing import Any

try:
    from notesfleet.errors import NotesfleetError
    from notesfleet.settings import Settings
    from notesfleet.store.connection import open_store
    from notesfleet.store.minions import pillar_of
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None


def __virtual__() -> bool | tuple[bool, str]:
    if MISSING is not None:
        return False, f"the Python package notesfleet cannot be imported ({MISSING})"
    return True


def ext_pillar(minion_id: str, pillar: dict[str, Any], address: str = "") -> dict[str, Any]:
    """
    The pillar ``notesfleet``. Without a store it says why, so that the minion sends nothing.
    """
    try:
        store = open_store(address or Settings().store_address)
        try:
            return {"notesfleet": pillar_of(store, minion_id)}
        finally:
            store.close()
    except NotesfleetError as error:
        return {"notesfleet": {"problem": str(error)}}
