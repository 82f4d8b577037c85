"""What travels between controller and PC in one exchange (design section 3).

`ExchangeRequest` is the argument of `exchange.ps1` and `install.ps1`, `ExchangeAnswer` their one JSON output.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from notesfleet.errors import JournalDamaged
from notesfleet.orders.journal import SIZE_LIMIT
from notesfleet.orders.model import Document, OrderId, Sid
from notesfleet.orders.recall import LINE_LIMIT
from notesfleet.packed import unpack

ANSWER_LIMIT = 16 * 1024 * 1024


class RunnerPackage(Document):
    """The runner by its hash; `archive` (`powershell.package.runner_archive`) or empty."""

    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    archive: str = ""


class StagedOrder(Document):
    """An order to stage: its canonical text and what lies beside it (canonical text too)."""

    id: OrderId
    text: str
    staging: str


class ClientRequest(Document):
    """What one client of the PC gets. `collect`: ids whose journals are wanted without staging.

    `cancel`: ids of orders that are to begin nothing more; `cancel_text`: the line of their `.cancel` files.
    """

    sid: Sid
    orders: list[StagedOrder] = Field(default_factory=list)
    collect: list[OrderId] = Field(default_factory=list)
    cancel: list[OrderId] = Field(default_factory=list)
    cancel_text: str = Field(default="", max_length=LINE_LIMIT, pattern=r"^[ -~]*(\r\n)?$")


class ExchangeRequest(Document):
    """One exchange: the runner, the clients, and for how many seconds to wait for reports."""

    runner: RunnerPackage
    clients: list[ClientRequest]
    wait: int = Field(default=40, ge=0, le=600)


class Answered(BaseModel):
    """Base of what a PC says: frozen, unknown fields ignored (Ansible adds its own)."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class OrderAnswer(Answered):
    """How one order lies on the PC after the exchange.

    `ended_before`: its journal was finished when the exchange began; `before`: how many bytes it had then.
    `cancel`: whether its `.cancel` file lies there: put by this exchange, or known from before.
    `journal` is the whole file, packed; empty where there is none. `error` begins with a code of the table
    in `codes`.
    """

    id: OrderId
    staged: Literal["new", "known", "absent", "refused"]
    ended_before: bool = False
    before: int = Field(default=0, ge=0)
    cancel: Literal["none", "new", "known"] = "none"
    journal: str = ""
    error: str = ""

    @property
    def journal_bytes(self) -> bytes:
        """The journal. Raises JournalDamaged where it cannot be unpacked or is too large."""
        try:
            return unpack(self.journal, SIZE_LIMIT) if self.journal else b""
        except ValueError as error:
            raise JournalDamaged(f"the journal of order {self.id} cannot be taken: {error}") from error


class ClientAnswer(Answered):
    """One client's part. `logged_on`: that user has a session; `started`: the task was started."""

    sid: Sid
    logged_on: bool = False
    started: bool = False
    orders: list[OrderAnswer] = Field(default_factory=list)
    error: str = ""


class ExchangeAnswer(Answered):
    """The PC's answer. `runner`: present, installed, or missing (send it: nothing was staged)."""

    runner: Literal["present", "installed", "missing"]
    time: str = ""
    clients: list[ClientAnswer] = Field(default_factory=list)
