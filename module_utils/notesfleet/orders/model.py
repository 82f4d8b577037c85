"""The order and what is staged beside it (action-engine section 4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from notesfleet.canonical import canonical_text, sha256_hex

OrderId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Sid = Annotated[str, StringConstraints(pattern=r"^S-1-[0-9-]{1,180}$")]
ClientName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+~[a-z0-9._-]+$", max_length=300)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Mode(StrEnum):
    """Apply, look only, or take back."""

    APPLY = "apply"
    CHECK = "check"
    UNDO = "undo"


class OrderState(StrEnum):
    """States of an order (design section 1)."""

    STAGED = "staged"
    RUNNING = "running"
    PENDING = "pending"
    DONE = "done"
    PROVED = "proved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNDONE = "undone"

    @property
    def ended(self) -> bool:
        return self not in (OrderState.STAGED, OrderState.RUNNING, OrderState.PENDING)


class ActionStatus(StrEnum):
    """How an action of an order stands (action-engine section 8)."""

    SAME = "same"
    CHANGED = "changed"
    WOULD_CHANGE = "would_change"
    MET = "met"
    NOT_MET = "not_met"
    RAN = "ran"
    UNSUPPORTED = "unsupported"
    PENDING = "pending"
    FAILED = "failed"
    UNDONE = "undone"
    NOT_REACHED = "not_reached"


class Document(BaseModel):
    """Base of documents that come from outside: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Owner(Document):
    """Whose Notes it is: Windows SID, Notes user name (canonical), data directory."""

    sid: Sid
    user: ShortText | None
    data: ShortText


class Incarnation(Document):
    """What makes this PC this PC: the MachineGuid (safety 3.17)."""

    machine: ShortText


class OrderAction(Document):
    """One action with its literal arguments."""

    name: ShortText
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")


class Order(Document):
    """A list of actions for one client, executed once in the user's own session."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    campaign: ShortText | None
    step: ShortText
    client: ClientName
    owner: Owner
    incarnation: Incarnation
    mode: Mode = Mode.APPLY
    round: ShortText = "1"
    of: OrderId | None = None
    after: list[OrderId] = Field(default_factory=list)
    actions: list[OrderAction] = Field(min_length=1, max_length=200)

    @property
    def text(self) -> str:
        """The canonical text: the content of `<id>.json` on the PC."""
        return canonical_text(self.model_dump(mode="json", by_alias=True))

    @property
    def id(self) -> str:
        """First 32 hex digits of SHA-256 over the text."""
        return sha256_hex(self.text.encode("ascii"))[:32]


class Staging(Document):
    """What is staged beside the order in `<id>.staging.json`, outside its hash.

    `ini` is the path of the notes.ini that the audit found. Moments are UTC texts (`clock.text`).
    """

    attempt: int = Field(default=1, ge=1, le=1000)
    not_before: str | None = None
    not_after: str | None = None
    stop_file: str | None = None
    stop_if_unreadable: bool = False
    prompt_free: bool = False
    window: Literal["hidden", "headless"] = "hidden"
    ini: ShortText
    issued_by: str = ""
    issued_at: str = ""
    text: str = ""

    @property
    def content(self) -> str:
        """Canonical text: the content of `<id>.staging.json`."""
        return canonical_text(self.model_dump(mode="json"))
