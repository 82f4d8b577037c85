"""The engine: orders of one client, one at a time, each once (action-engine sections 4 to 7, and 11)."""

from __future__ import annotations

from typing import Any, NoReturn

from notesfleet.actions.client import Client
from notesfleet.actions.conditions import TESTS
from notesfleet.actions.failing import MomentLost, told
from notesfleet.actions.identity import check_identity
from notesfleet.actions.journal_writer import JournalWriter
from notesfleet.actions.moment import Moment, look, user_is_busy
from notesfleet.actions.schemas import ACTIONS, ways_of
from notesfleet.actions.seams import RunnerUser, Seams
from notesfleet.actions.stage import StageFailed, StageWork, UndoWork
from notesfleet.actions.staged import StagedOrder, is_done, staged_orders
from notesfleet.actions.stops import ended_by, kept_by
from notesfleet.canonical import canonical_text, equal
from notesfleet.codes import Code, PendingReason
from notesfleet.errors import ActionFailure, JournalDamaged
from notesfleet.orders.model import Mode, Order, OrderState

LOOK_AGAIN = 5
"""Seconds between two looks while an order is pending."""


class Waits(Exception):
    """The order is pending, and its journal says why."""

    def __init__(self, reason: PendingReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Ends(Exception):
    """The order has finished, and its journal says how."""


def run_runner(seams: Seams, root: str, runner: str) -> None:
    """Execute the orders of the user who runs this, until none is pending or the session ends.

    `root`: the folder `clients`; `runner`: the hash of the runner's files.
    """
    while run_pass(seams, root, runner):
        if not seams.wait_runner(LOOK_AGAIN):
            return


def run_pass(seams: Seams, root: str, runner: str) -> bool:
    """Look once at all orders, oldest first. True: one is pending."""
    user = seams.get_runner_user()
    waiting = False
    for staged in staged_orders(seams, f"{root}\\{user.sid}", user.sid):
        reason = OrderRun(seams, user, runner, staged).run()
        waiting = waiting or reason is not None
        if reason is PendingReason.UNDO_WAITS:
            break
    return waiting


class OrderRun:
    """One look at one order."""

    def __init__(self, seams: Seams, user: RunnerUser, runner: str, staged: StagedOrder) -> None:
        self._seams, self._user, self._runner, self._staged = seams, user, runner, staged
        self._client: Client
        self._writer: JournalWriter

    def run(self) -> PendingReason | None:
        """The reason while it is pending; None where it has finished or cannot be touched."""
        if self._staged.journal.finished and not self._staged.retried:
            return None
        order = self._staged.order
        conditions = [ACTIONS[action.name].kind == "condition" for action in order.actions] if order else []
        try:
            self._writer = JournalWriter(self._seams, self._staged.journal_path, self._staged.journal, conditions)
            if self._staged.retried:
                self._writer.append("retry", attempt=self._staged.staging.attempt)
            if order is None:
                self._refuse(Code.BAD_ORDER, "the order does not have its hash or is not for this client and runner")
            self._run_locked(order)
        except Waits as waits:
            return waits.reason
        except (Ends, JournalDamaged):
            return None

    def _run_locked(self, order: Order) -> NoReturn:
        data = order.owner.data
        if not self._seams.enter_runner_lock(data):
            self._pend(PendingReason.OTHER_RUNNER)
        try:
            self._client = Client(self._seams, order, self._staged.staging, self._user)
            self._begin()
            self._go_on()
        finally:
            self._seams.exit_runner_lock(data)

    def _begin(self) -> None:
        """What is looked at before the first stage, in the order that section 11 fixes."""
        progress = self._writer.progress
        if not progress.started:
            self._writer.append("start", id=self._staged.id, runner=self._runner, pid=0)
        if self._staged.staging.attempt > progress.attempt:
            self._writer.append("retry", attempt=self._staged.staging.attempt)
        machine = self._seams.get_machine_id()
        if machine != self._client.order.incarnation.machine:
            self._refuse(Code.OTHER_INCARNATION, f"this PC is {machine}")
        if progress.failing is not None:
            self._take_back_failed()

    def _go_on(self) -> NoReturn:
        """Stage after stage, as far as the client's moment allows. Ends with Waits or Ends."""
        progress, identified, entered = self._writer.progress, False, False
        while True:
            moment = look(self._client)
            if progress.next_action >= len(self._client.order.actions):
                self._finish(OrderState.DONE)
            resumes = self._resumes(moment) and not entered
            if state := ended_by(self._seams, self._staged):
                self._take_back(moment)
                self._finish(state)
            if not resumes:
                self._take_back(moment)
                self._check_waits()
            if user_is_busy(self._client, moment):
                self._pend(PendingReason.USER_BUSY)
            if not identified:
                identified = check_identity(self._client, self._writer, moment, self._pend, self._refuse)
            if not resumes:
                self._new_stage(moment)
            entered = True
            self._work(moment)

    def _resumes(self, moment: Moment) -> bool:
        """Whether the stage in which the runner was cut can be gone on with."""
        stage, progress = self._writer.progress.stage, self._writer.progress
        return stage is not None and progress.stage_is_open and not progress.lost and stage.moment == moment.name

    def _check_waits(self) -> None:
        if reason := kept_by(self._seams, self._staged.staging):
            self._pend(reason)
        if not all(is_done(self._seams, self._staged.folder, before) for before in self._client.order.after):
            self._pend(PendingReason.WAITS_FOR_ORDER)

    def _work(self, moment: Moment) -> None:
        stage = self._writer.progress.stage
        if stage is None or not self._writer.progress.stage_is_open:
            return
        try:
            StageWork(self._client, self._writer, moment).run(stage)
        except MomentLost:
            self._client.forget_sessions()
            self._take_back(look(self._client))
        except StageFailed:
            self._take_back_failed()

    def _new_stage(self, moment: Moment) -> None:
        """Cut a stage for this moment, and journal it once its conditions are met."""
        actions, progress = self._client.order.actions, self._writer.progress
        offered = set(moment.offers(self._staged.staging.prompt_free))
        first, number = progress.next_action, progress.next_stage
        if not set(ways_of(actions[first])) & offered:
            self._pend(moment.why_not(ways_of(actions[first])), first)
        last = first
        for after in range(first + 1, len(actions)):
            wants_new = progress.conditions[after] and not progress.conditions[after - 1]
            if wants_new or not set(ways_of(actions[after])) & offered:
                break
            last = after
        for condition in range(first, last + 1):
            if not progress.conditions[condition]:
                break
            self._test(condition, next(way for way in ways_of(actions[condition]) if way in offered))
        self._writer.append("stage", s=number, moment=moment.name.value, last=last)

    def _test(self, number: int, way: str) -> None:
        """Test one condition. Returns where the stage may begin for all it says."""
        action, order = self._client.order.actions[number], self._client.order
        try:
            found = told(lambda: TESTS[action.name](self._client, way, action.with_))
            known = self._writer.progress.saw.get(number)
            if known is None or not equal([known["met"], known["saw"]], [found.met, found.saw]):
                told(lambda: self._writer.append("saw", a=number, met=found.met, saw=found.saw))
        except ActionFailure as failure:
            self._fail(number, failure.code, failure.text)
        if found.met or order.mode is Mode.CHECK:
            return
        if ACTIONS[action.name].unmet == "failed" and found.met is False:
            self._fail(number, Code.CONDITION_UNMET, f"{action.name} is not met")
        self._pend(PendingReason.CONDITION, number)

    def _take_back(self, moment: Moment) -> None:
        """What an open stage has begun; pending while a way that it needs is not offered."""
        if not UndoWork(self._client, self._writer, moment).run():
            self._pend(PendingReason.UNDO_WAITS)

    def _take_back_failed(self) -> NoReturn:
        self._take_back(look(self._client))
        self._finish(OrderState.FAILED)

    def _pend(self, reason: PendingReason, action: int | None = None) -> NoReturn:
        known = self._writer.progress.pending
        if known is None or (known["reason"], known["a"]) != (reason, action):
            self._writer.append("pending", reason=reason.value, a=action)
        raise Waits(reason)

    def _refuse(self, code: Code, text: str) -> NoReturn:
        """Fail as a whole: whose Notes or whose order it is does not hold."""
        self._writer.append("failing", a=None, p=None, code=code.value, text=text)
        self._finish(OrderState.FAILED)

    def _fail(self, action: int, code: Code, text: str) -> NoReturn:
        self._writer.append("failing", a=action, p=None, code=code.value, text=text)
        self._take_back_failed()

    def _finish(self, state: OrderState) -> NoReturn:
        self._writer.append("finished", state=state.value, left=self._left())
        raise Ends

    def _left(self) -> list[dict[str, Any]]:
        """What no interface could change, and what could not be taken back."""
        left: list[dict[str, Any]] = []
        for number, progress in enumerate(self._writer.progress.actions):
            if not ACTIONS[self._client.order.actions[number].name].writes:
                left += [{"a": number, "at": record["at"], "why": "unsupported"} for record in progress.would.values()]
            left += [
                {"a": number, "at": progress.begun[part]["at"], "why": status}
                for part, status in progress.undone.items()
                if status != "undone"
            ]
        return sorted(left, key=canonical_text)
