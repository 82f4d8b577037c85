"""A run's record: its spool from the first play to the end, and the import into the store at its end.

The callback `report_store` calls this in the controller's main process; workers append to the same spool.
"""

from __future__ import annotations

from typing import Any

from notesfleet import clock
from notesfleet.errors import NotesfleetError
from notesfleet.exchange.run import MSG_LIMIT, begin_spool
from notesfleet.fleet.waves import resolve
from notesfleet.settings import Settings
from notesfleet.store.connection import open_store
from notesfleet.store.imports import import_left, import_spool
from notesfleet.store.spool import RUN_ERROR, Spool


class Recorder:
    """One run. `problem`: why there is no record; then every module of notesfleet refuses to send anything."""

    def __init__(self, playbook: str, *, check: bool) -> None:
        self.settings = Settings()
        self.problem = ""
        self.spool: Spool | None = None
        self._left: list[str] = []
        try:
            self.spool = self._begin(playbook, check)
        except NotesfleetError as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = (
                f"this run is not recorded, so nothing is sent: {error.filename}: {error.strerror}; "
                "look at NOTESFLEET_HOME"
            )

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the run's workers need."""
        return self.spool.environment if self.spool else {RUN_ERROR: self.problem}

    def _begin(self, playbook: str, check: bool) -> Spool:
        # A run needs the store at its start; one that is lost later costs a line. What killed runs left comes in
        # first, and this run is known from now on, whatever becomes of it.
        store = open_store(self.settings.store_address)
        try:
            self.settings.brake_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._left = import_left(store, self.settings.spool_folder)
            spool = begin_spool(self.settings.spool_folder, self.settings.brake_folder, playbook, check=check)
            import_spool(store, spool.path)
        finally:
            store.close()
        return spool

    def play(self, name: str, hosts: list[str]) -> None:
        """A play begins, with all its hosts."""
        self._append("play", name=name, hosts=hosts)

    def result(self, *, host: str, task: str, action: str, status: str, msg: str) -> None:
        """A task ended on a host."""
        line = " ".join(msg.split())[:MSG_LIMIT]
        at = clock.text(clock.now())
        self._append("result", host=host, task=task, action=action, at=at, status=status, msg=line)

    def end(self, stats: dict[str, Any]) -> list[str]:
        """The run is over: its spool goes into the store. Returns sentences for the administrator."""
        if self.spool is None:
            return []
        try:
            self._append("end", at=clock.text(clock.now()), stats=stats)
            store = open_store(self.settings.store_address)
            try:
                imported = import_spool(store, self.spool.path)
                # What was audited in this run may belong to a wave now.
                resolve(store)
            finally:
                store.close()
        except NotesfleetError as error:
            later = f"import it with `notesfleet store import-spool {self.spool.path}`"
            return [f"this run is recorded, but not in the store yet: {error}; {later}"]
        return self._left + imported.asides + imported.refused

    def _append(self, kind: str, **fields: Any) -> None:
        if self.spool is not None:
            self.spool.append(kind, **fields)
