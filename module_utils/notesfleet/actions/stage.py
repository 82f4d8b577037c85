"""The work of one stage: its parts found, read, written, read again; and taken back where it fails.

Action-engine section 6, sentence by sentence. Every write is announced in the journal and flushed first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.actions.desired import DESIRED, KINDS
from notesfleet.actions.failing import MomentLost, told
from notesfleet.actions.journal_writer import JournalWriter
from notesfleet.actions.kinds.contract import PartKind
from notesfleet.actions.moment import Moment, MomentName, look
from notesfleet.actions.progress import ActionProgress, StageProgress
from notesfleet.actions.schemas import ACTIONS, ways_of
from notesfleet.canonical import VALUE_LIMIT, canonical_text, equal
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.orders.model import Mode

OLE_STAGE_SECONDS = 20
"""Safety 1.8: one stage under the user's hands lasts at most this long."""


class StageFailed(Exception):
    """The failure is in the journal; what the stage wrote has to be taken back."""


class Watch:
    """Looks, while a stage runs, whether it may go on."""

    def __init__(self, client: Client, moment: Moment) -> None:
        self._client, self._moment = client, moment
        self._began = client.seams.get_runner_time()
        self.offered = moment.offers(client.staging.prompt_free)

    def check_moment(self) -> None:
        """Raises MomentLost."""
        if look(self._client).name is not self._moment.name:
            raise MomentLost

    def check(self) -> None:
        """Before each write. Raises MomentLost, and ActionFailure time_limit where an ole stage lasts too long."""
        self.check_moment()
        lasted = (self._client.seams.get_runner_time() - self._began).total_seconds()
        if self._moment.name is MomentName.OPEN and lasted > OLE_STAGE_SECONDS:
            raise ActionFailure(Code.TIME_LIMIT, f"the stage has lasted {lasted:.0f} s")


class StageWork:
    """Runs the resources of the stage that the journal has begun."""

    def __init__(self, client: Client, writer: JournalWriter, moment: Moment) -> None:
        self._client, self._writer = client, writer
        self._watch = Watch(client, moment)

    def run(self, stage: StageProgress) -> None:
        """All actions of the stage that have not ended. Raises MomentLost, StageFailed."""
        for number in range(stage.first, stage.last + 1):
            if not self._writer.progress.actions[number].ended:
                ResourceWork(self._client, self._writer, number, self._watch).run()


