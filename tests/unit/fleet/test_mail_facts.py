"""What the newest readings say of a client's mail: an unknown value is never taken for a text."""

from __future__ import annotations

from typing import Any

import pytest

from notesfleet.fleet.campaign_file import ServerMove
from notesfleet.fleet.mail_facts import mail_facts
from notesfleet.fleet.mailbox import derive
from notesfleet.store.readings import Reading

UNKNOWN = {"unknown": "notes.ini: locked_file"}
LOCATION = {"mail_server": "CN=Old01/O=A", "mail_file": "mail\\a.nsf", "user_id": ""}
SERVERS = [ServerMove(from_="CN=Old01/O=A", to="CN=New01/O=A")]


def sections(ini: dict[str, Any]) -> dict[str, Reading]:
    documents = {
        "ini": {"key_file": "a.id", "data": "C:\\Notes"} | ini,
        "locations": {"locations": [LOCATION]},
        "mail": {"server": "CN=Old01/O=A", "path": "mail\\a.nsf", "replica_id": "C1257D0000112233"},
        "identity": {"user": "CN=A/O=A"},
    }
    return {name: Reading("2026-11-26T08:00:00Z", "inside", document) for name, document in documents.items()}


@pytest.mark.parametrize(
    ("ini", "id_file"),
    [
        ({}, "C:\\Notes\\a.id"),
        ({"key_file": "D:\\a.id"}, "D:\\a.id"),
        ({"key_file": "D:\\a.id", "data": UNKNOWN}, "D:\\a.id"),
        ({"key_file": ""}, ""),
        ({"key_file": UNKNOWN}, None),
        ({"data": UNKNOWN}, None),
    ],
    ids=str,
)
def test_the_id_file_is_a_whole_path_or_unknown(ini: dict[str, Any], id_file: str | None) -> None:
    assert mail_facts(sections(ini)).id_file == id_file


def test_a_client_whose_id_file_is_unknown_is_left_out_with_the_reason() -> None:
    assert not isinstance(derive(mail_facts(sections({})), SERVERS), str)
    assert "KeyFileName in its notes.ini is not known" in str(derive(mail_facts(sections({"data": UNKNOWN})), SERVERS))
