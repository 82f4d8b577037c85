"""Plays a vector on the model with one engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import jsonpatch
from conformance.bases import PC, SID
from conformance.vectors import ROOT, RUNNER, StagedOrder, Vector, put_file, put_order

from notesfleet import clock
from notesfleet.actions.engine import run_runner
from notesfleet.actions.seams import Seams
from notesfleet.simulator.model.events import DOINGS
from notesfleet.simulator.model.power import PowerCut
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import PcEvent, World


class Engine(Protocol):
    """Runs the user's runner on these seams until it ends or waits no more; PowerCut where its power went."""

    name: str

    def run(self, seams: Seams) -> None: ...


class PythonEngine:
    """The engine of `notesfleet.actions`."""

    name = "python"

    def run(self, seams: Seams) -> None:
        run_runner(seams, ROOT, RUNNER)


@dataclass
class Play:
    """A vector's world while it is played."""

    vector: Vector
    engine: Engine

    def __post_init__(self) -> None:
        self.orders: dict[str, StagedOrder] = {order.key: order for order in self.vector.orders()}
        self.world = ModelWorld(self.vector.start())

    @property
    def state(self) -> World:
        return self.world.dump()

    def play(self) -> World:
        """All steps, in order; the state in which they end."""
        for step in self.vector.steps:
            self.step(step)
        return self.state

    def step(self, step: dict[str, Any]) -> None:
        """One step: runner, do, ahead, patch, stage or cancel."""
        if "runner" in step:
            self._run(step)
        elif "patch" in step:
            state = self.world.dump().model_dump(mode="json", by_alias=True)
            self.world = ModelWorld(World.model_validate(jsonpatch.apply_patch(state, step["patch"])))
        elif "stage" in step:
            order = self.orders[step["stage"]]
            staging = order.staging.model_copy(update=step["staging"])
            put_order(self.world.state, StagedOrder(order.key, order.id, order.order, staging, order.content))
        elif "cancel" in step:
            put_file(self.world.state, f"{ROOT}\\{SID}\\orders\\{self.orders[step['cancel']].id}.cancel", b"")
        else:
            self._happen(step)()

    def _run(self, step: dict[str, Any]) -> None:
        seams = self.world.runner_seams(PC, SID, step["runner"])
        if "at_append" in step:
            seams.at_append(step["at_append"], self._happen(step))
        if "cut_append" in step:
            seams.cut_after(step["cut_append"], step.get("torn", 0))
        run_or_be_cut(self.engine, seams)

    def _happen(self, step: dict[str, Any]) -> Callable[[], None]:
        """What a step lets happen on the PC: an event of the model, or time that passes."""
        pc = self.world.pc(PC)

        def happen() -> None:
            if "ahead" in step:
                pc.pc.ahead += step["ahead"]
            if "do" in step:
                at = clock.text(clock.parse(pc.world.now) + timedelta(seconds=pc.pc.ahead))
                DOINGS[step["do"]](pc, PcEvent(at=at, do=step["do"], sid=SID))

        return happen


def run_or_be_cut(engine: Engine, seams: ModelRunnerSeams) -> bool:
    """Whether the runner came to its end; its power comes back either way."""
    try:
        engine.run(seams)
    except PowerCut:
        return False
    finally:
        seams.revive()
    return True
