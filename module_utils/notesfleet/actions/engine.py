"""The engine: orders of one client, one at a time, each once (action-engine sections 4 to 7, and 11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from pydantic import ValidationError

from notesfleet import clock
from notesfleet.actions.client import Client
from notesfleet.actions.conditions import TESTS
from notesfleet.actions.identity import check_identity
from notesfleet.actions.journal_writer import JournalWriter
from notesfleet.actions.moment import Moment, look, user_is_busy
from notesfleet.actions.schemas import ACTIONS, ways_of
from notesfleet.actions.seams import RunnerUser, Seams
from notesfleet.actions.stage import MomentLost, StageFailed, StageWork, UndoWork
from notesfleet.canonical import canonical_text, equal, sha256_hex
from notesfleet.codes import Code, PendingReason
from notesfleet.errors import ActionFailure, JournalDamaged
from notesfleet.orders.journal import SIZE_LIMIT, Journal, read_journal
from notesfleet.orders.model import Mode, Order, OrderState, Staging

LOOK_AGAIN = 5
"""Seconds between two looks while an order is pending."""
FILE_LIMIT = 1024 * 1024


class Waits(Exception):
    """The order is pending, and its journal says why."""


class Ends(Exception):
    """The order has finished, and its journal says how."""


@dataclass(frozen=True)
class StagedFile:
    """An order as it lies on the PC; `order` None where it cannot be trusted."""

    id: str
    order: Order | None
    staging: Staging
    journal_path: str
    cancel_path: str


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
    folder = f"{root}\\{user.sid}"
    waiting = False
    for staged in staged_files(seams, folder, user.sid):
        outcome = OrderRun(seams, user, folder, runner, staged).run()
        waiting = waiting or outcome is not None
        if outcome is PendingReason.UNDO_WAITS:
            break
    return waiting


def staged_files(seams: Seams, folder: str, sid: str) -> list[StagedFile]:
    """The orders of a client's folder, oldest first; what is staged halfway is not there yet."""
    names = seams.get_client_file_list(f"{folder}\\orders")
    found = []
    for name in names:
        if name.endswith(".json") and name.count(".") == 1 and f"{name[:-5]}.staging.json" in names:
            found.append(_staged(seams, folder, name[:-5], sid))
    return sorted(found, key=lambda staged: (staged.staging.issued_at, staged.id))


def _staged(seams: Seams, folder: str, order_id: str, sid: str) -> StagedFile:
    path = f"{folder}\\orders\\{order_id}"
    try:
        staging = Staging.model_validate_json(seams.get_client_file(f"{path}.staging.json", FILE_LIMIT) or b"")
    except ValidationError:
        staging = Staging(ini="?")
    content = seams.get_client_file(f"{path}.json", FILE_LIMIT) or b""
    journal = f"{folder}\\journals\\{order_id}.journal"
    return StagedFile(order_id, _order(content, order_id, sid), staging, journal, f"{path}.cancel")


def _order(content: bytes, order_id: str, sid: str) -> Order | None:
    """The order, if it has its hash, is of this client and has only actions that this runner knows."""
    if sha256_hex(content)[:32] != order_id:
        return None
    try:
        order = Order.model_validate_json(content)
    except ValidationError:
        return None
    known = all(action.name in ACTIONS for action in order.actions)
    return order if known and order.owner.sid == sid and order.mode is not Mode.UNDO else None


