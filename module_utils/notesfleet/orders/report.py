"""The report: the fold of a journal, made by this one function wherever it is needed (action-engine section 8)."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError

from notesfleet import clock
from notesfleet.errors import DocumentError
from notesfleet.orders.journal import Journal, Record
from notesfleet.orders.model import ActionStatus, Document, Mode, Order, OrderState, Staging

SWITCHED = "MailServer"


class Part(Document):
    """One part that was changed, would be, or was taken back."""

    at: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    status: ActionStatus


class ActionError(Document):
    """Why an action failed: a code of `codes.Code` and a text for people."""

    code: str
    text: str


class ActionReport(Document):
    """How one action stands. `seconds`: from its first record to its last, whole."""

    name: str
    status: ActionStatus
    way: str | None = None
    seconds: int = 0
    same: int = 0
    saw: dict[str, Any] | None = None
    unproven: bool = False
    error: ActionError | None = None
    parts: list[Part] = Field(default_factory=list)


class Left(Document):
    """What is not as it should be and cannot be made so, or what nobody has looked at.

    `why`: unsupported, changed_since, cannot_undo; `not_compared` (`at` null) where mail was switched and the
    local replica was not compared with the new server (safety 3.15 is not built yet).
    """

    a: int
    at: dict[str, Any] | None
    why: str


class Report(Document):
    """How an order stands on its client. `reason`: why it is pending, or the code with which it failed."""

    schema_: int = Field(default=1, alias="schema")
    order: str
    client: str
    mode: Mode
    state: OrderState
    reason: str | None = None
    attempt: int = 1
    started: str | None = None
    ended: str | None = None
    actions: list[ActionReport]
    left: list[Left] = Field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether something of the user's was changed and stayed so (mode check: would be changed)."""
        return any(
            part.status in (ActionStatus.CHANGED, ActionStatus.WOULD_CHANGE, ActionStatus.FAILED)
            for action in self.actions
            for part in action.parts
        )

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return self.model_dump(mode="json", by_alias=True)


def fold(order: Order, journal: Journal, staged: Staging | None = None) -> Report:
    """The report of an order whose journal says so much. An empty journal is `staged`, and so is an order that had
    failed or expired and lies there with a higher attempt that the runner has not begun.

    Raises DocumentError where a record does not fit the order: the journal is another's.
    """
    try:
        return _fold(order, journal, staged)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, ValidationError, AttributeError) as error:
        raise DocumentError(f"the journal of order {order.id} has a record that does not fit the order") from error


def _fold(order: Order, journal: Journal, staged: Staging | None) -> Report:
    actions = [_Action(action.name) for action in order.actions]
    state, reason, attempt = OrderState.STAGED, None, staged.attempt if staged else 1
    left: list[Left] = []
    firsts: list[int] = []
    failed: str | None = None
    for record in journal.records:
        kind = record["k"]
        state, reason = OrderState.RUNNING, None
        if kind == "start":
            if record["id"] != order.id:
                raise DocumentError(f"the journal is that of order {str(record['id'])[:64]}, not of {order.id}")
            attempt = 1
        elif kind == "retry":
            attempt = int(record["attempt"])
            for action in actions:
                action.error = None
            failed, left = None, []
        elif kind == "pending":
            state, reason = OrderState.PENDING, str(record["reason"])
            for number, action in enumerate(actions):
                action.pending = number == record["a"]
        elif kind == "failing":
            failed = str(record["code"])
        elif kind == "finished":
            state, left = OrderState(record["state"]), [Left.model_validate(each) for each in record["left"]]
            reason = failed if state is OrderState.FAILED else None
        elif kind == "stage":
            _begin_stage(actions, firsts, record)
        if record.get("a") is not None and kind != "pending":
            actions[record["a"]].take(record)
    if staged and staged.attempt > attempt and state in (OrderState.FAILED, OrderState.EXPIRED):
        state, reason, attempt, left = OrderState.STAGED, None, staged.attempt, []
        for action in actions:
            action.error = None
    started = journal.records[0]["t"] if journal.records else None
    return Report(
        order=order.id,
        client=order.client,
        mode=order.mode,
        state=state,
        reason=reason,
        attempt=attempt,
        started=started,
        ended=journal.records[-1]["t"] if state.ended else None,
        actions=[action.report(order, state) for action in actions],
        left=left + _not_compared(order, state),
    )


