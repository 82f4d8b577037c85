"""Answers of exchanges become reports: the fold of each journal, checked against the order that was sent."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from notesfleet.audit.inside import sections_of
from notesfleet.codes import Code, PendingReason
from notesfleet.errors import DocumentError
from notesfleet.orders.documents import ClientAnswer, ExchangeAnswer, OrderAnswer
from notesfleet.orders.journal import Journal, read_journal
from notesfleet.orders.model import Order, OrderState, Staging
from notesfleet.orders.report import Report, fold
from notesfleet.store import readings
from notesfleet.store.asides import Asides
from notesfleet.store.records import Answer, Sent, SentOrder
from notesfleet.store.states import AUDIT
from notesfleet.store.tables import clients, orders, pcs, reports

_GOOD = (OrderState.DONE, OrderState.PROVED)
_ATTEMPTS = 1_000_000
"""More than anybody can have sent; a database has no room for any number."""


@dataclass(frozen=True)
class _Stored:
    """An order as the store knows it."""

    order: Order
    staging: Staging
    state: OrderState
    attempt: int


def take_sent(connection: sa.Connection, position: int, run: str, sent: Sent, asides: Asides) -> None:
    """Note each order before it travels. One whose text is not its id's, or of an unknown client, is put aside."""
    for each in sent.orders:
        try:
            _note(connection, run, sent.at, each)
        except (DocumentError, ValidationError) as error:
            asides.put(
                position, host=each.client, pc=sent.pc, at=sent.at, why=sentence(error), document=each.model_dump()
            )


def _note(connection: sa.Connection, run: str, at: str, sent: SentOrder) -> None:
    order, staging = Order.model_validate_json(sent.text), Staging.model_validate_json(sent.staging)
    if order.id != sent.id or order.client != sent.client:
        raise DocumentError(f"the text that was sent as order {sent.id} is not that order")
    sid = connection.execute(sa.select(clients.c.sid).where(clients.c.name == sent.client)).scalar()
    if sid is None:
        raise DocumentError(f"order {sent.id} was sent to a client that is not in the store; audit its PC")
    if sid != order.owner.sid:
        raise DocumentError(f"order {sent.id} is of another profile than {sent.client}; audit its PC again")
    if _is_audit(order):
        _note_owner(connection, order, staging)
    before = _stored(connection, sent.id, sent.client)
    values: dict[str, Any] = {"staging": sent.staging, "sent_at": at, "run": run}
    if before is None:
        columns = {"campaign": order.campaign, "step": order.step, "round": order.round, "mode": order.mode.value}
        known = {"id": sent.id, "client": sent.client, "text": sent.text, "attempt": staging.attempt}
        state = {"state": OrderState.STAGED.value, "reason": None}
        connection.execute(sa.insert(orders).values(**columns, **known, **state, **values))
        return
    if staging.attempt > before.attempt and before.state not in _GOOD:
        values |= {"attempt": staging.attempt, "state": OrderState.STAGED.value, "reason": None}
    connection.execute(sa.update(orders).where(orders.c.id == sent.id).values(**values))


def _note_owner(connection: sa.Connection, audit: Order, staging: Staging) -> None:
    """An audit's order says where the survey found this client's Notes. Elsewhere than before, its user is unknown."""
    place = {"data": audit.owner.data, "machine": audit.incarnation.machine, "ini": staging.ini}
    moved = sa.or_(*(sa.func.coalesce(clients.c[name], "") != place[name] for name in ("data", "machine")))
    mine = clients.c.name == audit.client
    connection.execute(sa.update(clients).where(mine, moved).values(user=None))
    connection.execute(sa.update(clients).where(mine).values(**place))


def take_answer(connection: sa.Connection, position: int, answer: Answer, asides: Asides) -> None:
    """Fold the journals of an answer. What cannot be trusted is put aside and fails its client alone."""
    try:
        said = ExchangeAnswer.model_validate(answer.answer)
    except ValidationError as error:
        asides.put(position, host=answer.host, pc=answer.pc, at=answer.at, why=sentence(error), document=answer.answer)
        return
    answered(connection, answer.pc, answer.at)
    for client in said.clients:
        name = answer.clients.get(client.sid, answer.host)
        if client.error:
            _refuse(connection, name, client.error)
        for each in client.orders:
            try:
                _take_order(connection, answer, client, each)
            except (DocumentError, ValidationError, ValueError) as error:
                document = each.model_dump(mode="json")
                asides.put(position, host=name, pc=answer.pc, at=answer.at, why=sentence(error), document=document)


def answered(connection: sa.Connection, pc: str, at: str) -> None:
    """The PC answered at this moment: an earlier absence is over."""
    later = sa.or_(pcs.c.answered_at.is_(None), pcs.c.answered_at < at)
    connection.execute(sa.update(pcs).where(pcs.c.name == pc, later).values(answered_at=at))
    over = sa.and_(pcs.c.name == pc, pcs.c.absent_at <= at)
    connection.execute(sa.update(pcs).where(over).values(absent_at=None, absent_why=None))


