"""What the modules share: the run's record, the brake, an absence that is remembered, and how a task ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from notesfleet.exchange.host import Variables, read_host
from notesfleet.exchange.session import Session
from notesfleet.exchange.transport import Send, TransportFailed
from notesfleet.store.spool import Spool

ABSENT = "notesfleet_absent"
ORDERS = "notesfleet_orders"
EMPTY: dict[str, Any] = {
    "changed": False,
    "absent": False,
    "held": False,
    "order": None,
    "actions": [],
    "pending_reason": None,
}
"""The keys that every module returns, as they are where no order is spoken of."""


@dataclass(frozen=True)
class Task:
    """One task for one inventory host.

    `variables`: the inventory's variable `notesfleet`. `facts`: what earlier tasks of this host returned as
    ansible_facts; each is of one run and says so, because a site may keep facts for longer.
    """

    host: str
    arguments: dict[str, Any]
    variables: object
    facts: dict[str, Any]
    check: bool
    diff: bool
    issued_by: str
    send: Send


@dataclass(frozen=True)
class Opened:
    """A task whose run is recorded and whose host is known."""

    task: Task
    said: Variables
    session: Session

    def orders_of_this_run(self) -> dict[str, str]:
        """Step to order id, of the orders that this run sent to this host."""
        kept = self.task.facts.get(ORDERS)
        if isinstance(kept, dict) and kept.get("run") == self.session.spool.run:
            return {str(step): str(order) for step, order in dict(kept.get("orders", {})).items()}
        return {}


Work: TypeAlias = Callable[[Opened], dict[str, Any]]


def perform(task: Task, work: Work, *, brakes: bool = True, spool: Spool | None = None) -> dict[str, Any]:
    """Do a task's work and give its result; a PC that does not answer is absent, not failed.

    `brakes`: False for what must go on when the brake of the run is set. `spool`: the run's record, where the
    environment does not name it.
    Raises NotRecorded where the run has no record, InputError for wrong arguments or variables, DocumentError
    for an answer that cannot be trusted, TransportFailed where an administrator has to mend the way to the PC.
    """
    spool = spool or Spool.from_environment()
    said = read_host(task.host, task.variables)
    opened = Opened(task, said, Session(task.host, said.pc, spool, task.send))
    if brakes and spool.brake is not None and spool.brake.exists():
        return held(f"held: the brake of this run is set ({spool.brake})")
    if task.facts.get(ABSENT) == spool.run:
        return _result(absent=True, msg=f"{said.pc} was found absent earlier in this run")
    try:
        return work(opened)
    except TransportFailed as failed:
        if failed.why is None:
            raise
        opened.session.absent(failed.why)
        facts = {ABSENT: spool.run}
        return _result(absent=True, msg=f"absent: {said.pc} {failed.why}", ansible_facts=facts)


def held(why: str) -> dict[str, Any]:
    """The result for a client that is not begun: skipped, with the reason."""
    return _result(held=True, skipped=True, msg=why)


def _result(**keys: Any) -> dict[str, Any]:
    return EMPTY | keys
