"""How a client stands, as people and inventory groups see it (design section 1 and 7)."""

from __future__ import annotations

from enum import StrEnum

from notesfleet.orders.model import OrderState


class ClientState(StrEnum):
    """One word for a client. An order's states are `orders.model.OrderState`."""

    AUDITED = "audited"
    LEFT_OUT = "left_out"
    EXCLUDED = "excluded"
    WAITING = "waiting"
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    ABSENT = "absent"
    ASIDE = "aside"


AUDIT = "audit"
"""The step of an inside audit's order, which is of no campaign (action-engine section 4)."""
STEPS = ("enable_local_replica", "switch_server", "update_replicator")
"""The steps of a migration, in their order: with all of them done a client is done."""

_FAILED = (OrderState.FAILED, OrderState.EXPIRED, OrderState.CANCELLED, OrderState.UNDONE)
DONE = (OrderState.DONE, OrderState.PROVED)
"""The states of an order that is done."""


def state_of(
    orders: dict[str, OrderState],
    *,
    in_wave: bool = True,
    left_out: bool = False,
    excluded: bool = False,
    absent: bool = False,
    aside: bool = False,
) -> ClientState:
    """The state of a client. `orders`: step to state, of its campaign and round, mode apply."""
    if not in_wave:
        if aside:
            return ClientState.ASIDE
        return ClientState.ABSENT if absent else ClientState.AUDITED
    if all(orders.get(step) in DONE for step in STEPS):
        return ClientState.DONE
    if excluded:
        return ClientState.EXCLUDED
    if left_out:
        return ClientState.LEFT_OUT
    if aside:
        return ClientState.ASIDE
    if any(state in _FAILED for state in orders.values()):
        return ClientState.FAILED
    if absent:
        return ClientState.ABSENT
    return ClientState.PENDING if orders else ClientState.WAITING
