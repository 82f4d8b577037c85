"""The module `order_cancel`: orders that lie on a client's PC begin nothing more (safety 1.11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from notesfleet.exchange.arguments import OrderCancelArguments, read_arguments
from notesfleet.exchange.host import profile_of
from notesfleet.exchange.order_task import wait_of
from notesfleet.exchange.outcome import Collected, collected_of
from notesfleet.exchange.session import Cancelling
from notesfleet.exchange.task import EMPTY, Opened
from notesfleet.orders.model import OrderState
from notesfleet.store.states import AUDIT


def order_cancel(opened: Opened) -> dict[str, Any]:
    """Cancel a client's open orders; what has ended stays what it is. An excluded client's can be cancelled too."""
    given = read_arguments(OrderCancelArguments, "notesfleet.client.order_cancel", opened.task.arguments)
    client = profile_of(opened.task.host, opened.said)
    wanted = _wanted(opened, given.steps)
    if not wanted:
        return EMPTY | {"orders": [], "msg": f"{client.name} has no order to cancel"}
    if opened.task.check:
        steps = ", ".join(sorted(set(wanted.values())))
        return EMPTY | {"changed": True, "orders": [], "msg": f"would cancel what is open of {steps}"}
    cancelling = Cancelling(client.name, client.sid, list(wanted), opened.task.issued_by, given.reason)
    answer = opened.session.cancel(cancelling, wait_of(given.wait, opened.said.campaign))
    orders = [collected_of(step, order_id, client.sid, answer) for order_id, step in wanted.items()]
    result = EMPTY | {"orders": [asdict(each) for each in orders], "msg": "; ".join(_told(each) for each in orders)}
    result["changed"] = any(each.cancel == "new" for each in orders)
    return result | ({"failed": True} if any(each.error for each in orders) else {})


def _wanted(opened: Opened, steps: list[str]) -> dict[str, str]:
    """Order to step: what the store and this run know of. Which of them are open, the PC knows better.

    An audit only reads, and cancelled it could not be repeated on that day: only where it is named.
    """
    known = opened.said.orders | opened.orders_of_this_run()
    found = opened.said.other_orders | {order_id: step for step, order_id in known.items()}
    return {order_id: step for order_id, step in found.items() if (step in steps if steps else step != AUDIT)}


def _told(each: Collected) -> str:
    if each.error:
        return f"{each.step}: {each.error}"
    if each.staged == "absent":
        return f"{each.step}: does not lie on the PC"
    if each.state == OrderState.CANCELLED:
        return f"{each.step}: cancelled"
    if each.cancel == "none":
        return f"{each.step}: {each.state} before, and stays so"
    if OrderState(each.state).ended:
        return f"{each.step}: {each.state} when the cancellation came"
    return f"{each.step}: cancelled on the PC, ends at the runner's next look ({each.reason or each.state})"
