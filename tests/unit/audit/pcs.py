"""PCs of the model for tests of surveys, some of whose seams fail."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from notesfleet.actions.seams import SystemSeams
from notesfleet.audit.reading import ClientReading, read_clients
from notesfleet.audit.survey import Survey
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.company import one_client
from notesfleet.simulator.engines.survey import survey
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import File, Pc

PC = "PC-0001"


class FailingSeams:
    """A PC's seams of which some calls fail: (method, what an argument ends with) to the code.

    Only a file that is there can be locked.
    """

    def __init__(self, seams: SystemSeams, failing: dict[tuple[str, str], Code]) -> None:
        self._seams, self._failing = seams, failing

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._seams, name)

        @wraps(method)
        def call(*arguments: Any) -> Any:
            for (seam, end), code in self._failing.items():
                if seam == name and (not end or any(str(each).endswith(end) for each in arguments)):
                    if code is Code.LOCKED_FILE and method(*arguments) is None:
                        return None
                    raise ActionFailure(code, "it fails")
            return method(*arguments)

        return call


def world(change: Callable[[Pc], None] | None = None, **traits: Any) -> ModelWorld:
    """One PC with one client, changed."""
    state = one_client(**traits)
    if change is not None:
        change(state.pcs[0])
    return ModelWorld(state)


def seams_of(model: ModelWorld, failing: dict[tuple[str, str], Code] | None = None, pc: str = PC) -> Any:
    return FailingSeams(model.system_seams(pc), failing or {})


def ini_file(pc: Pc) -> File:
    return next(file for file in pc.files if file.path == pc.clients[0].ini)


def ini_data(pc: Pc) -> bytes:
    return base64.b64decode(ini_file(pc).base64)


def write_ini(pc: Pc, data: bytes) -> None:
    ini_file(pc).base64 = base64.b64encode(data).decode("ascii")


def read(seams: Any, known: dict[str, str] | None = None) -> list[ClientReading]:
    return read_clients(Survey.model_validate(survey(seams)), PC, known or {})
