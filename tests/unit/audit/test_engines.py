"""survey.ps1 in a real PowerShell gives exactly the document of the Python engine, whatever the PC is like."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from powershell import PowerShell
from unit.audit.pcs import ini_data, ini_file, seams_of, world, write_ini

from notesfleet.codes import Code
from notesfleet.powershell.package import script_text
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.engines.survey import survey
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import File, Pc, Profile, RegistryValue

Failing = dict[tuple[str, str], Code]


def by_powershell(powershell: PowerShell, seams: Any) -> Any:
    return json.loads(powershell.evaluate(script_text("survey.ps1"), seams=seams))


@pytest.mark.parametrize("pc", [pc.name for pc in demo_company().pcs])
def test_every_pc_of_the_company(powershell: PowerShell, pc: str) -> None:
    model = ModelWorld(demo_company())
    found = by_powershell(powershell, model.system_seams(pc))
    assert found == survey(model.system_seams(pc))
    assert found["profiles"]


@pytest.mark.parametrize(
    "failing",
    [
        {("get_client_file", "notes.ini"): Code.LOCKED_FILE},
        {("get_client_file", "notes.ini"): Code.NO_RIGHTS},
        {("get_client_file_info", "names.nsf"): Code.NO_RIGHTS},
        {("get_client_file_info", "mail.box"): Code.NO_RIGHTS},
        {("get_client_file_list", "Data"): Code.NO_RIGHTS},
        {("get_client_file_list", "mail"): Code.NO_RIGHTS, ("get_client_file", ".nsf"): Code.LOCKED_FILE},
        {("get_file_version", "nlnotes.exe"): Code.LOCKED_FILE, ("get_file_owner", "notes.ini"): Code.NO_RIGHTS},
        {("get_registry_value", "NotesIniPath"): Code.NO_RIGHTS, ("get_registry_subkey", "Notes"): Code.NO_RIGHTS},
        {("get_registry_value", "DataPath"): Code.RUNNER_ERROR},
    ],
    ids=str,
)
def test_a_pc_on_which_something_cannot_be_read(powershell: PowerShell, failing: Failing) -> None:
    model = world()
    assert by_powershell(powershell, seams_of(model, failing)) == survey(seams_of(model, failing))


def too_large(pc: Pc) -> None:
    write_ini(pc, ini_data(pc) + b"x" * (1 << 20))


def empty(pc: Pc) -> None:
    write_ini(pc, b"")


def on_a_share(pc: Pc) -> None:
    pc.registry.append(
        RegistryValue(
            hive="HKU", key=f"{pc.clients[0].sid}\\Software\\Lotus\\Notes\\1", name="NotesIniPath", value="\\\\s\\n.ini"
        )
    )


def only_on_a_share(pc: Pc) -> None:
    on_a_share(pc)
    pc.files.remove(ini_file(pc))


def data_on_a_share(pc: Pc) -> None:
    write_ini(pc, b"[Notes]\r\nDirectory=\\\\server\\notes\\data \r\nMailServer=CN=A\r\n")


def data_undecodable(pc: Pc) -> None:
    pc.code_page = 932
    write_ini(pc, b"[Notes]\r\nDirectory=C:\\\x81\r\nMailServer=CN=A\r\n")


def name_undecodable(pc: Pc) -> None:
    pc.code_page = 65001
    write_ini(pc, b"\xff\xfedirectory=C:\\nowhere\r\n" + ini_data(pc))


def spelled_otherwise(pc: Pc) -> None:
    text = (
        ini_data(pc)
        .replace(b"Directory=", b"\xa0dIRECTORY\t= ")
        .replace(b"[Notes]", b"[Other]\r\nDirectory=x\n[NOTES]")
    )
    write_ini(pc, text)


def many_profiles(pc: Pc) -> None:
    pc.profiles += [
        Profile(sid=f"S-1-5-21-9-9-9-{5000 + n}", account=f"u{n}", path=f"C:\\Users\\u{n}") for n in range(320)
    ]


def shared_with_a_template(pc: Pc) -> None:
    """A program folder with an ini of its own, which belongs to nobody here."""
    folder = next(value.value for value in pc.registry if value.name == "Path").rstrip("\\")
    pc.files.append(File(path=f"{folder}\\notes.ini", base64=base64.b64encode(ini_data(pc)).decode("ascii")))


CHANGES = [too_large, empty, on_a_share, only_on_a_share, data_on_a_share, data_undecodable, name_undecodable]
CHANGES += [spelled_otherwise, many_profiles, shared_with_a_template]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_pc_that_is_odd(powershell: PowerShell, change: Callable[[Pc], None]) -> None:
    model = world(change)
    assert by_powershell(powershell, model.system_seams("PC-0001")) == survey(model.system_seams("PC-0001"))


def test_a_survey_that_fails_says_why(powershell: PowerShell) -> None:
    failing = {("get_user_profile", ""): Code.RUNNER_ERROR}
    found = by_powershell(powershell, seams_of(world(), failing))
    assert found == survey(seams_of(world(), failing))
    assert found == {"failed": True, "changed": False, "msg": "survey: runner_error: it fails"}
