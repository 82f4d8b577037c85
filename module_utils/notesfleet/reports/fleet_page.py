"""The whole fleet at one moment: campaigns, counts by wave and state, progress over time, a page for each client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.reports.client_page import UNAUDITED, ClientPage, read_pages
from notesfleet.reports.words import WORDS, Language
from notesfleet.store.connection import Store
from notesfleet.store.histories import CampaignRecord, last_run, read_campaigns, read_ends
from notesfleet.store.standing import Standing
from notesfleet.store.states import ClientState

ORDER = (
    ClientState.FAILED,
    ClientState.ASIDE,
    ClientState.EXCLUDED,
    ClientState.LEFT_OUT,
    ClientState.ABSENT,
    ClientState.PENDING,
    ClientState.WAITING,
    UNAUDITED,
    ClientState.AUDITED,
    ClientState.DONE,
)
"""The states, those first that somebody has to look at."""
_POINTS = 120
_BUCKETS = (60, 600, 3600, 6 * 3600, 86400, 7 * 86400)


class Counted(Protocol):
    """What a campaign counts of a client. `finished`: when it was done."""

    @property
    def wave(self) -> str | None: ...

    @property
    def state(self) -> str: ...

    @property
    def finished(self) -> str | None: ...


@dataclass(frozen=True)
class Member:
    """A client of a campaign, as far as it is counted."""

    wave: str | None
    state: str
    finished: str | None


@dataclass(frozen=True)
class Point:
    """How many clients were newly done in the span before a moment, and how many in all."""

    at: str
    new: int
    done: int


@dataclass(frozen=True)
class Group:
    """The clients of one state, by wave and name."""

    state: str
    title: str
    pages: list[ClientPage]


@dataclass(frozen=True)
class WaveCount:
    """How many clients of a wave are in each state."""

    name: str
    date: str
    counts: dict[str, int]
    total: int


@dataclass(frozen=True)
class CampaignPage:
    """`states`: those that any of its clients is in. `points`: oldest first, from its loading to now."""

    record: CampaignRecord
    waves: list[WaveCount]
    states: list[str]
    total: int
    points: list[Point]


@dataclass(frozen=True)
class FleetPage:
    """`run`: playbook, start and end of the last run. `counts`: state to how many, all clients and PCs."""

    at: datetime
    run: tuple[str, str, str | None] | None
    campaigns: list[CampaignPage]
    groups: list[Group]
    titles: dict[str, str]
    counts: dict[str, int]
    total: int


def read_fleet(store: Store, standings: list[Standing], language: Language, now: datetime) -> FleetPage:
    """The fleet as these standings have it: all of it, or one wave."""
    pages = read_pages(store, standings, language, now)
    with store.snapshot() as connection:
        campaigns, run = read_campaigns(connection), last_run(connection)
    titles, counts = state_titles(language), count_states(page.state for page in pages)
    used = {page.campaign for page in pages}
    shown = [each for each in campaigns if each.name in used or len(used - {None}) == 0]
    return FleetPage(
        at=now,
        run=run,
        campaigns=[count_campaign(each, [page for page in pages if page.campaign == each.name], now) for each in shown],
        groups=[Group(state, titles[state], _sorted(pages, state, campaigns)) for state in counts],
        titles=titles,
        counts=counts,
        total=len(pages),
    )


def state_titles(language: Language) -> dict[str, str]:
    """Every state that a client or a PC may be in, for people, in the order of `ORDER`."""
    words = WORDS[language]
    return {str(state): words.states[state] if isinstance(state, ClientState) else words.unaudited for state in ORDER}


def count_states(states: Iterable[str]) -> dict[str, int]:
    """How many are in each state, in the order of `ORDER`; states that nobody is in are left out."""
    counts = Counter(states)
    return {str(state): counts[state] for state in ORDER if counts[state]}


def _sorted(pages: list[ClientPage], state: str, campaigns: list[CampaignRecord]) -> list[ClientPage]:
    places = {wave.name: (wave.date, number) for each in campaigns for number, wave in enumerate(each.waves)}
    mine = [page for page in pages if page.state == state]
    return sorted(mine, key=lambda page: (places.get(page.wave or "", ("9", 0)), page.name))


def count_campaign(record: CampaignRecord, members: Sequence[Counted], now: datetime) -> CampaignPage:
    """A campaign in numbers at a moment. `members`: all its clients."""
    waves = []
    for wave in record.waves:
        counts = count_states(each.state for each in members if each.wave == wave.name)
        waves.append(WaveCount(wave.name, wave.date, counts, sum(counts.values())))
    states = list(count_states(each.state for each in members))
    finished = sorted(each.finished for each in members if each.finished and each.state == ClientState.DONE)
    return CampaignPage(record, waves, states, len(members), _points(finished, record.loaded_at, now))


def read_campaign(
    connection: sa.Connection, record: CampaignRecord, standings: Iterable[Standing], now: datetime
) -> CampaignPage:
    """A campaign in numbers, without the histories of its clients: only when each was done is read."""
    ends = read_ends(connection)
    members = [_member(each, ends) for each in standings if each.campaign == record.name]
    return count_campaign(record, members, now)


def _member(each: Standing, ends: dict[str, str]) -> Member:
    over = [ends.get(step.order, "") for step in each.steps]
    done = each.steps_of and each.steps_done == each.steps_of
    return Member(each.wave, each.state.value if each.state else UNAUDITED, max(over) if done else None)


def _points(finished: list[str], loaded_at: str, now: datetime) -> list[Point]:
    """The progress in spans of equal length, few enough for a chart and a table; empty spans are left out."""
    if not finished:
        return []
    first = min(clock.parse(loaded_at), clock.parse(finished[0]))
    last = max(now, clock.parse(finished[-1]))
    span = next((each for each in _BUCKETS if (last - first).total_seconds() / each <= _POINTS), _BUCKETS[-1])
    counts = Counter(_end_of(clock.parse(each), span, last) for each in finished)
    points, done = [Point(clock.text(first), 0, 0)], 0
    for end in sorted(counts):
        done += counts[end]
        points.append(Point(clock.text(end), counts[end], done))
    return points


def _end_of(moment: datetime, span: int, last: datetime) -> datetime:
    """The end of the span that a moment is in; no span ends after now."""
    end = int(moment.timestamp()) // span * span + span
    return min(moment + timedelta(seconds=end - int(moment.timestamp())), last)
