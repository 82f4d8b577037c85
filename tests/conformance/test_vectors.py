"""Every vector on the Python engine: journals, report and the whole end state."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest
from conformance.play import Play, PythonEngine
from conformance.vectors import Vector, changed, compared, journal, report, vectors, view

from notesfleet.orders.report import Report


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)
def test_a_vector_holds_in_python(vector: Vector) -> None:
    check(Play(vector, PythonEngine()))


def check(play: Play) -> None:
    """Plays a vector and compares everything that it expects."""
    before = view(play.state)
    after = play.play()
    expect = play.vector.expect
    for key, records in expect["journals"].items():
        found = journal(after, play.orders[key]).records
        assert compared(found) == records, key
        assert all(each["id"] == play.orders[key].id for each in found if each["k"] == "start")
    for key, wanted in expect["report"].items():
        told = _told(report(after, play.orders[key]))
        assert {name: told[name] for name in wanted} == wanted, key
    assert jsonpatch.make_patch(changed(before, expect["changed"]), view(after)).patch == []
    assert not after.pcs[0].harms


def _told(found: Report) -> dict[str, Any]:
    """What vectors say of a report: its fields, the statuses of its actions, and whether it changed something."""
    document = found.document()
    return document | {"statuses": [each["status"] for each in document["actions"]], "changed": found.changed}
