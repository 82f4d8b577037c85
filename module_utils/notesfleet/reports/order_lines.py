"""An order for people: its state in a sentence, what each action did, what is left (of `client show`, HTML, `order
show`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from notesfleet.orders.model import ActionStatus
from notesfleet.orders.report import ActionReport, Report
from notesfleet.reports.changes import Change, Places, changes_of, place_of, shown
from notesfleet.reports.page_words import Phrases, action_title, phrases, step_title
from notesfleet.reports.words import WORDS, Language
from notesfleet.store.histories import OrderRecord
from notesfleet.store.recalls import shown_state

_CHECKS = (ActionStatus.MET, ActionStatus.SAME)


@dataclass(frozen=True)
class ActionLine:
    """What one action came to. `saw`: what a condition that is not met saw; `error`: code and text of a failure."""

    name: str
    title: str
    status: str
    status_word: str
    way: str | None
    seconds: int
    unproven: bool
    saw: str
    error: str
    changes: list[Change]


@dataclass(frozen=True)
class OrderLine:
    """An order. `checked`, `not_reached`: titles of the actions that need no line of their own, with their count.

    `left`: what stays as it is, a sentence each; `unproven`: what was written and read back, but has not been seen on
    a real PC yet.
    """

    id: str
    step: str
    title: str
    campaign: str | None
    round: str
    mode: str
    mode_word: str
    state: str
    state_word: str
    reason: str | None
    sentence: str
    attempt: int
    sent_at: str
    started: str | None
    ended: str | None
    reported_at: str | None
    not_after: str | None
    cancel_at: str | None
    actions: list[ActionLine] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        return [change for action in self.actions for change in action.changes]

    @property
    def error(self) -> str:
        """Of the action that failed."""
        return next((action.error for action in self.actions if action.error), "")


def order_line(record: OrderRecord, places: Places, language: Language, now: datetime, unmet: str = "") -> OrderLine:
    """An order as it stands at a moment. `unmet`: the condition that it waits for."""
    words = phrases(language)
    state = shown_state(record.state, record.staging, record.cancel_at, now)
    reason = record.reason if state is record.state else None
    report = Report.model_validate(record.report) if record.report else None
    actions = [_action(each, words, places) for each in report.actions] if report else []
    return OrderLine(
        id=record.id,
        step=record.step,
        title=step_title(record.step, words),
        campaign=record.campaign,
        round=record.round,
        mode=record.mode.value,
        mode_word=words[f"mode_{record.mode.value}"],
        state=state.value,
        state_word=words[f"state_{state.value}"],
        reason=reason,
        sentence=WORDS[language].reason(reason, unmet or None),
        attempt=record.attempt,
        sent_at=record.sent_at,
        started=report.started if report else None,
        ended=report.ended if report else None,
        reported_at=record.reported_at,
        not_after=record.not_after,
        cancel_at=record.cancel_at,
        actions=actions,
        checked=_titles([each for each in actions if each.status in _CHECKS and not each.changes]),
        not_reached=_titles([each for each in actions if each.status == ActionStatus.NOT_REACHED]),
        left=_left(report, words, places) if report else [],
        unproven=_titles([each for each in actions if each.unproven]),
    )


def worth_a_line(action: ActionLine) -> bool:
    """Whether more is to be said of an action than that it was looked at."""
    quiet = action.status in (*_CHECKS, ActionStatus.NOT_REACHED) and not action.changes and not action.error
    return not quiet


def _action(said: ActionReport, words: Phrases, places: Places) -> ActionLine:
    return ActionLine(
        name=said.name,
        title=action_title(said.name, words),
        status=said.status.value,
        status_word=words[f"status_{said.status.value}"],
        way=said.way,
        seconds=said.seconds,
        unproven=said.unproven,
        saw=shown(said.saw) if said.saw and said.status in (ActionStatus.NOT_MET, ActionStatus.PENDING) else "",
        error=f"{said.error.code}: {said.error.text}".removesuffix(": ") if said.error else "",
        changes=[change for part in said.parts for change in changes_of(part, words, places)],
    )


def _titles(actions: list[ActionLine]) -> list[str]:
    """Each title once, with how often it stands there."""
    counts = Counter(action.title for action in actions)
    return [f"{title} ({count})" if count > 1 else title for title, count in counts.items()]


def _left(report: Report, words: Phrases, places: Places) -> list[str]:
    found = []
    for each in report.left:
        why = words.get(f"left_{each.why}", each.why)
        found.append(f"{place_of(each.at, words, places)}: {why}" if each.at is not None else why)
    return found
