"""Exactly once: an order that was cut at any journal line or write ends as if it had not been."""

from __future__ import annotations

import pytest
from conformance.cuts import Cut, can_be_cut, end_state, line_lengths, run, try_all
from conformance.play import PythonEngine
from conformance.vectors import Vector, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

ENGINE = PythonEngine()
STORY = next(vector for vector in vectors() if vector.name == "migration_open")


@pytest.mark.parametrize("vector", [each for each in vectors() if can_be_cut(each)], ids=lambda each: each.name)
def test_a_cut_order_ends_as_the_uncut_one(vector: Vector) -> None:
    cuts = try_all(vector, ENGINE)
    print(f"\npython, {vector.name}: {cuts}")
    assert cuts.tried >= cuts.lines
    assert len(cuts.ends) == 1, [cut for cut in cuts.ends.values() if cut]


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(
        st.builds(Cut, number=st.integers(1, 30), write=st.booleans(), torn=st.integers(0, 300), after=st.booleans()),
        max_size=4,
    )
)
def test_an_order_cut_again_and_again_ends_as_the_uncut_one(cuts: list[Cut]) -> None:
    uncut, _ = run(STORY, ENGINE, [])
    lengths = line_lengths(uncut) + [400] * 10
    played, _ = run(STORY, ENGINE, cuts, lengths)
    assert end_state(played) == end_state(uncut)
