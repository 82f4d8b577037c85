"""The facts of a client from outside, and the page that explains each of them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from unit.audit.pcs import read, seams_of, world

from notesfleet import clock
from notesfleet.audit import inside
from notesfleet.audit.facts import Facts, Unknown
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import File, Pc, PcEvent
from notesfleet.simulator.traits import NOTES_14

PAGE = Path(__file__).resolve().parents[3] / "docs" / "facts.md"
INSIDE: dict[str, type[BaseModel]] = {
    "locations": inside.Locations,
    "connections": inside.Connections,
    "replicator": inside.Replicator,
    "outbox": inside.Outbox,
    "mail": inside.Mail,
    "person": inside.Person,
    "identity": inside.Identity,
}


def facts_of(model: ModelWorld, pc: str = "PC-0001") -> Facts:
    return read(seams_of(model, pc=pc))[0].facts


def test_the_pc_its_program_and_its_ini_are_read() -> None:
    facts = facts_of(world())
    pc = world().state.pcs[0]
    assert (facts.pc.computer, facts.pc.machine, facts.pc.booted) == ("PC-0001", pc.machine_guid, pc.booted)
    assert (facts.notes.version, facts.notes.bits) == ("12.0.202.22333", 32)
    assert (facts.ini.location, facts.ini.mail_file) == ("Office (Network)", "mail\\jdupont")
    assert facts.ini.found_by == "registry"


def test_a_pc_that_was_switched_on_was_booted_then() -> None:
    state = demo_company()
    pc = next(each for each in state.pcs if each.power == "off")
    at = clock.text(clock.parse(state.now) + timedelta(hours=1))
    pc.events.append(PcEvent(at=at, do="power_on"))
    model = ModelWorld(state)
    list(model.due(clock.parse(at)))
    assert facts_of(model, pc.name).pc.booted == at


def test_a_64_bit_program_is_told_by_its_file() -> None:
    model = ModelWorld(demo_company())
    programs = [facts_of(model, pc.name).notes.bits for pc in model.state.pcs]
    assert {bits for bits in programs if not isinstance(bits, Unknown)} == {32, 64}
    assert NOTES_14.bits == "64"


def test_databases_are_read_by_their_headers_and_one_that_is_none_says_so() -> None:
    def change(pc: Pc) -> None:
        pc.files.append(File(path=f"{pc.clients[0].data}\\music.nsf", base64="TkVTTRo="))

    databases = facts_of(world(change)).files.databases
    assert isinstance(databases, list)
    by_path = {each.path: each for each in databases}
    assert by_path["names.nsf"].title == "Contacts"
    assert by_path["names.nsf"].template == ""
    assert by_path["music.nsf"].template == by_path["music.nsf"].replica_id == Unknown(unknown="only 5 bytes")


def test_open_notes_is_seen_with_its_beginning() -> None:
    assert facts_of(world(notes_open=True)).running.notes_open is True
    closed = facts_of(world(notes_open=False)).running
    assert (closed.notes_open, closed.notes_started, closed.sessions) == (False, None, ["active"])


def sections() -> dict[str, type[BaseModel]]:
    outside = {name: field.annotation for name, field in Facts.model_fields.items()}
    return {name: model for name, model in outside.items() if isinstance(model, type)} | INSIDE


def fields(model: type[BaseModel], prefix: str = "") -> list[str]:
    """The names of a section's fields; those of the parts of a list as `list[].field`."""
    found = []
    for name, field in model.model_fields.items():
        found.append(prefix + name)
        for inner in _models(field.annotation):
            found += fields(inner, f"{prefix}{name}[].")
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [] if annotation is Unknown else [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def documented() -> dict[str, list[str]]:
    """Section to the fields in the first column of its table."""
    found: dict[str, list[str]] = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        name = re.match(r"`([a-z]+)`", part)
        if name:
            found[name[1]] = re.findall(r"^\| `([a-z_\[\].]+)` \|", part, re.MULTILINE)
    return found


@pytest.mark.parametrize("section", sorted(sections()))
def test_the_page_of_facts_explains_every_field_and_no_other(section: str) -> None:
    assert documented()[section] == fields(sections()[section])


def test_the_page_of_facts_has_all_sections_and_no_other() -> None:
    assert sorted(documented()) == sorted(sections())
