from __future__ import annotations

from copies import stale


def test_the_powershell_that_travels_is_the_shipped_one() -> None:
    assert stale() == [], "make the copies anew: python tests/copies.py"
