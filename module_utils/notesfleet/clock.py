"""The controller's one clock: UTC, plus the offset in seconds in the file that NOTESFLEET_CLOCK names.

`notesfleet simulate advance` writes that file, so that a rehearsal's nights take no real time.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

VARIABLE = "NOTESFLEET_CLOCK"


def now() -> datetime:
    """The present moment, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=offset())


def offset() -> int:
    """Seconds that the clock is ahead of real time; 0 where no offset file is named or there."""
    name = os.environ.get(VARIABLE)
    if not name:
        return 0
    try:
        return int(Path(name).read_text(encoding="ascii").strip() or "0")
    except FileNotFoundError:
        return 0


def text(moment: datetime) -> str:
    """ISO 8601 in UTC with seconds and Z, the form of journals and of the store."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=1 << 12)
def parse(value: str) -> datetime:
    """The reverse of `text`. Raises ValueError for anything else."""
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
