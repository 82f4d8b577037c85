"""One person's mail as the campaign takes it in: what the roles need to write their orders (safety 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from notesfleet.actions.names import folded
from notesfleet.fleet.campaign_file import ServerMove


@dataclass(frozen=True)
class LocationFacts:
    """The items of a Location document that say whose mail it opens. Texts as they stand, empty if missing."""

    mail_server: str
    mail_file: str
    user_id: str


@dataclass(frozen=True)
class MailFacts:
    """What the audits know of a client's mail. `id_file`: KeyFileName of its notes.ini. None: not read.

    `replica_ids`: path of a mail file (folded) to the replica id that was read there.
    """

    user: str | None
    id_file: str | None
    locations: list[LocationFacts] | None
    replica_ids: dict[str, str] = field(default_factory=dict)


class Mailbox(BaseModel):
    """The mailbox of a client: Notes name, mail file and replica id, old and new server, its ID files."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    user: str
    mail_file: str
    replica_id: str
    from_: str = Field(alias="from")
    to: str
    from_host: str
    to_host: str
    to_file: str
    id_files: list[str]
    local_path: str

    def document(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)

    @property
    def key(self) -> tuple[str, str]:
        """What makes two clients' mail the same mailbox."""
        return folded(self.user, "name"), self.replica_id


def derive(facts: MailFacts, servers: list[ServerMove]) -> Mailbox | str:
    """The mailbox, or the sentence why the client is left out.

    Locations count only where their mail server is in the map and their ID file is this user's: all others
    belong to somebody else or to another purpose, and stay as they are.
    """
    if facts.locations is None or facts.user is None:
        return "needs an inside audit"
    if facts.id_file is None:
        return "KeyFileName in its notes.ini is not known; look at its facts and audit it again"
    own = {"", folded(facts.id_file, "path")}
    moves = {folded(each.from_, "name"): each for each in servers}
    mine = [
        each
        for each in facts.locations
        if folded(each.mail_server, "name") in moves and folded(each.user_id, "path") in own and each.mail_file
    ]
    if not mine:
        return "no Location of its own has a mail server that the campaign moves"
    places = {(folded(each.mail_server, "name"), folded(each.mail_file, "path")) for each in mine}
    if len(places) > 1:
        return "its Locations name several mail files or old servers; look at them"
    first = mine[0]
    replica_id = facts.replica_ids.get(folded(first.mail_file, "path"))
    if replica_id is None:
        return "the replica id of its mail file is not known; audit it inside while Notes reaches its server"
    move = moves[folded(first.mail_server, "name")]
    path = with_extension(first.mail_file)
    return Mailbox(
        user=facts.user,
        mail_file=path,
        replica_id=replica_id,
        from_=first.mail_server,
        to=move.to,
        from_host=move.from_host,
        to_host=move.to_host,
        to_file=path,
        id_files=sorted({each.user_id for each in mine}),
        local_path=path.replace("/", "\\").lstrip("\\"),
    )


def with_extension(mail_file: str) -> str:
    """MailFile stands with or without `.nsf` (notes_client 2); paths that are opened have it."""
    return mail_file if mail_file.lower().endswith(".nsf") else f"{mail_file}.nsf"
