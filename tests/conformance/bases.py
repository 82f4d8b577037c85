"""The small worlds that vectors start from: one PC, one user, two servers.

`closed_prompt_free`, `closed_would_ask`, `open` and `nobody` (not logged on) differ in the client's moment only.
"""

from __future__ import annotations

import base64
from typing import Any

SID = "S-1-5-21-1004336348-1177238915-682003330-1001"
PC = "pc00042"
USER = "CN=Jean Dupont/O=Acme"
DATA = "C:\\Notes\\Data"
INI = "C:\\Notes\\Data\\notes.ini"
MACHINE = "7c6f2a5e-0d3b-4a57-9f0c-2f1d5f0b9a11"
OLD, NEW = "CN=Old/O=Acme", "CN=New/O=Acme"
MAIL, REPLICA = "mail\\jdupont.nsf", "C1257D0000112233"
OFFICE, HOME, COLLEAGUE = f"{1:032X}", f"{2:032X}", f"{3:032X}"
BASES = ("closed_prompt_free", "closed_would_ask", "open", "nobody")

INI_TEXT = (
    "[Notes]\r\n"
    "KitType=1\r\n"
    "Directory=C:\\Notes\\Data\r\n"
    "MailServer=CN=Old/O=Acme\r\n"
    "MailFile=mail\\jdupont.nsf\r\n"
    "Location=Office,8FA,CN=Jean Dupont/O=Acme\r\n"
    "Window=1 2\r\n"
    "Title=Zo\u00eb\r\n"
    "WINDOW=3 4\r\n"
)
INI_MEMORY = {
    "kittype": "1",
    "directory": "C:\\Notes\\Data",
    "mailserver": OLD,
    "mailfile": MAIL,
    "location": "Office,8FA,CN=Jean Dupont/O=Acme",
    "window": "1 2",
    "title": "Zo\u00eb",
}


def base(name: str) -> dict[str, Any]:
    """The state document of that name."""
    client = _client(asks=name == "closed_would_ask")
    processes: list[dict[str, Any]] = []
    if name == "open":
        client["memory"] = dict(INI_MEMORY)
        client["location_memory"] = client["databases"][1]["documents"][0]["items"]
        processes = [_notes()]
    pc = {
        "name": PC,
        "address": "127.0.1.42",
        "site": "lyon",
        "machine_guid": MACHINE,
        "profiles": [{"sid": SID, "account": "jdupont", "path": "C:\\Users\\jdupont"}],
        "sessions": [] if name == "nobody" else [{"id": 2, "sid": SID}],
        "processes": processes,
        "files": [{"path": INI, "base64": base64.b64encode(INI_TEXT.encode("cp1252")).decode(), "owner": SID}],
        "clients": [client],
    }
    return {"schema": 1, "now": "2026-11-26T08:00:00Z", "domino": _domino(), "pcs": [pc]}


def is_prompt_free(name: str) -> bool:
    """What the site declares in the staging of the orders of this base."""
    return name == "closed_prompt_free"


def _domino() -> dict[str, Any]:
    mail = {"path": MAIL, "replica_id": REPLICA, "title": "Jean Dupont", "count": 120}
    return {
        "servers": [
            {"name": NEW, "host": "new.acme.example", "databases": [mail]},
            {"name": OLD, "host": "old.acme.example", "databases": [mail]},
        ],
        "persons": [{"name": USER, "mail_server": OLD, "mail_file": MAIL}],
    }


def _client(asks: bool) -> dict[str, Any]:
    return {
        "sid": SID,
        "user": USER,
        "data": DATA,
        "ini": INI,
        "id": {"path": f"{DATA}\\user.id", "asks": asks},
        "active_location": OFFICE,
        "databases": [
            {"path": "mail.box", "replica_id": "C1257D00000000B0", "title": "Outgoing"},
            {"path": "names.nsf", "replica_id": "C1257D00000000A0", "title": "Contacts", "documents": _documents()},
        ],
    }


def _documents() -> list[dict[str, Any]]:
    return [
        _location(OFFICE, "8FA", "Office", MAIL, saved=[OLD]),
        _location(HOME, "8FE", "Home", "mail/JDupont"),
        _location(COLLEAGUE, "902", "Marie", "mail\\mmartin.nsf", saved=[OLD]),
    ]


def _location(unid: str, note: str, name: str, mail_file: str, saved: list[str] | None = None) -> dict[str, Any]:
    texts = {"Form": "Location", "MailFile": mail_file, "MailServer": OLD, "MailType": "0", "Name": name}
    items: list[dict[str, Any]] = [{"name": key, "values": [value]} for key, value in texts.items()]
    items.append({"name": "Interval", "type": "number", "values": [60]})
    if saved:
        items.append({"name": "$SavedServers", "values": saved})
    return {"unid": unid, "note_id": note, "items": items}


def _notes() -> dict[str, Any]:
    return {
        "name": "nlnotes.exe",
        "pid": 4004,
        "sid": SID,
        "session": 2,
        "started": "2026-11-26T07:30:00Z",
        "command_line": f'nlnotes.exe "={INI}"',
    }
