"""What stands in a client's names.nsf: Locations and a Connection, and their items."""

from __future__ import annotations

from notesfleet.simulator.sites import OLD_SERVERS, ORGANISATION, Seed, Who, host_of
from notesfleet.simulator.state import Item, NotesDoc
from notesfleet.simulator.traits import Traits


def documents_of(seed: Seed, who: Who, traits: Traits, data: str, key: str) -> list[NotesDoc]:
    """Locations: the office, home, the island, maybe another person's; and a Connection to the old server.

    `key`: what makes this client's UNIDs its own.
    """
    old = OLD_SERVERS[who.site]
    mail_file = who.mail_file if traits.suffix else who.mail_file.removesuffix(".nsf")
    rows = [
        _location("Office (Network)", old, mail_file, f"{data}\\user.id", saved=old),
        _location("Home", old, who.mail_file.replace("\\", "/"), "", saved=""),
        _location("Island (Disconnected)", "", mail_file, "", kind="3"),
    ]
    if traits.foreign:
        other = f"mail\\{traits.foreign}.nsf"
        rows.append(_location(f"For {traits.foreign}", old, other, f"{data}\\{traits.foreign}.id", saved=old))
    rows.append(
        [
            _text("ConnectionType", "0"),
            _text("Destination", old),
            _text("Form", "Connection"),
            _text("OptionalNetworkAddress", host_of(old)),
        ]
    )
    return [
        NotesDoc(unid=seed.hex(f"unid {key} {number}", 32), note_id=f"{0x8FA + 4 * number:X}", items=items)
        for number, items in enumerate(rows)
    ]


def _location(name: str, server: str, mail_file: str, user_id: str, saved: str = "", kind: str = "0") -> list[Item]:
    """A Location's items (notes_client 3); `MailType` "0": mail on the server."""
    items = [
        _text("AcceptUpdates", "1"),
        _text("CatalogServer", server),
        _text("DirectoryServer", server),
        _text("Domain", ORGANISATION),
        _text("Form", "Location"),
        Item(name="Interval", type="number", values=[60]),
        _text("LocationType", kind),
        _text("MailFile", mail_file),
        _text("MailServer", server),
        _text("MailType", "0"),
        _text("Name", name),
        _text("ReplicationEnabled", "1"),
        _text("UserID", user_id),
    ]
    if saved:
        items += [_text("$SavedServers", saved), _text("$SavedAddresses", "10.1.0.25"), _text("$SavedPorts", "TCPIP")]
    return items


def _text(name: str, value: str) -> Item:
    return Item(name=name, values=[value])
