"""What keeps an order from beginning a stage: recall and slots (safety 1.11, 1.12; action-engine section 11)."""

from __future__ import annotations

from notesfleet import clock
from notesfleet.actions.seams import Seams
from notesfleet.actions.staged import StagedOrder
from notesfleet.codes import Code, PendingReason
from notesfleet.errors import ActionFailure
from notesfleet.orders.model import OrderState, Staging


def ended_by(seams: Seams, staged: StagedOrder) -> OrderState | None:
    """Cancelled by the administrators' file, or past its `not_after`."""
    if seams.get_client_file(staged.cancel_path, 1) is not None:
        return OrderState.CANCELLED
    not_after = staged.staging.not_after
    return OrderState.EXPIRED if not_after and seams.get_runner_time() > clock.parse(not_after) else None


def kept_by(seams: Seams, staging: Staging) -> PendingReason | None:
    """Its time has not come, or the site has stopped the campaign."""
    if staging.not_before and seams.get_runner_time() < clock.parse(staging.not_before):
        return PendingReason.NOT_BEFORE
    return PendingReason.STOPPED_BY_SITE if staging.stop_file and _is_there(seams, staging) else None


def _is_there(seams: Seams, staging: Staging) -> bool:
    try:
        return seams.get_client_file(staging.stop_file or "", 1) is not None
    except ActionFailure as failure:
        # A file that another program holds is there.
        return failure.code is Code.LOCKED_FILE or staging.stop_if_unreadable
