"""The modules `order` and `order_info`: one order to one client, and what its orders came to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from notesfleet import clock
from notesfleet.actions import schemas
from notesfleet.errors import InputError
from notesfleet.exchange.arguments import OrderArguments, OrderInfoArguments, read_arguments
from notesfleet.exchange.host import DEFAULT_DAYS, DEFAULT_WAIT, Client, HostCampaign, client_of, profile_of
from notesfleet.exchange.outcome import Collected, Outcome, collected_of, outcome_of, result_of
from notesfleet.exchange.session import Collecting, Sending
from notesfleet.exchange.task import EMPTY, ORDERS, Opened, held
from notesfleet.orders.model import Mode, Order, OrderAction, OrderState, Staging


def order(opened: Opened) -> dict[str, Any]:
    """Stage an order, start it where its user is, and give its report or why it waits."""
    given = read_arguments(OrderArguments, "notesfleet.client.order", opened.task.arguments)
    actions = schemas.validate(given.actions)
    client = client_of(opened.task.host, opened.said)
    if opened.said.excluded is not None and not opened.task.check:
        return held(f"excluded: {opened.said.excluded}; `notesfleet include {client.name}` lets it in")
    made = _order(opened, client, given, actions)
    outcome = _sent(opened, client, given, made)
    orders = opened.orders_of_this_run() | {given.step: made.id}
    facts = {ORDERS: {"run": opened.session.spool.run, "orders": orders}}
    return result_of(outcome, diff=opened.task.diff) | {"ansible_facts": facts}


def _order(opened: Opened, client: Client, given: OrderArguments, actions: list[OrderAction]) -> Order:
    campaign = client.campaign
    mode = Mode.CHECK if opened.task.check else Mode.APPLY
    # A look is repeated whenever somebody asks for it, so each run's is an order of its own.
    own_round = opened.session.spool.run if mode is Mode.CHECK else given.round
    return Order(
        campaign=campaign.name if campaign else None,
        step=given.step,
        client=client.name,
        owner=client.owner,
        incarnation=client.incarnation,
        mode=mode,
        round=own_round or (campaign.round if campaign else "1"),
        after=_after(opened, client, given.after),
        actions=actions,
    )


def _after(opened: Opened, client: Client, steps: list[str]) -> list[str]:
    """The ids of this client's orders of these steps: those of this run, else those that the store knows."""
    known = client.orders | opened.orders_of_this_run()
    if missing := [step for step in steps if step not in known]:
        raise InputError(
            f"after: {client.name} has no order of the step {missing[0]}",
            where="notesfleet.client.order",
            remedy="run that step first; its orders so far are of " + (", ".join(sorted(known)) or "no step"),
        )
    return [known[step] for step in steps]


def _sent(opened: Opened, client: Client, given: OrderArguments, made: Order) -> Outcome:
    """The order's outcome. An expired one goes on with the next attempt, a failed one where that is asked for."""
    wait = wait_of(given.wait, client.campaign)
    outcome = _once(opened, client, given, made, wait, attempt=1)
    again = outcome.state is OrderState.EXPIRED or (given.retry and outcome.state is OrderState.FAILED)
    if outcome.report is None or not again:
        return outcome
    return _once(opened, client, given, made, wait, attempt=outcome.report.attempt + 1)


def _once(opened: Opened, client: Client, given: OrderArguments, made: Order, wait: int, attempt: int) -> Outcome:
    sending = Sending(made, _staging(opened, client, given, attempt))
    return outcome_of(sending, opened.session.stage([sending], wait))


def _staging(opened: Opened, client: Client, given: OrderArguments, attempt: int) -> Staging:
    now = clock.now()
    days = client.campaign.not_after_days if client.campaign else DEFAULT_DAYS
    return Staging(
        attempt=attempt,
        not_before=given.not_before,
        not_after=given.not_after or clock.text(now + timedelta(days=days)),
        stop_file=client.campaign.stop_file if client.campaign else None,
        stop_if_unreadable=client.campaign is not None and client.campaign.stop_if_unreadable,
        prompt_free=client.prompt_free,
        ini=client.ini,
        issued_by=opened.task.issued_by,
        issued_at=clock.text(now),
    )


def order_info(opened: Opened) -> dict[str, Any]:
    """Bring back the journals of orders that lie on the PC. Changes nothing of the controller's or the user's."""
    given = read_arguments(OrderInfoArguments, "notesfleet.client.order_info", opened.task.arguments)
    client = profile_of(opened.task.host, opened.said)
    known = opened.said.orders | opened.orders_of_this_run()
    wanted = {step: known[step] for step in known if not given.steps or step in given.steps}
    if not wanted:
        return EMPTY | {"orders": [], "msg": f"{client.name} has no order to collect"}
    collecting = Collecting(client.name, client.sid, list(wanted.values()))
    answer = opened.session.collect(collecting, wait_of(given.wait, opened.said.campaign))
    collected = [collected_of(step, order_id, client.sid, answer) for step, order_id in wanted.items()]
    result = EMPTY | {"orders": [asdict(each) for each in collected], "msg": _told(collected)}
    return result | ({"failed": True} if any(each.error for each in collected) else {})


def _told(collected: list[Collected]) -> str:
    return "; ".join(
        f"{each.step}: {each.error or each.state + (f' ({each.reason})' if each.reason else '')}" for each in collected
    )


def wait_of(given: int | None, campaign: HostCampaign | None) -> int:
    """For how many seconds an exchange waits: as the task says, else the campaign."""
    if given is not None:
        return given
    return campaign.wait if campaign else DEFAULT_WAIT
