"""What keeps orders from going on, as the store knows it: stops of campaigns, and time that is over (safety 1.11)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.orders.model import OrderState
from notesfleet.store.histories import StopRecord
from notesfleet.store.tables import orders, stops

OPEN = tuple(state.value for state in OrderState if not state.ended)


@dataclass(frozen=True)
class OpenOrders:
    """The orders of a campaign that may still begin something, by state. `blind`: those that look at another stop
    file, or at none."""

    states: dict[OrderState, int]
    blind: int

    @property
    def count(self) -> int:
        return sum(self.states.values())


def shown_state(state: OrderState, staging: str, cancel_at: str | None, now: datetime) -> OrderState:
    """An order that did not end by its `not_after` shows as expired; a journal that comes later still counts.

    One that is cancelled on its PC will end as that.
    """
    if state.ended or cancel_at is not None:
        return state
    not_after = json.loads(staging).get("not_after")
    return OrderState.EXPIRED if not_after and clock.parse(not_after) < now else state


def open_orders(connection: sa.Connection, campaign: str, stop_file: str) -> OpenOrders:
    """Of all rounds. Cancelled and expired ones begin nothing more, so they do not count."""
    mine = sa.and_(orders.c.campaign == campaign, orders.c.state.in_(OPEN), orders.c.cancel_at.is_(None))
    now, states, blind = clock.now(), Counter[OrderState](), 0
    for row in connection.execute(sa.select(orders.c.state, orders.c.staging).where(mine)):
        state = shown_state(OrderState(row.state), row.staging, None, now)
        if not state.ended:
            states[state] += 1
            blind += json.loads(row.staging).get("stop_file") != stop_file
    return OpenOrders(dict(states), blind)


def open_stop(connection: sa.Connection, campaign: str) -> StopRecord | None:
    """The stop of a campaign that is not lifted yet, the first where there are several."""
    mine = sa.and_(stops.c.campaign == campaign, stops.c.lifted_at.is_(None))
    row = connection.execute(sa.select(stops).where(mine).order_by(stops.c.id).limit(1)).first()
    return StopRecord(row.author, row.reason, row.at, None, None, None) if row else None


def begin_stop(connection: sa.Connection, campaign: str, *, author: str, reason: str, at: str) -> None:
    connection.execute(sa.insert(stops).values(campaign=campaign, author=author, reason=reason, at=at))


def lift_stops(connection: sa.Connection, campaign: str, *, author: str, reason: str, at: str) -> None:
    mine = sa.and_(stops.c.campaign == campaign, stops.c.lifted_at.is_(None))
    connection.execute(sa.update(stops).where(mine).values(lifted_at=at, lifted_by=author, lifted_why=reason))
