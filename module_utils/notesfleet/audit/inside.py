"""The inside of a client: an order of conditions only, read in the user's session, and the facts of its `saw`.

`campaign` null, step `audit`, the user's name not known yet (action-engine section 4). What it reads it reads
by the doors of safety 1.1, so it is pending where Notes would ask for a password.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationError

from notesfleet.audit.facts import Section, Unknown
from notesfleet.audit.reading import ClientReading
from notesfleet.errors import DocumentError
from notesfleet.orders.journal import Journal
from notesfleet.orders.model import Incarnation, Mode, Order, OrderAction, Owner

STEP = "audit"
LOCATION_ITEMS = [
    "DirectoryServer",
    "LocationType",
    "MailFile",
    "MailServer",
    "MailType",
    "Name",
    "ReplicationEnabled",
    "UserID",
]
ROAMING = {"1": True, "0": False, "": False}
"""By the item RoamingUser; any other text, such as one for a change that is under way, is not known."""
CONNECTION_ITEMS = ["ConnectionType", "Destination", "OptionalNetworkAddress"]


class Location(Section):
    """A Location document; texts as they stand, empty where the item is missing."""

    unid: str
    name: str
    mail_server: str
    mail_file: str
    mail_type: str
    user_id: str


class Locations(Section):
    locations: list[Location]


class Connection(Section):
    """A Connection document: an address kept here outlives a server's move (safety 3.13)."""

    unid: str
    destination: str
    address: str


class Connections(Section):
    connections: list[Connection]


class ReplicatorEntry(Section):
    location: str
    replica_id: str
    server: str
    enabled: bool


class Replicator(Section):
    """The replicator pages of all Locations. `unread`: the Locations whose page cannot be decoded."""

    entries: list[ReplicatorEntry]
    unread: list[str] = Field(default_factory=list)


class Outbox(Section):
    """Mail that waits in mail.box."""

    count: Annotated[int, Field(ge=0)] | Unknown


class Mail(Section):
    """The mail file that notes.ini names, as the server has it. `size`: bytes."""

    server: str
    path: str
    replica_id: str | Unknown
    size: Annotated[int, Field(ge=0)] | Unknown


class Person(Section):
    """The user's Person document in the directory of that server. `roaming`: a roaming user (safety 3.16)."""

    mail_server: str | Unknown
    mail_file: str | Unknown
    roaming: bool | Unknown


class Identity(Section):
    """Whom Notes knew in that session."""

    user: str
    data: str
    notes_started: str | None


def audit_order(reading: ClientReading, round: str) -> Order:
    """The audit order of a client for that round (a UTC date). Raises ValueError for one that is `not_inside`."""
    ini = reading.facts.ini
    if reading.not_inside is not None or isinstance(ini.data, Unknown):
        raise ValueError(reading.not_inside)
    actions = [
        _action("document.read", db="names.nsf", form="Location", match=[], items=LOCATION_ITEMS),
        _action("document.read", db="names.nsf", form="Connection", match=[], items=CONNECTION_ITEMS),
        _action("replicator.read", match=[]),
        _action("require.outbox_empty", path="mail.box"),
    ]
    actions += _of_mail_server(ini.mail_server, ini.mail_file)
    return Order(
        campaign=None,
        step=STEP,
        client=reading.name,
        owner=Owner(sid=reading.sid, user=None, data=ini.data),
        incarnation=Incarnation(machine=reading.facts.pc.machine),
        mode=Mode.CHECK,
        round=round,
        actions=actions,
    )


def _of_mail_server(server: str | Unknown, mail_file: str | Unknown) -> list[OrderAction]:
    """What is asked of the server that notes.ini names; nothing where it names none."""
    if isinstance(server, Unknown) or not server:
        return []
    person = _action("require.mailbox_at", user=None, server=server, directory=server)
    if isinstance(mail_file, Unknown) or not mail_file:
        return [person]
    path = mail_file if mail_file.lower().endswith(".nsf") else f"{mail_file}.nsf"
    return [_action("require.server_opens", server=server, host="", path=path, replica_id=None), person]


def sections_of(order: Order, journal: Journal) -> dict[str, Section]:
    """The facts of an audit order's journal. Raises DocumentError for a journal that does not fit the order."""
    sections: dict[str, Section] = {}
    try:
        saw = {record["a"]: record["saw"] for record in journal.records if record["k"] == "saw"}
        for number, action in enumerate(order.actions):
            if number in saw:
                sections |= _section(action, saw[number])
        for record in journal.records:
            if record["k"] == "identity":
                started = record["notes_started"]
                sections["identity"] = Identity(user=record["user"], data=record["data"], notes_started=started)
    except (KeyError, TypeError, AttributeError, IndexError, ValidationError) as error:
        raise DocumentError(f"the journal of the audit {order.id} has a reading of another form") from error
    return sections


def _section(action: OrderAction, saw: dict[str, Any]) -> dict[str, Section]:
    match action.name:
        case "document.read" if action.with_["form"] == "Location":
            return {"locations": Locations(locations=[_location(each) for each in saw["documents"]])}
        case "document.read":
            return {"connections": Connections(connections=[_connection(each) for each in saw["documents"]])}
        case "replicator.read":
            return {"replicator": _replicator(saw["locations"])}
        case "require.outbox_empty":
            waiting = Unknown(unknown="mail.box did not open") if saw["count"] is None else saw["count"]
            return {"outbox": Outbox(count=waiting)}
        case "require.server_opens":
            return {"mail": _mail(action.with_, saw)}
        case "require.mailbox_at":
            return {"person": _person(saw)}
    return {}


def _mail(asked: dict[str, Any], saw: dict[str, Any]) -> Mail:
    unknown = Unknown(unknown="the mail file did not open on its server")
    size = unknown if saw["size"] is None else saw["size"]
    return Mail(server=asked["server"], path=asked["path"], replica_id=saw["replica_id"] or unknown, size=size)


def _person(saw: dict[str, Any]) -> Person:
    if saw["mail_server"] is None:
        unknown = Unknown(unknown="there is no Person document, or the directory did not open")
        return Person(mail_server=unknown, mail_file=unknown, roaming=unknown)
    roaming = ROAMING.get(saw["roaming"], Unknown(unknown=f"RoamingUser is {saw['roaming']!r:.80}"))
    return Person(mail_server=saw["mail_server"], mail_file=saw["mail_file"], roaming=roaming)


def _replicator(locations: list[dict[str, Any]]) -> Replicator:
    entries = [
        ReplicatorEntry(
            location=location["unid"],
            replica_id=entry["replica_id"],
            server=entry["server"],
            enabled=entry["enabled"],
        )
        for location in locations
        for entry in location["entries"] or []
    ]
    return Replicator(entries=entries, unread=[each["unid"] for each in locations if each["entries"] is None])


def _location(document: dict[str, Any]) -> Location:
    return Location(
        unid=document["unid"],
        name=_text(document, "Name"),
        mail_server=_text(document, "MailServer"),
        mail_file=_text(document, "MailFile"),
        mail_type=_text(document, "MailType"),
        user_id=_text(document, "UserID"),
    )


def _connection(document: dict[str, Any]) -> Connection:
    return Connection(
        unid=document["unid"],
        destination=_text(document, "Destination"),
        address=_text(document, "OptionalNetworkAddress"),
    )


def _text(document: dict[str, Any], name: str) -> str:
    found = [item["values"] for item in document["items"] if item["name"] == name]
    return str(found[0][0]) if found and found[0] else ""


def _action(name: str, **arguments: Any) -> OrderAction:
    return OrderAction(name=name, with_=arguments)
