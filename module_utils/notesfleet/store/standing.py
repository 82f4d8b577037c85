"""How each client stands: its wave, its orders step by step, what is left, when its PC was last seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.codes import PendingReason
from notesfleet.orders.model import ActionStatus, Mode, OrderState
from notesfleet.orders.report import ActionReport, Report
from notesfleet.store.connection import Store
from notesfleet.store.exclusions import Exclusion, Finding, read_exclusions, read_findings
from notesfleet.store.recalls import OPEN, shown_state
from notesfleet.store.states import AUDIT, DONE, STEPS, ClientState, state_of
from notesfleet.store.tables import asides, campaigns, clients, orders, pcs, reports, targets, waves

_WAITS = (ActionStatus.NOT_MET, ActionStatus.PENDING)
_OPEN_AUDIT = sa.and_(orders.c.campaign.is_(None), orders.c.step == AUDIT, orders.c.state.in_(OPEN))
_OF_ORDERS = ("id", "client", "campaign", "step", "round", "state", "reason", "reported_at", "staging", "cancel_at")
_SENT: sa.Select[Any] = (
    sa.select(
        *(orders.c[name] for name in _OF_ORDERS),
        reports.c.left,
        reports.c.not_compared,
        sa.case((orders.c.reason == PendingReason.CONDITION.value, reports.c.document)).label("waiting"),
    )
    .outerjoin(reports, reports.c.order == orders.c.id)
    .where(sa.or_(orders.c.mode == Mode.APPLY.value, _OPEN_AUDIT))
    .order_by(orders.c.sent_at, orders.c.id)
)
"""`waiting`: the report of an order that waits for a condition, to see for which."""


@dataclass(frozen=True)
class StepStanding:
    """The newest order of a step. `left`: how many parts are left; `not_compared`: mail was not compared.

    `unmet`: the condition that it waits for, such as `require.outbox_empty`. `cancel_at`: since when it is cancelled on
    its PC; it is `cancelled` when its journal says so. An order whose time is over is `expired`, reported or not.
    """

    step: str
    order: str
    state: OrderState
    reason: str | None
    left: int
    not_compared: bool
    unmet: str | None = None
    cancel_at: str | None = None

    @property
    def recalled(self) -> bool:
        """It is cancelled and has not ended yet: it does at the runner's next look."""
        return self.cancel_at is not None and not self.state.ended


@dataclass(frozen=True)
class Standing:
    """A client, or a PC that was not audited yet (`client` empty, no state).

    `open_audit`: the newest order of an inside audit whose journal is still to come; `other_orders`: order to step of
    what else is open, of other rounds and campaigns. `exclusions`: open and ended ones, oldest first; `findings`:
    those of its campaign.
    """

    pc: str
    address: str
    site: str
    client: str = ""
    account: str = ""
    sid: str = ""
    user: str | None = None
    data: str | None = None
    ini: str | None = None
    machine: str | None = None
    campaign: str | None = None
    wave: str | None = None
    wave_date: str | None = None
    person: str = ""
    prompt_free: bool = False
    mailbox: dict[str, Any] | None = None
    left_out: str | None = None
    state: ClientState | None = None
    reason: str | None = None
    absent_since: str | None = None
    absent_why: str | None = None
    last_seen: str | None = None
    open_audit: str | None = None
    other_orders: dict[str, str] = field(default_factory=dict)
    steps: list[StepStanding] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def excluded(self) -> list[Exclusion]:
        """Why it is set aside now: the open exclusions."""
        return [each for each in self.exclusions if each.open]

    @property
    def steps_done(self) -> int:
        return sum(step.state in DONE for step in self.steps)

    @property
    def steps_of(self) -> int:
        """How many steps it has in all: none where it is in no wave, or left out."""
        if self.wave is None or (self.left_out is not None and not self.steps):
            return 0
        return len({*STEPS, *(step.step for step in self.steps)})

    @property
    def left(self) -> int:
        return sum(step.left for step in self.steps)

    @property
    def not_compared(self) -> bool:
        return any(step.not_compared for step in self.steps)

    @property
    def recalled(self) -> bool:
        """What waits is cancelled on the PC and ends at the runner's next look."""
        return any(step.recalled for step in self.steps)

    @property
    def unmet(self) -> str | None:
        """The condition that it waits for, where that is its reason."""
        return next((step.unmet for step in self.steps if step.unmet), None)