def _not_compared(order: Order, state: OrderState) -> list[Left]:
    """Comparing after a switch of the mail server (safety 3.1, step 8) is not built: the report says so."""
    if state is not OrderState.DONE or order.mode is not Mode.APPLY:
        return []
    switches = [a for a, each in enumerate(order.actions) if each.with_.get("item") == SWITCHED and "to" in each.with_]
    return [Left(a=a, at=None, why="not_compared") for a in switches[:1]]


def _begin_stage(actions: list[_Action], firsts: list[int], record: Record) -> None:
    """A stage that begins anew voids what its actions did before."""
    number, last = int(record["s"]), int(record["last"])
    del firsts[number + 1 :]
    if len(firsts) == number:
        firsts.append(_first_open(actions))
    first = firsts[number]
    for action in actions[first : last + 1]:
        action.restart()
        action.staged = True
    for action in actions[last + 1 :]:
        action.staged = False


def _first_open(actions: list[_Action]) -> int:
    """The first action that no stage has held so far."""
    return sum(1 for action in actions if action.staged)


class _Action:
    """What the records say about one action."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.saw: Record | None = None
        self.error: ActionError | None = None
        self.pending, self.staged = False, False
        self.restart()

    def restart(self) -> None:
        self.pending = False
        self.moments: list[str] = []
        self.begun: dict[int, Record] = {}
        self.ended_parts: set[int] = set()
        self.would: dict[int, Record] = {}
        self.undone: dict[int, str] = {}
        self.ended: Record | None = None

    def take(self, record: Record) -> None:
        self.moments.append(record["t"])
        match record["k"]:
            case "saw":
                self.saw = record
            case "begin":
                self.begun[record["p"]] = record
            case "end":
                self.ended_parts.add(record["p"])
            case "would":
                self.would[record["p"]] = record
            case "undo":
                self.undone[record["p"]] = record["status"]
            case "ended":
                self.ended = record
            case "failing":
                self.error = ActionError(code=record["code"], text=record["text"])

    def report(self, order: Order, state: OrderState) -> ActionReport:
        ways = [record["way"] for record in self.begun.values()]
        seconds = 0
        if self.moments:
            seconds = int((clock.parse(self.moments[-1]) - clock.parse(self.moments[0])).total_seconds())
        return ActionReport(
            name=self.name,
            status=self._status(state),
            way=ways[0] if ways else None,
            seconds=seconds,
            same=self.ended["same"] if self.ended else 0,
            saw=self.saw["saw"] if self.saw else None,
            unproven=bool(self.ended and self.ended["unproven"]),
            error=self.error,
            parts=self._parts(),
        )

    def _status(self, state: OrderState) -> ActionStatus:
        if self.error is not None:
            return ActionStatus.FAILED
        if self.begun and len(self.undone) == len(self.begun):
            return ActionStatus.UNDONE
        if self.ended is not None:
            if self.ended["unsupported"]:
                return ActionStatus.UNSUPPORTED
            if self.would:
                return ActionStatus.WOULD_CHANGE
            return ActionStatus.CHANGED if self.begun else ActionStatus.SAME
        if self.saw is not None and (self.staged or self.saw["met"]):
            return ActionStatus.MET if self.saw["met"] else ActionStatus.NOT_MET
        if (self.pending or self.begun) and not state.ended:
            return ActionStatus.PENDING
        return ActionStatus.NOT_REACHED

    def _parts(self) -> list[Part]:
        parts = []
        for number, record in sorted((self.begun | self.would).items()):
            status = ActionStatus.CHANGED if number in self.begun else ActionStatus.WOULD_CHANGE
            if number in self.would and self.ended and self.ended["unsupported"]:
                status = ActionStatus.UNSUPPORTED
            after = record["want"]
            if number in self.undone:
                status = ActionStatus.UNDONE if self.undone[number] == "undone" else ActionStatus.FAILED
                after = record["before"] if self.undone[number] == "undone" else after
            parts.append(Part(at=record["at"], before=record["before"], after=after, status=status))
        return parts
