"""All that is known of one client, in one language: what the HTML report and `notesfleet client show` both show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from notesfleet import clock
from notesfleet.orders.model import OrderState
from notesfleet.reports.advice import advise, excluded_by, excluded_why, finding_why
from notesfleet.reports.order_lines import OrderLine, order_line
from notesfleet.reports.page_words import phrases, step_title
from notesfleet.reports.translations import translated
from notesfleet.reports.words import WORDS, Language
from notesfleet.store.connection import Store
from notesfleet.store.exclusions import Waiver
from notesfleet.store.histories import (
    AsideRecord,
    AuditRecord,
    History,
    read_histories,
)
from notesfleet.store.standing import Standing
from notesfleet.store.states import STEPS

_DONE = (OrderState.DONE.value, OrderState.PROVED.value)
UNAUDITED = "unaudited"


@dataclass(frozen=True)
class StepLine:
    """A step of the migration. `order`: its newest, None where it was not begun."""

    step: str
    title: str
    order: OrderLine | None


@dataclass(frozen=True)
class ExclusionLine:
    """`who`: the rule, or by hand and the author. `ended_why`: in the language where it is known."""

    who: str
    rule: str | None
    author: str
    why: str
    begun_at: str
    until: str | None
    ended_at: str | None
    ended_by: str | None
    ended_why: str | None


@dataclass(frozen=True)
class FindingLine:
    """`why`: the rule's reason, or what cannot be known. `readings`: section to moment and depth."""

    rule: str
    holds: bool
    verdict: str
    why: str
    unknown: str | None
    remedy: str | None
    since: str
    readings: dict[str, dict[str, str]]


@dataclass(frozen=True)
class ClientPage:
    """`state`: a ClientState, or `unaudited`. `done`, `of`: steps. `wave_date`: ISO. `finished`: when it was done.

    `evidence`: what a PC or a library said of it, which is not translated.
    """

    name: str
    client: str
    pc: str
    address: str
    site: str
    account: str
    user: str | None
    person: str
    data: str | None
    campaign: str | None
    wave: str | None
    wave_date: str | None
    mailbox: dict[str, Any] | None
    state: str
    state_word: str
    sentence: str
    why: str
    evidence: str
    tell: str
    todo: list[str]
    done: int
    of: int
    left: int
    not_compared: bool
    last_seen: str | None
    absent_since: str | None
    finished: str | None
    steps: list[StepLine]
    exclusions: list[ExclusionLine]
    findings: list[FindingLine]
    waivers: list[Waiver]
    audits: list[AuditRecord]
    asides: list[AsideRecord]
    orders: list[OrderLine]

    def document(self) -> dict[str, Any]:
        """The page as JSON; an order stands once, under `orders`, and a step names it."""
        found = asdict(self)
        for step in found["steps"]:
            step["order"] = step["order"]["id"] if step["order"] else None
        return {"schema": 1, **found}


def read_pages(
    store: Store, standings: Iterable[Standing], language: Language, now: datetime, only: str | None = None
) -> list[ClientPage]:
    """The pages of these clients. `only`: where there is one alone, its name: no other's history is read."""
    with store.snapshot() as connection:
        histories = read_histories(connection, only)
    return [_page(each, histories.get(each.client or each.pc, History()), language, now) for each in standings]


def _page(each: Standing, history: History, language: Language, now: datetime) -> ClientPage:
    unmet = {step.order: step.unmet for step in each.steps if step.unmet}
    orders = [order_line(order, history.locations, language, now, unmet.get(order.id, "")) for order in history.orders]
    # Steps that were sent in the same second stand in the order of the migration.
    orders.sort(key=lambda order: (order.sent_at, STEPS.index(order.step) if order.step in STEPS else -1, order.id))
    steps = _steps(each, {order.id: order for order in orders}, language)
    stuck = next((step.order for step in steps if step.order and step.order.state not in _DONE), None)
    failed = next((step.order for step in steps if step.order and _ended_badly(step.order)), None)
    path = history.asides[-1].path if history.asides else ""
    wave = f"{each.wave} ({each.wave_date})" if each.wave_date else each.wave or ""
    advice = advise(each, failed or stuck, path, wave, language)
    done = sum(1 for step in steps if step.order and step.order.state in _DONE)
    ends = [step.order.ended or step.order.reported_at or "" for step in steps if step.order]
    return ClientPage(
        name=each.client or each.pc,
        client=each.client,
        pc=each.pc,
        address=each.address,
        site=each.site,
        account=each.account,
        user=each.user,
        person=each.person,
        data=each.data,
        campaign=each.campaign,
        wave=each.wave,
        wave_date=each.wave_date,
        mailbox=each.mailbox,
        state=each.state.value if each.state else UNAUDITED,
        state_word=WORDS[language].states[each.state] if each.state else WORDS[language].unaudited,
        sentence=advice.sentence,
        why=advice.why,
        evidence=advice.evidence,
        tell=advice.tell,
        todo=advice.todo,
        done=done,
        of=len(steps),
        left=each.left,
        not_compared=each.not_compared,
        last_seen=each.last_seen,
        absent_since=each.absent_since,
        finished=max(ends) if steps and done == len(steps) and len(ends) == len(steps) else None,
        steps=steps,
        exclusions=_exclusions(each, language),
        findings=_findings(each, language),
        waivers=[waiver for waiver in history.waivers if waiver.campaign == each.campaign],
        audits=history.audits,
        asides=history.asides,
        orders=orders,
    )


def _steps(each: Standing, orders: dict[str, OrderLine], language: Language) -> list[StepLine]:
    """The three steps and a site's own; none for who is in no wave or left out."""
    if each.wave is None or (each.left_out is not None and not each.steps):
        return []
    words = phrases(language)
    newest = {step.step: orders.get(step.order) for step in each.steps}
    names = [*STEPS, *(step for step in newest if step not in STEPS)]
    return [StepLine(step, step_title(step, words), newest.get(step)) for step in names]


def _ended_badly(order: OrderLine) -> bool:
    return OrderState(order.state).ended and order.state not in _DONE


def _exclusions(each: Standing, language: Language) -> list[ExclusionLine]:
    return [
        ExclusionLine(
            who=excluded_by(exclusion, language),
            rule=exclusion.rule,
            author=exclusion.author,
            why=excluded_why(exclusion, each.findings if exclusion.open else [], language),
            begun_at=exclusion.begun_at,
            until=exclusion.until,
            ended_at=exclusion.ended_at,
            ended_by=exclusion.ended_by,
            ended_why=translated(exclusion.ended_why, language) if exclusion.ended_why else None,
        )
        for exclusion in each.exclusions
    ]


def _findings(each: Standing, language: Language) -> list[FindingLine]:
    return [
        FindingLine(
            rule=finding.rule,
            holds=finding.holds,
            verdict=finding.verdict,
            why=finding_why(finding, language),
            unknown=translated(finding.unknown, language) if finding.unknown else None,
            remedy=finding.remedy[language.value] if finding.remedy else None,
            since=finding.since,
            readings=finding.readings,
        )
        for finding in each.findings
    ]


def common_name(name: str) -> str:
    """The first part of a Notes name, without its label: Jean Dupont of CN=Jean Dupont/O=ACME."""
    first = name.split("/", 1)[0]
    return first[3:] if first[:3].lower() == "cn=" else first


def as_of(moment: datetime) -> str:
    """A moment of a page, with its zone."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def moment(text: str | None) -> str:
    """A moment of the store for people, with its zone; a text that is none, as it is."""
    try:
        return f"{clock.parse(text):%Y-%m-%d %H:%M} UTC" if text else ""
    except ValueError:
        return text or ""