@dataclass(frozen=True)
class _Tables:
    """What is read once for all clients."""

    targets: dict[str, sa.Row[Any]]
    orders: dict[str, list[sa.Row[Any]]]
    asides: dict[str, sa.Row[Any]]
    exclusions: dict[str, list[Exclusion]]
    findings: dict[str, list[Finding]]
    now: datetime


def read_standings(store: Store, only: str | None = None) -> list[Standing]:
    """All clients and all PCs without any, by name; `only`: the one of that name, and nothing else is read."""
    with store.snapshot() as connection:
        tables = _read(connection, only)
        columns = [clients.c[name] for name in ("account", "sid", "user", "data", "ini", "machine")]
        joined = sa.select(pcs, clients.c.name.label("client"), *columns).select_from(pcs.outerjoin(clients))
        if only is not None:
            joined = joined.where(sa.func.coalesce(clients.c.name, pcs.c.name) == only)
        return [_standing(row, tables) for row in connection.execute(joined.order_by(pcs.c.name, clients.c.name))]


def wave_names(store: Store) -> list[str]:
    """The waves of all campaigns, in their order."""
    with store.snapshot() as connection:
        return list(connection.execute(sa.select(waves.c.name).order_by(waves.c.campaign, waves.c.position)).scalars())


def _read(connection: sa.Connection, only: str | None) -> _Tables:
    dated = sa.and_(waves.c.campaign == targets.c.campaign, waves.c.name == targets.c.wave)
    joined = targets.join(campaigns).outerjoin(waves, dated)
    chosen = sa.select(targets, campaigns.c.round, waves.c.date).select_from(joined)
    # A client that is in two campaigns is shown in the one that was loaded last.
    chosen = _mine(chosen.order_by(campaigns.c.loaded_at, campaigns.c.name), targets.c.client, only)
    by_client = {row.client: row for row in connection.execute(chosen)}
    sent: dict[str, list[Any]] = {}
    for row in connection.execute(_mine(_SENT, orders.c.client, only)):
        sent.setdefault(row.client, []).append(row)
    kept = sa.select(asides).order_by(asides.c.at, asides.c.run, asides.c.position, asides.c.item)
    aside = {row.host: row for row in connection.execute(_mine(kept, asides.c.host, only))}
    return _Tables(by_client, sent, aside, *_set_aside(connection, by_client, only), clock.now())


def _mine(chosen: sa.Select[Any], column: sa.ColumnElement[str], only: str | None) -> sa.Select[Any]:
    return chosen if only is None else chosen.where(column == only)


def _set_aside(
    connection: sa.Connection, by_client: dict[str, sa.Row[Any]], only: str | None
) -> tuple[dict[str, list[Exclusion]], dict[str, list[Finding]]]:
    """Exclusions (those by hand count for every campaign) and findings, by client, of the campaign it is shown in."""
    exclusions: dict[str, list[Exclusion]] = {}
    findings: dict[str, list[Finding]] = {}
    campaign = {client: row.campaign for client, row in by_client.items()}
    for exclusion in read_exclusions(connection, only):
        if exclusion.campaign in (None, campaign.get(exclusion.client)):
            exclusions.setdefault(exclusion.client, []).append(exclusion)
    for finding in read_findings(connection, only):
        if finding.campaign == campaign.get(finding.client):
            findings.setdefault(finding.client, []).append(finding)
    return exclusions, findings


def _unmet(row: sa.Row[Any]) -> str | None:
    """The condition that an order waits for; only the reports of those that wait for one were read."""
    if not row.waiting:
        return None
    return next((action.name for action in _actions(row.waiting) if action.status in _WAITS), None)


def _actions(document: dict[str, Any]) -> list[ActionReport]:
    return Report.model_validate(document).actions