class ResourceWork:
    """One resource action."""

    def __init__(self, client: Client, writer: JournalWriter, number: int, watch: Watch) -> None:
        action = client.order.actions[number]
        self._client, self._writer, self._number = client, writer, number
        self._name, self._arguments = action.name, action.with_
        self._kind: PartKind = KINDS[ACTIONS[action.name].part_kind]
        self._way = next(way for way in ways_of(action) if way in watch.offered)
        self._watch = watch
        self._same = 0

    def run(self) -> None:
        parts = self._parts()
        for part, at in enumerate(parts):
            self._failing_is_told(part, partial(self._part, part, at))
        progress = self._progress
        unproven = sum(self._is_unproven(parts[part]) for part in progress.begun)
        unsupported = 0 if ACTIONS[self._name].writes else len(progress.would)
        self._writer.append("ended", a=self._number, same=self._same, unsupported=unsupported, unproven=unproven)

    @property
    def _progress(self) -> ActionProgress:
        return self._writer.progress.actions[self._number]

    def _parts(self) -> list[At]:
        if self._progress.parts is None:
            parts = self._failing_is_told(None, self._find)
            self._writer.append("found", a=self._number, parts=parts)
        return self._progress.parts or []

    def _find(self) -> list[At]:
        parts = self._kind.find(self._client, self._way, self._arguments)
        least = int(self._arguments.get("at_least", 1))
        if len(parts) < least:
            raise ActionFailure(Code.NOT_FOUND, f"{len(parts)} found, at least {least} expected")
        return parts

    def _part(self, part: int, at: At) -> None:
        progress = self._progress
        if part in progress.ended_parts or part in progress.would:
            return
        begun = progress.begun.get(part)
        if begun is not None:
            self._resume(part, at, begun)
            return
        reading = self._kind.read(self._client, self._way, self._arguments, at)
        if len(canonical_text(reading.value)) > VALUE_LIMIT:
            raise ActionFailure(Code.UNREADABLE, f"the value has more than {VALUE_LIMIT} characters")
        want = DESIRED[self._name](self._arguments, reading.value)
        if equal(want, reading.value):
            self._same += 1
        elif self._client.order.mode is Mode.CHECK or not ACTIONS[self._name].writes:
            self._would(part, at, reading.value, want)
        else:
            self._watch.check()
            self._writer.append(
                "begin",
                a=self._number,
                p=part,
                at=at,
                way=self._way,
                before=reading.value,
                keep=reading.keep,
                want=want,
            )
            self._write(part, at, reading.value, reading.keep, want)

    def _would(self, part: int, at: At, before: Value, want: Value) -> None:
        if self._arguments.get("must"):
            raise ActionFailure(Code.UNSUPPORTED, f"no interface of Notes offers {self._name}")
        self._writer.append("would", a=self._number, p=part, at=at, before=before, want=want)

    def _resume(self, part: int, at: At, begun: dict[str, Any]) -> None:
        """A part that was begun when the runner was cut."""
        value = self._kind.read(self._client, self._way, self._arguments, at).value
        if equal(value, begun["want"]):
            self._kind.settle(self._client, self._way, self._arguments, at)
            self._end(part, resumed=True)
        elif equal(value, begun["before"]):
            self._watch.check()
            self._write(part, at, begun["before"], begun["keep"], begun["want"], resumed=True)
        else:
            raise ActionFailure(Code.CHANGED_SINCE, "somebody else changed it after the runner was cut")

    def _write(self, part: int, at: At, before: Value, keep: Any, want: Value, resumed: bool = False) -> None:
        self._kind.write(self._client, self._way, self._arguments, at, want, keep)
        value = self._kind.read(self._client, self._way, self._arguments, at).value
        if not equal(value, want) and not (self._kind.later and equal(value, before)):
            raise ActionFailure(Code.NOT_TAKEN, "it reads otherwise after it was written")
        # A Notes that began meanwhile has read the old value and will write it back at its exit (safety 1.6).
        self._watch.check_moment()
        self._end(part, resumed)

    def _end(self, part: int, resumed: bool) -> None:
        self._writer.append("end", a=self._number, p=part, ms=0, resumed=resumed)

    def _is_unproven(self, at: At) -> bool:
        return bool(
            self._failing_is_told(None, lambda: self._kind.unproven(self._client, self._way, self._arguments, at))
        )

    def _failing_is_told(self, part: int | None, work: Callable[[], Any]) -> Any:
        """The result of `work`. A failure is journalled, unless the moment is gone: then it does not count."""
        try:
            return told(work)
        except ActionFailure as failure:
            self._watch.check_moment()
            self._writer.append("failing", a=self._number, p=part, code=failure.code.value, text=failure.text)
            raise StageFailed from failure


class UndoWork:
    """Takes back what the last stage has begun, last first."""

    def __init__(self, client: Client, writer: JournalWriter, moment: Moment) -> None:
        self._client, self._writer = client, writer
        self._offered = moment.offers(client.staging.prompt_free)

    def run(self) -> bool:
        """Whether all is taken back; False: a way that it needs is not offered now."""
        for number, part in self._writer.progress.to_undo():
            record = self._writer.progress.actions[number].begun[part]
            kind = KINDS[ACTIONS[self._client.order.actions[number].name].part_kind]
            if record["way"] not in self._offered:
                return False
            self._writer.append("undo", a=number, p=part, status=self._take_back(kind, number, record))
        return True

    def _take_back(self, kind: PartKind, number: int, record: dict[str, Any]) -> str:
        arguments: Arguments = self._client.order.actions[number].with_
        at, way = record["at"], record["way"]
        try:
            value = told(lambda: kind.read(self._client, way, arguments, at).value)
            if equal(value, record["before"]) and not kind.later:
                told(lambda: kind.settle(self._client, way, arguments, at))
                return "undone"
            if not equal(value, record["want"]) and not kind.later:
                return "changed_since"
            if not kind.exact:
                return "cannot_undo"
            told(lambda: kind.restore(self._client, way, arguments, at, record["before"], record["keep"]))
        except ActionFailure:
            return "cannot_undo"
        return "undone"
