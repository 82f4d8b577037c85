"""One task's dealings with one PC: every order is recorded before it travels, every answer when it comes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from notesfleet import clock
from notesfleet.errors import DocumentError
from notesfleet.exchange.transport import Send
from notesfleet.orders.documents import (
    ANSWER_LIMIT,
    ClientRequest,
    ExchangeAnswer,
    ExchangeRequest,
    RunnerPackage,
    StagedOrder,
)
from notesfleet.orders.model import Order, Staging
from notesfleet.orders.recall import recall_line
from notesfleet.powershell.package import runner_archive, runner_hash
from notesfleet.store.spool import Spool


@dataclass(frozen=True)
class Sending:
    """An order that is to be staged, and what lies beside it."""

    order: Order
    staging: Staging

    def staged(self) -> StagedOrder:
        return StagedOrder(id=self.order.id, text=self.order.text, staging=self.staging.content)


@dataclass(frozen=True)
class Collecting:
    """Orders of one client whose journals are wanted."""

    client: str
    sid: str
    orders: list[str]


@dataclass(frozen=True)
class Cancelling:
    """Orders of one client that are to begin nothing more, on whose word and why."""

    client: str
    sid: str
    orders: list[str]
    author: str
    reason: str


@dataclass(frozen=True)
class Session:
    """The inventory host whose task it is, its PC, the run's record and the way to the PC."""

    host: str
    pc: str
    spool: Spool
    send: Send

    def survey(self) -> dict[str, Any]:
        """What `survey.ps1` read. Raises TransportFailed, DocumentError, NotRecorded."""
        document = self._ask("survey", {})
        self.spool.append("survey", host=self.host, pc=self.pc, at=clock.text(clock.now()), survey=document)
        return document

    def stage(self, sendings: list[Sending], wait: int, *, deliver: bool = False) -> ExchangeAnswer:
        """Stage orders and bring back what their journals say within `wait` seconds.

        `deliver`: the runner is known not to be there, so it travels at once. Raises TransportFailed (the
        orders may have been staged), DocumentError, and NotRecorded, before anything is sent.
        """
        sent = [
            {"client": each.order.client, "id": each.order.id, "text": each.order.text, "staging": each.staging.content}
            for each in sendings
        ]
        self.spool.append("sent", host=self.host, pc=self.pc, at=clock.text(clock.now()), orders=sent)
        clients: dict[str, list[StagedOrder]] = {}
        for each in sendings:
            clients.setdefault(each.order.owner.sid, []).append(each.staged())
        requests = [ClientRequest(sid=sid, orders=orders) for sid, orders in clients.items()]
        names = {each.order.owner.sid: each.order.client for each in sendings}
        return self._exchange(requests, names, wait, deliver=deliver)

    def collect(self, collecting: Collecting, wait: int) -> ExchangeAnswer:
        """Bring back the journals of orders that were staged before. Raises as `stage`."""
        request = ClientRequest(sid=collecting.sid, collect=collecting.orders)
        return self._exchange([request], {collecting.sid: collecting.client}, wait, deliver=False)

    def cancel(self, cancelling: Cancelling, wait: int) -> ExchangeAnswer:
        """Recall orders that lie on the PC, and bring back what their journals then say. Raises as `stage`."""
        at = clock.text(clock.now())
        said = {"client": cancelling.client, "orders": cancelling.orders}
        said |= {"author": cancelling.author, "reason": cancelling.reason}
        self.spool.append("cancelled", host=self.host, pc=self.pc, at=at, **said)
        text = recall_line("order cancelled", at=at, author=cancelling.author, reason=cancelling.reason)
        request = ClientRequest(sid=cancelling.sid, cancel=cancelling.orders, cancel_text=text)
        return self._exchange([request], {cancelling.sid: cancelling.client}, wait, deliver=False)

    def absent(self, why: str) -> None:
        """Record that the PC does not answer."""
        self.spool.append("absent", host=self.host, pc=self.pc, at=clock.text(clock.now()), why=why)

    def _exchange(
        self, clients: list[ClientRequest], names: dict[str, str], wait: int, *, deliver: bool
    ) -> ExchangeAnswer:
        answer, document = self._once(clients, wait, deliver=deliver)
        if answer.runner == "missing" and not deliver:
            answer, document = self._once(clients, wait, deliver=True)
        if answer.runner == "missing":
            raise DocumentError(f"{self.pc} says that it has no runner just after it was sent one")
        at = clock.text(clock.now())
        self.spool.append("answer", host=self.host, pc=self.pc, at=at, clients=names, answer=document)
        return answer

    def _once(self, clients: list[ClientRequest], wait: int, *, deliver: bool) -> tuple[ExchangeAnswer, dict[str, Any]]:
        package = RunnerPackage(hash=runner_hash(), archive=runner_archive() if deliver else "")
        request = ExchangeRequest(runner=package, clients=clients, wait=wait)
        document = self._ask("install" if deliver else "exchange", {"request": request.model_dump(mode="json")})
        try:
            return ExchangeAnswer.model_validate(document), document
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            why = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
            at = clock.text(clock.now())
            self.spool.append("aside", host=self.host, pc=self.pc, at=at, why=why, document=document)
            raise DocumentError(f"the answer of {self.pc} is not used and kept aside: {why}") from error

    def _ask(self, script: str, arguments: dict[str, Any]) -> dict[str, Any]:
        document = self.send(script, arguments)
        if len(json.dumps(document)) > ANSWER_LIMIT:
            raise DocumentError(f"the answer of {self.pc} is larger than {ANSWER_LIMIT} bytes and is not used")
        if document.get("failed"):
            raise DocumentError(f"{script}.ps1 failed on {self.pc}: {_sentence(document)}")
        return document


def _sentence(document: dict[str, Any]) -> str:
    """What the PC said of its failure; Ansible keeps an error that is no JSON in `module_stderr`."""
    said = [str(document.get(name) or "") for name in ("msg", "module_stderr")]
    return " ".join(" ".join(said).split())[:1000] or "it said nothing"
