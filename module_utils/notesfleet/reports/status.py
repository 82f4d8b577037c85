"""The report on the terminal: a line for each client, what it waits for, what is left; and the same as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import IO

from notesfleet import clock
from notesfleet.reports.advice import why_of
from notesfleet.reports.tables import Cell, Column, Styled, print_line, print_table
from notesfleet.reports.words import WORDS, Language, Words
from notesfleet.store.standing import Standing, StepStanding
from notesfleet.store.states import ClientState

_STYLES = {ClientState.DONE: "green", ClientState.FAILED: "red", ClientState.ASIDE: "red", ClientState.ABSENT: "yellow"}


def print_status(standings: list[Standing], language: Language, file: IO[str]) -> None:
    """The table and a line of sums: coloured and fitted on a terminal, plain aligned text elsewhere."""
    words = WORDS[language]
    if not standings:
        print_line(words.nobody, file)
        return
    print_table(_columns(words), [_row(each, language) for each in standings], file)
    print_line(_sums(standings, words), file)


def status_json(standings: list[Standing], language: Language) -> str:
    """The same for programs: codes as they are, beside their sentences."""
    return json.dumps({"schema": 1, "clients": [_entry(each, language) for each in standings]}, indent=2)


def _columns(words: Words) -> list[Column]:
    titles = (words.client, words.state, words.steps, words.compared)
    left, why = Column(words.left, right=True), Column(words.why, breaks=True)
    return [*(Column(title) for title in titles), left, Column(words.seen), why]


def _row(each: Standing, language: Language) -> list[Cell]:
    words = WORDS[language]
    return [
        each.client or each.pc,
        Styled(_state(each, words), _STYLES.get(each.state, "") if each.state else ""),
        _steps(each),
        words.not_compared if each.not_compared else None,
        each.left if each.steps else None,
        _seen(each, words),
        why_of(each, language),
    ]


def _state(each: Standing, words: Words) -> str:
    return words.states[each.state] if each.state else words.unaudited


def _steps(each: Standing) -> str:
    """How many of the steps are done."""
    return f"{each.steps_done}/{each.steps_of}" if each.steps_of else ""


def _seen(each: Standing, words: Words) -> str:
    return f"{clock.parse(each.last_seen):%Y-%m-%d %H:%M} UTC" if each.last_seen else words.never


def _sums(standings: list[Standing], words: Words) -> str:
    counts = Counter(_state(each, words) for each in standings)
    return ", ".join(f"{name}: {count}" for name, count in counts.most_common())


def _entry(each: Standing, language: Language) -> dict[str, object]:
    return {
        "client": each.client or None,
        "pc": each.pc,
        "site": each.site,
        "person": each.person or None,
        "campaign": each.campaign,
        "wave": each.wave,
        "state": each.state.value if each.state else "unaudited",
        "reason": each.reason,
        "sentence": why_of(each, language) or None,
        "steps": [_step(step) for step in each.steps],
        "not_compared": each.not_compared,
        "left": each.left,
        "exclusions": [asdict(exclusion) for exclusion in each.exclusions],
        "findings": [asdict(finding) for finding in each.findings],
        "last_seen": each.last_seen,
    }


def _step(step: StepStanding) -> dict[str, object]:
    return {
        "step": step.step,
        "order": step.order,
        "state": step.state.value,
        "reason": step.reason,
        "unmet": step.unmet,
        "cancel_at": step.cancel_at,
        "left": step.left,
        "not_compared": step.not_compared,
    }
