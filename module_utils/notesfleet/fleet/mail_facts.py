"""A client's mail as its audits saw it: the facts that a mailbox is derived from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notesfleet.actions.names import folded
from notesfleet.fleet.mailbox import LocationFacts, MailFacts
from notesfleet.store.readings import Reading


def mail_facts(sections: Mapping[str, Reading]) -> MailFacts:
    """What the newest readings say of the client's mail. What was not read stays unknown."""
    documents = {name: reading.document for name, reading in sections.items()}
    read = documents.get("locations")
    locations = None
    if read is not None:
        locations = [
            LocationFacts(each["mail_server"], each["mail_file"], each["user_id"]) for each in read["locations"]
        ]
    mail = documents.get("mail")
    return MailFacts(
        user=documents["identity"]["user"] if "identity" in documents else None,
        id_file=_id_file(documents["ini"]) if "ini" in documents else "",
        locations=locations,
        replica_ids=_replica_ids(mail),
    )


def _replica_ids(mail: Mapping[str, str] | None) -> dict[str, str]:
    """Of the mail file that was opened on its server; an unknown replica id is not a text."""
    if mail is None or not isinstance(mail["replica_id"], str):
        return {}
    return {folded(mail["path"], "path"): mail["replica_id"]}


def _id_file(ini: Mapping[str, Any]) -> str | None:
    """KeyFileName as a whole path: it may stand without its folder, which is the data directory then.

    None where it is not known; an unknown value is not a text.
    """
    name, data = ini["key_file"], ini["data"]
    if not isinstance(name, str):
        return None
    if not name or ":" in name:
        return name
    return f"{data}\\{name}" if isinstance(data, str) else None
