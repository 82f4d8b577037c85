"""What a spool's records hold, kind by kind. Documents of PCs inside them stay unread until `answers` or `surveys`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from notesfleet.orders.model import OrderId


class SpoolDocument(BaseModel):
    """Base: written by our own plugins; fields of a newer release are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Run(SpoolDocument):
    id: str
    playbook: str
    started: str
    check: bool = False
    controller: str = ""


class Play(SpoolDocument):
    name: str
    hosts: list[str]


class SentOrder(SpoolDocument):
    client: str
    id: OrderId
    text: str
    staging: str


class OfPc(SpoolDocument):
    """A record about one PC. `host`: the inventory host whose task it was."""

    host: str
    pc: str
    at: str


class Sent(OfPc):
    orders: list[SentOrder]


class Cancelled(OfPc):
    """What is to be cancelled, noted before it is asked for; the answer says what came of it."""

    client: str
    orders: list[OrderId]
    author: str
    reason: str


class Surveyed(OfPc):
    survey: Any


class Answer(OfPc):
    clients: dict[str, str]
    answer: Any


class Absent(OfPc):
    why: str


class Aside(OfPc):
    why: str
    document: Any = None


class Result(SpoolDocument):
    host: str
    task: str
    action: str
    at: str
    status: str
    msg: str = ""


class End(SpoolDocument):
    at: str
    stats: dict[str, Any] = Field(default_factory=dict)