class OrderRun:
    """One look at one order."""

    def __init__(self, seams: Seams, user: RunnerUser, folder: str, runner: str, staged: StagedFile) -> None:
        self._seams, self._folder, self._runner, self._staged = seams, folder, runner, staged
        self._user = user
        self._client: Client
        self._writer: JournalWriter

    def run(self) -> PendingReason | None:
        """The reason while it is pending; None where it has finished or cannot be touched."""
        try:
            journal = read_journal(self._seams.get_client_file(self._staged.journal_path, SIZE_LIMIT + 1) or b"")
        except JournalDamaged:
            return None
        order = self._staged.order
        conditions = [ACTIONS[action.name].kind == "condition" for action in order.actions] if order else []
        self._writer = JournalWriter(self._seams, self._staged.journal_path, journal, conditions)
        if journal.finished and not self._is_retry(journal):
            return None
        try:
            if order is None:
                self._refuse(Code.BAD_ORDER, "the order does not have its hash or is not for this client and runner")
            self._run_locked(order)
        except Waits:
            return PendingReason(self._writer.progress.pending["reason"]) if self._writer.progress.pending else None
        except Ends:
            return None

    def _is_retry(self, journal: Journal) -> bool:
        state = journal.records[-1].get("state")
        attempts = [int(record.get("attempt", 1)) for record in journal.records if record["k"] in ("start", "retry")]
        return state in (OrderState.FAILED, OrderState.EXPIRED) and self._staged.staging.attempt > max([0, *attempts])

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
        staging = self._staged.staging
        if self._writer.empty:
            self._writer.append("start", id=self._staged.id, runner=self._runner, pid=0)
        if staging.attempt > self._writer.progress.attempt:
            self._writer.append("retry", attempt=staging.attempt)
        machine = self._seams.get_machine_id()
        if machine != self._client.order.incarnation.machine:
            self._refuse(Code.OTHER_INCARNATION, f"this PC is {machine}")
        if self._writer.progress.failing is not None:
            self._take_back_failed()
        if not self._writer.progress.stage_is_open:
            self._check_stops()
        for before in self._client.order.after:
            if not self._is_done(before):
                self._pend(PendingReason.WAITS_FOR_ORDER)

    def _go_on(self) -> NoReturn:
        """Stage after stage, as far as the client's moment allows. Ends with Waits or Ends."""
        identified = False
        while True:
            progress = self._writer.progress
            if progress.next_action >= len(self._client.order.actions):
                self._finish(OrderState.DONE)
            if not progress.stage_is_open:
                self._check_stops()
            moment = look(self._client)
            if user_is_busy(self._client, moment):
                self._pend(PendingReason.USER_BUSY)
            if not identified:
                identified = check_identity(self._client, self._writer, moment, self._pend, self._refuse)
            self._stage(moment)

    def _stage(self, moment: Moment) -> None:
        """One stage: the one that was cut off, where its moment is still there, else a new one."""
        stage = self._writer.progress.stage
        resumed = self._writer.progress.stage_is_open and not self._writer.progress.unwinding
        offered = moment.offers(self._staged.staging.prompt_free)
        if (
            stage is not None
            and resumed
            and not all(
                set(ways_of(action)) & set(offered)
                for action in self._client.order.actions[stage.first : stage.last + 1]
            )
        ):
            resumed = False
        if not resumed:
            self._take_back_lost(moment)
            self._new_stage(moment, offered)
        try:
            current = self._writer.progress.stage
            if current is not None:
                StageWork(self._client, self._writer, moment).run(current)
        except MomentLost:
            self._client.forget_sessions()
            self._take_back_lost(look(self._client))
        except StageFailed:
            self._take_back_failed()

    def _new_stage(self, moment: Moment, offered: tuple[str, ...]) -> None:
        actions, progress = self._client.order.actions, self._writer.progress
        first, number = progress.next_action, progress.next_stage
        if not set(ways_of(actions[first])) & set(offered):
            self._pend(moment.why_not(ways_of(actions[first])), first)
        last = first
        for after in range(first + 1, len(actions)):
            wants_new = progress.conditions[after] and not progress.conditions[after - 1]
            if wants_new or not set(ways_of(actions[after])) & set(offered):
                break
            last = after
        self._test_conditions(first, last, offered)
        self._writer.append("stage", s=number, moment=moment.name.value, last=last)

    def _test_conditions(self, first: int, last: int, offered: tuple[str, ...]) -> None:
        for number in range(first, last + 1):
            action = self._client.order.actions[number]
            if not self._writer.progress.conditions[number]:
                return
            way = next(way for way in ways_of(action) if way in offered)
            try:
                found = TESTS[action.name](self._client, way, action.with_)
            except ActionFailure as failure:
                self._fail(number, failure.code, failure.text)
            known = self._writer.progress.saw.get(number)
            if known is None or not equal([known["met"], known["saw"]], [found.met, found.saw]):
                self._writer.append("saw", a=number, met=found.met, saw=found.saw)
            if found.met or self._client.order.mode is Mode.CHECK:
                continue
            if ACTIONS[action.name].unmet == "failed" and found.met is False:
                self._fail(number, Code.CONDITION_UNMET, f"{action.name} is not met")
            self._pend(PendingReason.CONDITION, number)

    def _take_back_lost(self, moment: Moment) -> None:
        """A stage whose moment is gone is taken back before it begins anew."""
        if self._writer.progress.to_undo() and self._writer.progress.stage_is_open:
            if not UndoWork(self._client, self._writer, moment).run():
                self._pend(PendingReason.UNDO_WAITS)

    def _take_back_failed(self) -> NoReturn:
        if not UndoWork(self._client, self._writer, look(self._client)).run():
            self._pend(PendingReason.UNDO_WAITS)
        self._finish(OrderState.FAILED)

    def _check_stops(self) -> None:
        """Cancelled, expired, not yet, or stopped by the site (safety 1.11)."""
        staging = self._staged.staging
        now: datetime = self._seams.get_runner_time()
        if self._seams.get_client_file(self._staged.cancel_path, 1) is not None:
            self._finish(OrderState.CANCELLED)
        if staging.not_after and now > clock.parse(staging.not_after):
            self._finish(OrderState.EXPIRED)
        if staging.not_before and now < clock.parse(staging.not_before):
            self._pend(PendingReason.NOT_BEFORE)
        if staging.stop_file and self._is_stopped(staging):
            self._pend(PendingReason.STOPPED_BY_SITE)

    def _is_stopped(self, staging: Staging) -> bool:
        try:
            return self._seams.get_client_file(staging.stop_file or "", 1) is not None
        except ActionFailure:
            return staging.stop_if_unreadable

    def _is_done(self, order_id: str) -> bool:
        path = f"{self._folder}\\journals\\{order_id}.journal"
        try:
            journal = read_journal(self._seams.get_client_file(path, SIZE_LIMIT + 1) or b"")
        except JournalDamaged:
            return False
        return journal.finished and journal.records[-1].get("state") == OrderState.DONE

    def _pend(self, reason: PendingReason, action: int | None = None) -> NoReturn:
        known = self._writer.progress.pending
        if known is None or (known["reason"], known["a"]) != (reason, action):
            self._writer.append("pending", reason=reason.value, a=action)
        raise Waits

    def _refuse(self, code: Code, text: str) -> NoReturn:
        """Nothing has been written: fail as a whole."""
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
