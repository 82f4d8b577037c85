"""The controller's time in a rehearsal: that of the world, and never back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from notesfleet import clock
from notesfleet.simulator.server import advance_clock, set_clock

EVENING = clock.parse("2026-11-26T17:00:00Z")


def test_the_clock_moves_to_the_worlds_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    set_clock(tmp_path, EVENING)
    advance_clock(tmp_path, EVENING + timedelta(hours=15))
    assert abs(clock.now() - EVENING - timedelta(hours=15)) <= timedelta(seconds=5)


def test_a_controller_that_is_ahead_of_the_world_is_not_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    set_clock(tmp_path, EVENING + timedelta(minutes=7))
    advance_clock(tmp_path, EVENING + timedelta(minutes=1))
    assert clock.now() >= EVENING + timedelta(minutes=7)
