"""What a playbook cost: tasks, WS-Management requests, bytes and the controller's CPU seconds per client."""

from __future__ import annotations

import json
from types import TracebackType

from stage import Stage

STEPS = 3


class Costs:
    """Counts between entering and leaving; the simulator counts the wire, the store the tasks."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __enter__(self) -> Costs:
        self._before, self._cpu = self._wire(), self._stage.cpu_seconds
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        after = self._wire()
        busy = [pc for pc in after if after[pc] != self._before.get(pc)]
        self.requests = sum(after[pc][0] - self._before.get(pc, (0, 0))[0] for pc in busy)
        self.bytes = sum(after[pc][1] - self._before.get(pc, (0, 0))[1] for pc in busy)
        self.cpu = self._stage.cpu_seconds - self._cpu
        self.pcs = len(busy)

    def show(self, title: str, clients: int, tasks: int) -> None:
        """One line; `clients`: that answered, `tasks`: Ansible tasks that ran on them."""
        each = max(1, clients)
        print(
            f"\n{title}, for each of {clients} clients: {tasks / each:.1f} tasks,"
            f" {self.requests / each:.1f} requests, {self.bytes / each / 1e6:.2f} MB,"
            f" {self.cpu / each:.2f} s of the controller's CPU\n"
        )

    def _wire(self) -> dict[str, tuple[int, int]]:
        counts = json.loads(self._stage.output("simulate", "counts"))
        return {
            pc: (each["total"]["requests"], each["total"]["received"] + each["total"]["sent"])
            for pc, each in counts["pcs"].items()
        }