def _standing(row: sa.Row[Any], tables: _Tables) -> Standing:
    place = {"pc": row.name, "address": row.address, "site": row.site, "last_seen": row.answered_at}
    away = {"absent_since": row.absent_at, "absent_why": row.absent_why}
    if row.client is None:
        return _pc_standing(row, tables.asides.get(row.name), place | away)
    target = tables.targets.get(row.client)
    sent = tables.orders.get(row.client, [])
    audits = [order.id for order in sent if order.campaign is None and order.step == AUDIT]
    steps = _steps([order for order in sent if target is not None and _of(order, target)], tables)
    aside = tables.asides.get(row.client)
    newest = max((order.reported_at or "" for order in sent), default="")
    state = state_of(
        {step.step: step.state for step in steps},
        in_wave=target is not None,
        left_out=target is not None and target.left_out is not None,
        excluded=any(each.open for each in tables.exclusions.get(row.client, [])),
        absent=row.absent_at is not None,
        aside=aside is not None and aside.at >= newest,
    )
    whose = {name: getattr(row, name) for name in ("client", "account", "sid", "user", "data", "ini", "machine")}
    whose |= {"open_audit": audits[-1] if audits else None, "other_orders": _others(sent, steps)}
    whose |= {"exclusions": tables.exclusions.get(row.client, []), "findings": tables.findings.get(row.client, [])}
    reason = _reason(state, steps, row.absent_why, aside.why if aside else None, target.left_out if target else None)
    if target is None:
        return Standing(**place, **away, **whose, state=state, reason=reason)
    where = {"campaign": target.campaign, "wave": target.wave, "wave_date": target.date, "person": target.person}
    mailbox = {"mailbox": target.mailbox, "prompt_free": target.prompt_free, "left_out": target.left_out}
    return Standing(**place, **away, **whose, **where, **mailbox, state=state, reason=reason, steps=steps)


def _pc_standing(row: sa.Row[Any], aside: sa.Row[Any] | None, fields: dict[str, Any]) -> Standing:
    """A PC of which no client is known: absent, or what it said last was kept aside, or not audited yet."""
    if aside is not None and aside.at >= max(row.absent_at or "", row.answered_at or ""):
        return Standing(**fields, state=ClientState.ASIDE, reason=aside.why)
    absent = ClientState.ABSENT if row.absent_at else None
    return Standing(**fields, state=absent, reason=row.absent_why)


def _of(order: sa.Row[Any], target: sa.Row[Any]) -> bool:
    return bool(order.campaign == target.campaign and order.round == target.round)


def _steps(rows: list[sa.Row[Any]], tables: _Tables) -> list[StepStanding]:
    """The newest order of each step, the steps of a migration in their order, a site's own after them."""
    newest = {row.step: _step(row, tables) for row in rows}
    places = {step: number for number, step in enumerate(STEPS)}
    return sorted(newest.values(), key=lambda step: places.get(step.step, len(STEPS)))


def _step(row: sa.Row[Any], tables: _Tables) -> StepStanding:
    state = shown_state(OrderState(row.state), row.staging, row.cancel_at, tables.now)
    known = state.value == row.state
    return StepStanding(
        row.step,
        row.id,
        state,
        row.reason if known else None,
        row.left or 0,
        not_compared=bool(row.not_compared),
        unmet=_unmet(row) if known else None,
        cancel_at=row.cancel_at,
    )


def _others(rows: list[sa.Row[Any]], steps: list[StepStanding]) -> dict[str, str]:
    """Order to step of what may still go on beside the newest order of each step."""
    shown = {step.order for step in steps}
    return {
        row.id: row.step
        for row in rows
        if row.state in OPEN and row.id not in shown and not (row.campaign is None and row.step == AUDIT)
    }


def _reason(
    state: ClientState, steps: list[StepStanding], absent: str | None, aside: str | None, left_out: str | None
) -> str | None:
    """Why it stands so: a code, a pending reason, or a sentence."""
    match state:
        case ClientState.ABSENT:
            return absent
        case ClientState.ASIDE:
            return aside
        case ClientState.LEFT_OUT:
            return left_out
        case ClientState.PENDING | ClientState.FAILED:
            open_steps = [step for step in steps if step.state not in DONE]
            failed = [step for step in open_steps if step.state.ended]
            chosen = failed if state is ClientState.FAILED else open_steps
            return (chosen[0].reason or chosen[0].state.value) if chosen else None
    return None
