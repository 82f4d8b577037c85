"""The Python engine: does on the model what the shipped scripts and the runner do, for thousands of PCs."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from notesfleet.actions.engine import run_runner
from notesfleet.errors import ActionFailure, DocumentError
from notesfleet.orders.documents import ExchangeRequest
from notesfleet.simulator.engines.exchange import Exchange
from notesfleet.simulator.engines.survey import survey
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.model.seams_system import ModelSystemSeams
from notesfleet.simulator.model.world import ModelWorld

TASK_FOLDER = re.compile(r'-File "(?P<folder>[^"]+\\(?P<hash>[0-9a-f]{64}))\\runner\.ps1"')


class PythonEngine:
    """Scripts and runners of all PCs of a world."""

    def __init__(self, world: ModelWorld) -> None:
        self._world = world

    async def run_script(self, pc: str, script_name: str, complex_args: dict[str, Any]) -> dict[str, Any]:
        """The one JSON object that the script would print. Raises DocumentError for a script that is not ours."""
        if script_name in ("exchange.ps1", "install.ps1"):
            return self._exchange(pc, complex_args, installs=script_name == "install.ps1")
        if script_name == "survey.ps1":
            return survey(self._world.system_seams(pc))
        raise DocumentError(f"the simulated PC does not know the script {script_name}")

    def run_runner(self, pc: str, sid: str, budget: int) -> None:
        """The runner that the user's task names, until it ends or parks; nothing where there is no task.

        Raises PowerCut where the PC's power goes; the PC is off then.
        """
        tasks = [task.arguments for task in self._world.pc(pc).pc.tasks if task.sid == sid]
        found = TASK_FOLDER.search(tasks[0]) if tasks else None
        if found is None:
            return
        seams = self._world.runner_seams(pc, sid, budget)
        try:
            run_runner(seams, f"{seams.get_folder_path('ProgramData')}\\notesfleet\\clients", found["hash"])
        except PowerCut:
            self._world.lose_power(pc)
            raise

    def _exchange(self, pc: str, complex_args: dict[str, Any], *, installs: bool) -> dict[str, Any]:
        try:
            request = ExchangeRequest.model_validate(complex_args.get("request"))
        except ValidationError as error:
            return _failed(f"the request is wrong: {error.errors()[0]['msg']}")
        seams = self._world.system_seams(pc)

        def wait(seconds: int) -> bool:
            self._run_started(pc, seams, request.wait)
            return seams.wait_runner(seconds)

        try:
            return Exchange(seams, wait).run(request, installs=installs)
        except ActionFailure as failure:
            return _failed(str(failure))
        finally:
            self._run_started(pc, seams, request.wait)

    def _run_started(self, pc: str, seams: ModelSystemSeams, budget: int) -> None:
        while seams.started and self._world.pc(pc).pc.power == "on":
            self.run_runner(pc, seams.started.pop(0), budget)


def _failed(text: str) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": f"exchange: {text}"}
