"""The survey of a PC: what cannot be read is said, and no client is dropped for it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import ValidationError
from unit.audit.pcs import FailingSeams, ini_data, ini_file, read, seams_of, world, write_ini

from notesfleet.audit.facts import Unknown
from notesfleet.audit.reading import ClientReading, not_read
from notesfleet.audit.survey import Survey
from notesfleet.codes import Code
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.engines.survey import survey
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.state import File, Pc, Profile, RegistryValue

LOCKED = {("get_client_file", "notes.ini"): Code.LOCKED_FILE}


def the_client(seams: FailingSeams) -> ClientReading:
    (client,) = read(seams)
    return client


def errors(seams: Any) -> list[str]:
    return not_read(Survey.model_validate(survey(seams)))


def reason(value: object) -> str:
    assert isinstance(value, Unknown)
    return value.unknown


def test_every_pc_that_is_on_shows_all_its_clients_and_what_was_not_read() -> None:
    model = ModelWorld(demo_company())
    unread = {}
    for pc in model.state.pcs:
        seams = seams_of(model, pc=pc.name)
        assert {each.sid for each in read(seams)} == {client.sid for client in pc.clients}
        unread[pc.name] = errors(seams)
    hidden = "version C:\\Program Files (x86)\\HCL\\Notes\\nlnotes.exe (no_rights)"
    # Both registry keys of an installation name its program file.
    assert {name: found for name, found in unread.items() if found} == {"PC-0110": [hidden, hidden]}


def test_a_database_that_another_program_holds_is_there_and_its_header_is_unknown() -> None:
    client = read(seams_of(ModelWorld(demo_company()), pc="PC-0302"))[0]
    databases = client.facts.files.databases
    assert isinstance(databases, list)
    held = next(each for each in databases if each.path == "mail\\ecarter_old.nsf")
    assert {reason(each) for each in (held.replica_id, held.title, held.cutoff_days)} == {"locked_file"}
    assert held.modified == "2026-05-10T17:00:00Z"


def test_a_locked_ini_is_a_client_of_which_the_ini_is_unknown() -> None:
    client = the_client(seams_of(world(), LOCKED))
    assert (client.name, client.unread) == ("pc-0001~jdupont", {"ini", "notes", "files"})
    ini = client.facts.ini
    assert ini.path.endswith("notes.ini")
    assert {reason(each) for each in (ini.data, ini.mail_server, ini.key_file, ini.duplicates)} == {
        "notes.ini: locked_file"
    }
    assert reason(client.facts.files.databases).endswith("(locked_file)")
    assert reason(client.facts.notes.version) == "notes.ini: locked_file"
    assert client.not_inside == "no inside audit: notes.ini: locked_file"


def test_an_ini_of_more_than_1_mb_is_too_large_and_one_of_1_mb_is_read() -> None:
    def fill(pc: Pc, size: int) -> None:
        data = ini_data(pc)
        write_ini(pc, data + b"x" * (size - len(data)))

    limit = 1 << 20
    assert the_client(seams_of(world(lambda pc: fill(pc, limit)))).not_inside is None
    large = the_client(seams_of(world(lambda pc: fill(pc, limit + 1))))
    assert reason(large.facts.ini.mail_server) == "notes.ini: too_large"


def test_a_locked_ini_is_not_passed_over_for_a_worse_one() -> None:
    def change(pc: Pc) -> None:
        stale = "D:\\stale\\notes.ini"
        pc.files.append(File(path=stale, base64=ini_file(pc).base64, owner=pc.clients[0].sid))
        top = f"{pc.clients[0].sid}\\Software\\Lotus\\Notes"
        pc.registry.append(RegistryValue(hive="HKU", key=top, name="NotesIniPath", value=stale))

    failing = {("get_client_file", "Data\\notes.ini"): Code.LOCKED_FILE}
    assert the_client(seams_of(world(change), failing)).facts.ini.path == world().state.pcs[0].clients[0].ini


def test_behind_a_link_a_guess_is_no_client_but_what_the_registry_names_is_one() -> None:
    failing = {("get_client_file", "notes.ini"): Code.NO_RIGHTS}
    registered, unknown = seams_of(world(), failing), seams_of(world(logged_on=False), failing)
    assert the_client(registered).not_inside == "no inside audit: notes.ini: no_rights"
    assert read(unknown) == []
    assert len([each for each in errors(unknown) if each.startswith("notes.ini C:\\Users\\jdupont")]) == 3


def with_ini(text: bytes, code_page: int = 1252) -> ClientReading:
    def change(pc: Pc) -> None:
        pc.code_page = code_page
        write_ini(pc, text)

    return the_client(seams_of(world(change)))


def test_a_data_directory_on_a_share_is_not_looked_at_and_said() -> None:
    client = with_ini(b"[Notes]\r\nDirectory=\\\\server\\data\r\nMailServer=CN=A\r\n")
    assert (client.facts.ini.data, client.facts.ini.mail_server) == ("\\\\server\\data", "CN=A")
    assert client.unread == {"files"}
    assert client.not_inside == "no inside audit: the data directory is not known (not_local)"


def test_a_directory_that_cannot_be_decoded_leaves_the_other_values_known() -> None:
    client = with_ini(b"[Notes]\r\nDirectory=C:\\\x81\r\nMailServer=CN=A\r\n", 932)
    assert client.facts.ini.mail_server == "CN=A"
    assert "unreadable" in reason(client.facts.ini.data)
    assert client.not_inside is not None


@pytest.mark.parametrize("code_page", [932, 949, 65001])
def test_one_value_that_cannot_be_decoded_is_unknown_alone(code_page: int) -> None:
    def change(pc: Pc) -> None:
        pc.code_page = code_page
        write_ini(pc, ini_data(pc).replace(b"MailFile=", b"MailFile=\x81\xff"))

    client = the_client(seams_of(world(change)))
    assert "unreadable" in reason(client.facts.ini.mail_file)
    assert client.facts.ini.mail_server == "CN=MAIL01/O=ACME"
    assert isinstance(client.facts.files.databases, list)
    assert client.not_inside is not None


def test_profiles_beyond_the_limit_are_named() -> None:
    def change(pc: Pc) -> None:
        pc.profiles += [Profile(sid=f"S-1-5-21-1-{n}", account=f"u{n}", path=f"C:\\Users\\u{n}") for n in range(320)]

    found = errors(seams_of(world(change)))
    assert len(found) == 200
    assert found[0].startswith("profile C:\\Users\\")
    assert found[-1] == "errors  (too_many)"


@pytest.mark.parametrize(
    ("seam", "end", "what"),
    [
        ("get_registry_subkey", "Notes", "registry HKLM\\SOFTWARE\\Lotus\\Notes (32)"),
        ("get_registry_value", "NotesIniPath", "registry HKU\\"),
        ("get_file_version", "nlnotes.exe", "version C:\\"),
        ("get_client_file_list", "mail", "folder C:\\"),
        ("get_client_file_info", "mail.box", "file C:\\"),
    ],
)
def test_one_thing_that_cannot_be_read_is_said_and_the_rest_is_there(seam: str, end: str, what: str) -> None:
    seams = seams_of(world(), {(seam, end): Code.NO_RIGHTS})
    assert the_client(seams).facts.ini.mail_server == "CN=MAIL01/O=ACME"
    assert errors(seams)[0].startswith(what)


def test_a_folder_or_file_that_cannot_be_looked_at_is_unread_and_the_data_directory_unknown() -> None:
    mail = the_client(seams_of(world(), {("get_client_file_list", "mail"): Code.NO_RIGHTS})).facts.files
    assert [(each.path, each.unknown) for each in mail.unread] == [("mail", "no_rights")]
    box = the_client(seams_of(world(), {("get_client_file_info", "mail.box"): Code.NO_RIGHTS})).facts.files
    assert [each.path for each in box.unread] == ["mail.box"]
    assert isinstance(box.databases, list)
    assert "mail.box" not in [each.path for each in box.databases]
    data = the_client(seams_of(world(), {("get_client_file_list", "Data"): Code.NO_RIGHTS})).facts.files
    assert reason(data.databases) == "the data directory could not be listed (no_rights)"


def test_an_ini_in_the_program_folder_is_nobodys_where_its_owner_is_not_known() -> None:
    model = world(lambda pc: setattr(ini_file(pc), "path", "C:\\Program Files (x86)\\HCL\\Notes\\notes.ini"))
    assert len(read(seams_of(model))) == 1
    failing = seams_of(model, {("get_file_owner", "notes.ini"): Code.NO_RIGHTS})
    assert read(failing) == []
    assert errors(failing)[0].startswith("owner C:\\")


@pytest.mark.parametrize(
    "change",
    [
        {"code_page": 42},
        {"booted": "yesterday"},
        {"machine": ""},
        {"errors": [{"what": "x", "path": "", "code": "a"}]},
        {"errors": [{"what": "file", "path": "", "code": "A b"}]},
        {"schema": 2},
        {"profiles": None},
    ],
    ids=str,
)
def test_a_document_of_another_form_is_refused(change: dict[str, Any]) -> None:
    document = survey(seams_of(world()))
    Survey.model_validate(document)
    with pytest.raises(ValidationError):
        Survey.model_validate(document | change)


def test_a_profile_that_is_listed_twice_is_refused() -> None:
    document = survey(seams_of(world()))
    with pytest.raises(ValidationError, match="twice"):
        Survey.model_validate(document | {"profiles": document["profiles"] * 2})


def test_an_ini_that_is_no_base64_is_refused() -> None:
    document = survey(seams_of(world()))
    document["profiles"][0]["ini"] = "*" + base64.b64encode(b"x").decode()
    with pytest.raises(ValidationError, match="base64"):
        Survey.model_validate(document)