def _take_order(connection: sa.Connection, answer: Answer, client: ClientAnswer, said: OrderAnswer) -> None:
    name = answer.clients.get(client.sid)
    stored = _stored(connection, said.id, name) if name else None
    if name is None or stored is None or stored.order.owner.sid != client.sid:
        raise DocumentError(f"order {said.id} was not issued to this client")
    if said.cancel != "none":
        _note_cancel(connection, said.id, answer.at)
    if said.staged == "refused":
        _set(connection, said.id, OrderState.FAILED, _code(said.error), stored.attempt, answer.at, stored.state)
        return
    if said.staged == "absent" or (not said.journal and stored.state.ended):
        return
    data = said.journal_bytes
    journal = read_journal(data)
    report = fold(stored.order, journal, stored.staging)
    if report.attempt > _ATTEMPTS:
        raise DocumentError(f"the journal of order {said.id} counts an attempt that was never sent")
    if stored.state in _GOOD and report.state not in _GOOD:
        raise DocumentError(f"order {said.id} is done, and its journal now says {report.state.value}")
    if stored.state.ended and not report.state.ended and report.attempt < stored.attempt:
        raise DocumentError(f"the journal of order {said.id} is older than its report")
    state, reason = report.state, report.reason
    if not state.ended and not client.logged_on:
        state, reason = OrderState.PENDING, PendingReason.NOBODY_LOGGED_ON.value
    # A state never moves backwards: `proved` is the store's own word for a done order.
    state = stored.state if stored.state in _GOOD else state
    _keep(connection, said.id, report, data)
    _set(connection, said.id, state, reason, report.attempt, answer.at, None)
    if _is_audit(stored.order) and report.state in _GOOD:
        _keep_audit(connection, name, stored.order, journal, report.ended or answer.at)


def _keep_audit(connection: sa.Connection, client: str, order: Order, journal: Journal, at: str) -> None:
    """The facts of an inside audit, and the Notes user name that the session had."""
    readings.keep(connection, client, at, "inside", sections_of(order, journal))
    users = [str(record["user"])[:300] for record in journal.records if record["k"] == "identity" and record["user"]]
    if users:
        connection.execute(sa.update(clients).where(clients.c.name == client).values(user=users[-1]))


def _is_audit(order: Order) -> bool:
    """An audit is an order of no campaign, of step `audit` (action-engine section 4)."""
    return order.campaign is None and order.step == AUDIT


def _keep(connection: sa.Connection, order: str, report: Report, journal: bytes) -> None:
    connection.execute(sa.delete(reports).where(reports.c.order == order))
    uncompared = [each for each in report.left if each.why == "not_compared"]
    counts = {"left": len(report.left) - len(uncompared), "not_compared": bool(uncompared)}
    values = {"order": order, "document": report.document(), "journal": zlib.compress(journal)}
    connection.execute(sa.insert(reports).values(**values, **counts))


def _set(
    connection: sa.Connection,
    order: str,
    state: OrderState,
    reason: str | None,
    attempt: int,
    at: str,
    before: OrderState | None,
) -> None:
    if before in _GOOD:
        return
    values = {"state": state.value, "reason": reason, "attempt": attempt, "reported_at": at}
    connection.execute(sa.update(orders).where(orders.c.id == order).values(**values))


def _note_cancel(connection: sa.Connection, order: str, at: str) -> None:
    """Its cancel file lies on the PC. It is cancelled only when its journal says so."""
    unknown = sa.and_(orders.c.id == order, orders.c.cancel_at.is_(None))
    connection.execute(sa.update(orders).where(unknown).values(cancel_at=at))


def _refuse(connection: sa.Connection, client: str, error: str) -> None:
    """The whole client was refused (such as a planted folder): its orders that nothing is known of yet failed."""
    waiting = sa.and_(orders.c.client == client, orders.c.state == OrderState.STAGED.value)
    connection.execute(sa.update(orders).where(waiting).values(state=OrderState.FAILED.value, reason=_code(error)))


def _stored(connection: sa.Connection, order: str, client: str) -> _Stored | None:
    row = connection.execute(sa.select(orders).where(orders.c.id == order, orders.c.client == client)).one_or_none()
    if row is None:
        return None
    return _Stored(
        Order.model_validate_json(row.text),
        Staging.model_validate_json(row.staging),
        OrderState(row.state),
        row.attempt,
    )


def _code(error: str) -> str:
    """The code with which an error of the PC begins; `runner_error` for anything else."""
    code = error.split(":", 1)[0].strip()
    return code if code in set(Code) else Code.RUNNER_ERROR.value


def sentence(error: Exception) -> str:
    """What is wrong with a document, in one sentence."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        return f"{path or 'the document'}: {first['msg']}"
    return str(error)
