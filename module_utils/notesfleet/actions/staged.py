"""Orders as they lie on the PC (action-engine sections 4 and 11)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from notesfleet.actions.schemas import ACTIONS
from notesfleet.actions.seams import Seams
from notesfleet.canonical import sha256_hex
from notesfleet.errors import ActionFailure, JournalDamaged
from notesfleet.orders.journal import SIZE_LIMIT, Journal, read_journal
from notesfleet.orders.model import Mode, Order, OrderState, Staging

FILE_LIMIT = 1024 * 1024


@dataclass(frozen=True)
class StagedOrder:
    """An order, its staging and its journal; `order` None where it cannot be trusted."""

    id: str
    order: Order | None
    staging: Staging
    journal: Journal
    folder: str

    @property
    def journal_path(self) -> str:
        return journal_path(self.folder, self.id)

    @property
    def cancel_path(self) -> str:
        return f"{self.folder}\\orders\\{self.id}.cancel"

    @property
    def retried(self) -> bool:
        """It had failed or expired, and is sent with a higher attempt."""
        if not self.journal.finished:
            return False
        attempts = [int(record["attempt"]) for record in self.journal.records if record["k"] == "retry"]
        state = self.journal.records[-1].get("state")
        return state in (OrderState.FAILED, OrderState.EXPIRED) and self.staging.attempt > max([1, *attempts])


def staged_orders(seams: Seams, folder: str, sid: str) -> list[StagedOrder]:
    """The orders of a client's folder, oldest first; what is staged halfway or damaged is left alone."""
    names = seams.get_client_file_list(f"{folder}\\orders")
    ids = [name[:-5] for name in names if name.endswith(".json") and name.count(".") == 1]
    staged = [_readable(seams, folder, order_id, sid) for order_id in ids]
    return sorted((each for each in staged if each is not None), key=lambda each: (each.staging.issued_at, each.id))


def is_done(seams: Seams, folder: str, order_id: str) -> bool:
    """Whether an order of this client ended in `done`, by its journal."""
    journal = _journal(seams, journal_path(folder, order_id))
    return journal is not None and journal.finished and journal.records[-1].get("state") == OrderState.DONE


def journal_path(folder: str, order_id: str) -> str:
    return f"{folder}\\journals\\{order_id}.journal"


def _readable(seams: Seams, folder: str, order_id: str, sid: str) -> StagedOrder | None:
    """A file that another program holds just now is there at the next look."""
    try:
        return _staged(seams, folder, order_id, sid)
    except ActionFailure:
        return None


def _staged(seams: Seams, folder: str, order_id: str, sid: str) -> StagedOrder | None:
    path = f"{folder}\\orders\\{order_id}"
    try:
        staging = Staging.model_validate_json(seams.get_client_file(f"{path}.staging.json", FILE_LIMIT) or b"")
    except ValidationError:
        return None
    content = seams.get_client_file(f"{path}.json", FILE_LIMIT) or b""
    journal = _journal(seams, journal_path(folder, order_id))
    return None if journal is None else StagedOrder(order_id, _order(content, order_id, sid), staging, journal, folder)


def _journal(seams: Seams, path: str) -> Journal | None:
    """None where there is no file, or it is damaged: nothing may be written to it then."""
    data = seams.get_client_file(path, SIZE_LIMIT + 1)
    try:
        return None if data is None else read_journal(data)
    except JournalDamaged:
        return None


def _order(content: bytes, order_id: str, sid: str) -> Order | None:
    """The order, if it has its hash, is of this client and has only actions that this runner knows."""
    if sha256_hex(content)[:32] != order_id:
        return None
    try:
        order = Order.model_validate_json(content)
    except ValidationError:
        return None
    known = all(action.name in ACTIONS for action in order.actions)
    return order if known and order.owner.sid == sid and order.mode is not Mode.UNDO else None
