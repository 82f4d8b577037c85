"""What holds for every order and every client (action-engine section 10), on generated ones."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from conformance.bases import INI, INI_TEXT, PC, SID
from conformance.play import Play, PythonEngine, run_or_be_cut
from conformance.vectors import Vector, journal, view
from hypothesis import given, settings
from hypothesis import strategies as st

ENGINE = PythonEngine()
NAMES = ("Fleet", "window", "TITLE", "MailServer", "KitType")
texts = st.text("abc =\u00e9\u20ac[];", min_size=1, max_size=12).map(str.strip).filter(bool)
ini_lines = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["=", " = ", "= "]), texts).map("".join),
    st.sampled_from(["", "no equals sign", "; Window=9", "[Other]", "[notes]"]),
)
inis = st.builds(
    lambda lines, last: ("[Notes]\r\nDirectory=C:\\Notes\\Data\r\n" + "".join(lines) + last).encode("cp1252"),
    st.lists(st.tuples(ini_lines, st.sampled_from(["\r\n", "\r\n", "\n"])).map("".join), max_size=12),
    st.just("") | ini_lines,
)
sets = st.lists(
    st.builds(
        lambda name, value: {"name": "ini.set", "with": {"name": name, "value": value}}, st.sampled_from(NAMES), texts
    ),
    min_size=1,
    max_size=4,
)
FAILS = {
    "name": "document.set_items",
    "with": {
        "db": "names.nsf",
        "form": "Location",
        "match": [{"item": "Name", "any_of": ["Nowhere"]}],
        "items": [{"name": "MailType", "values": ["1"]}],
    },
}


def play(actions: list[dict[str, Any]], ini: bytes = INI_TEXT.encode("cp1252"), **order: Any) -> Play:
    """A client whose Notes is closed and whose notes.ini is this."""
    patch = [{"op": "replace", "path": "/pcs/0/files/0/base64", "value": base64.b64encode(ini).decode()}]
    document = {
        "start": {"base": "closed_prompt_free", "patch": patch},
        "orders": [{"actions": actions} | order],
        "expect": {},
    }
    return Play(Vector("generated", document), ENGINE)


def ini_of(played: Play) -> bytes:
    return played.world.pc(PC).read(INI, 1 << 20) or b""


@settings(max_examples=80, deadline=None)
@given(inis, sets)
def test_a_check_leaves_everything_as_it_was(ini: bytes, actions: list[dict[str, Any]]) -> None:
    played = play(actions, ini, mode="check")
    before = view(played.state)
    assert view(played.play()) == before


@settings(max_examples=80, deadline=None)
@given(inis, sets)
def test_applied_twice_is_applied_once(ini: bytes, actions: list[dict[str, Any]]) -> None:
    once = play(actions, ini)
    once.play()
    twice = play(actions, ini_of(once), step="again")
    twice.play()
    values = {action["with"]["name"].lower(): action["with"]["value"] for action in actions}
    if len(values) == len(actions):
        assert ini_of(twice) == ini_of(once)
    order = next(iter(once.orders.values()))
    assert journal(once.state, order).records[-1]["state"] == "done"


@settings(max_examples=150, deadline=None)
@given(inis, sets)
def test_a_stage_that_fails_leaves_every_byte_of_notes_ini(ini: bytes, actions: list[dict[str, Any]]) -> None:
    played = play([*actions, FAILS], ini)
    before = view(played.state)
    after = played.play()
    assert ini_of(played) == ini
    assert view(after) == before
    assert journal(after, next(iter(played.orders.values()))).records[-1]["state"] == "failed"


TWO = [
    {"name": "ini.set", "with": {"name": "MailServer", "value": "CN=New/O=Acme"}},
    {"name": "ini.set", "with": {"name": "Fleet", "value": "1"}},
]


@pytest.mark.parametrize("line", range(1, 13))
def test_notes_may_appear_in_a_closed_stage_at_any_journal_line(line: int) -> None:
    """It has read notes.ini before or after a write, and writes what it read at its exit; before: all goes by ole."""
    uncut = play(TWO)
    uncut.play()
    played = play(TWO)
    for step in ({"runner": 0, "at_append": line, "do": "notes_start"}, {"do": "notes_exit"}, {"runner": 0}):
        played.step(step)
    assert view(played.state) == view(uncut.state)
    assert journal(played.state, played.orders["o0"]).records[-1]["state"] == "done"


@settings(max_examples=60, deadline=None)
@given(line=st.integers(1, 12), value=texts)
def test_what_somebody_else_wrote_while_the_power_was_off_is_never_overwritten(line: int, value: str) -> None:
    played = play(TWO[:1])
    seams = played.world.runner_seams(PC, SID, 0)
    seams.cut_after(line, 0)
    run_or_be_cut(ENGINE, seams)
    foreign = INI_TEXT.replace("MailServer=CN=Old/O=Acme", f"MailServer={value}").encode("cp1252")
    played.world.pc(PC).write(INI, foreign, SID)
    begun = [record["k"] for record in journal(played.state, played.orders["o0"]).records]
    played.step({"runner": 0})
    if "begin" in begun:
        assert ini_of(played) == foreign
