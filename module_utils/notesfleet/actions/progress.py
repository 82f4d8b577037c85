"""What a journal says about how far an order has come: what a runner needs to go on after a cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from notesfleet.codes import PendingReason
from notesfleet.errors import JournalDamaged
from notesfleet.orders.journal import Record

KEEP_STAGE = (PendingReason.USER_BUSY, PendingReason.OTHER_RUNNER)
"""Waiting for these, a stage that was cut can still be gone on with."""


@dataclass
class ActionProgress:
    """One action in the stage that counts: its parts, which were begun, ended, left, taken back."""

    parts: list[dict[str, Any]] | None = None
    begun: dict[int, Record] = field(default_factory=dict)
    ended_parts: set[int] = field(default_factory=set)
    would: dict[int, Record] = field(default_factory=dict)
    undone: dict[int, str] = field(default_factory=dict)
    ended: bool = False


@dataclass
class StageProgress:
    """A stage: its number, first and last action, the moment that it was cut for, when it began."""

    number: int
    first: int
    last: int
    moment: str
    began: str


@dataclass
class Progress:
    """The fold of a journal that the engine works with; the report is another fold (orders.report).

    `lost`: the last stage is being, or was, taken back, or is tried again: it cannot go on, it begins anew.
    """

    actions: list[ActionProgress]
    conditions: list[bool]
    stages: list[StageProgress] = field(default_factory=list)
    attempt: int = 1
    identity: Record | None = None
    pending: Record | None = None
    failing: Record | None = None
    finished: Record | None = None
    saw: dict[int, Record] = field(default_factory=dict)
    started: bool = False
    lost: bool = False

    @classmethod
    def of(cls, records: list[Record], conditions: list[bool]) -> Progress:
        """`conditions`: for each action of the order whether it is one.

        Raises JournalDamaged where a record does not fit the order: the user can write into the file.
        """
        progress = cls([ActionProgress() for _ in conditions], conditions)
        try:
            for record in records:
                progress.take(record)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise JournalDamaged("a record of the journal does not fit its order") from error
        return progress

    def take(self, record: Record) -> None:
        """Count one record in."""
        self.pending = record if record["k"] == "pending" else None
        match record["k"]:
            case "start":
                self.started = True
            case "retry":
                self.attempt, self.failing, self.finished = int(record["attempt"]), None, None
                self.lost = True
            case "pending":
                self.lost = self.lost or record["reason"] not in KEEP_STAGE
            case "identity":
                self.identity = record
            case "saw":
                self.saw[record["a"]] = record
            case "stage":
                self._begin_stage(record)
            case "failing":
                self.failing = record
            case "finished":
                self.finished = record
            case "found" | "begin" | "end" | "would" | "ended" | "undo":
                self._take_part(self.actions[record["a"]], record)

    def _begin_stage(self, record: Record) -> None:
        """A stage that was there before begins anew: what it did before no longer counts."""
        number = int(record["s"])
        if not 0 <= number <= len(self.stages) or int(record["last"]) >= len(self.actions):
            raise ValueError("a stage that this order does not have")
        self.lost = False
        del self.stages[number:]
        first = self.stages[-1].last + 1 if self.stages else 0
        for action in range(first, len(self.actions)):
            self.actions[action] = ActionProgress()
        self.stages.append(StageProgress(number, first, int(record["last"]), record["moment"], record["t"]))
        for action in range(first, int(record["last"]) + 1):
            if not self.conditions[action]:
                break
            self.actions[action].ended = True

    def _take_part(self, action: ActionProgress, record: Record) -> None:
        match record["k"]:
            case "found":
                action.parts = list(record["parts"])
            case "begin":
                action.begun[record["p"]] = record
            case "end":
                action.ended_parts.add(record["p"])
            case "would":
                action.would[record["p"]] = record
            case "ended":
                action.ended = True
            case "undo":
                action.undone[record["p"]] = record["status"]
                self.lost = True

    @property
    def stage(self) -> StageProgress | None:
        """The last stage begun."""
        return self.stages[-1] if self.stages else None

    @property
    def stage_is_open(self) -> bool:
        """The last stage has actions that have not ended."""
        stage = self.stage
        return stage is not None and any(not self.actions[a].ended for a in range(stage.first, stage.last + 1))

    @property
    def next_action(self) -> int:
        """The action with which the next stage begins."""
        stage = self.stage
        if stage is None:
            return 0
        return stage.first if self.stage_is_open else stage.last + 1

    @property
    def next_stage(self) -> int:
        stage = self.stage
        if stage is None:
            return 0
        return stage.number if self.stage_is_open else stage.number + 1

    def to_undo(self) -> list[tuple[int, int]]:
        """(action, part) begun in the stage that is open and not yet taken back, last first."""
        stage = self.stage
        if stage is None or not self.stage_is_open:
            return []
        begun = [
            (a, p)
            for a in range(stage.first, stage.last + 1)
            for p in self.actions[a].begun
            if p not in self.actions[a].undone
        ]
        return sorted(begun, reverse=True)
