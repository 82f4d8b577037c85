"""Every vector on the shipped runner: the same files, the same model, the same journals as in Python."""

from __future__ import annotations

import pytest
from conformance.cuts import can_be_cut, try_all
from conformance.play import Play, PythonEngine
from conformance.test_vectors import check
from conformance.vectors import Vector, journal_bytes, vectors
from powershell import PowerShell


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)
def test_a_vector_holds_in_powershell(vector: Vector, powershell: PowerShell) -> None:
    check(Play(vector, powershell))


@pytest.mark.parametrize("name", ["migration_open"])
def test_both_engines_write_the_same_journal_byte_for_byte(name: str, powershell: PowerShell) -> None:
    vector = next(each for each in vectors() if each.name == name)
    plays = Play(vector, PythonEngine()), Play(vector, powershell)
    python, shipped = [play.play() for play in plays]
    for order in plays[0].orders.values():
        assert journal_bytes(shipped, order.id) == journal_bytes(python, order.id)
    assert shipped == python


@pytest.mark.parametrize("name", ["migration_open", "ini_set_closed"])
def test_a_cut_order_ends_as_the_uncut_one_in_powershell(name: str, powershell: PowerShell) -> None:
    vector = next(each for each in vectors() if each.name == name)
    assert can_be_cut(vector)
    cuts = try_all(vector, powershell, torn=(0, 17, -1))
    print(f"\npowershell, {vector.name}: {cuts}")
    assert cuts.tried >= cuts.lines
    assert len(cuts.ends) == 1, [cut for cut in cuts.ends.values() if cut]
