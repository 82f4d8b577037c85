"""Builds a PC with Notes clients into a world: what an installation leaves in files, registry and names.nsf.

Everything that looks like chance comes from a seed, so that the same seed gives the same world byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass

from notesfleet.simulator.model.life import start_notes
from notesfleet.simulator.model.pc import PcModel
from notesfleet.simulator.state import (
    Database,
    Domino,
    Drive,
    File,
    Icon,
    Item,
    NotesClient,
    NotesDoc,
    NotesId,
    Pc,
    Person,
    Profile,
    RegistryValue,
    Server,
    Session,
    World,
)

ORGANISATION = "ACME"
NEW_SERVER = f"CN=CLU1/O={ORGANISATION}"
OLD_SERVERS = {"lyon": f"CN=MAIL01/O={ORGANISATION}", "basel": f"CN=MAIL02/O={ORGANISATION}"}
GIB = 1 << 30
ADDRESSES = 250
"""PCs of a site that share the second octet of their addresses, from 127.101 on."""


@dataclass(frozen=True)
class Release:
    """An installation of Notes: version, folder of its vendor, 32 or 64 bit, one data folder per user or one."""

    version: str
    vendor: str
    bits: str
    multi_user: bool
    ods: int

    @property
    def program(self) -> str:
        """64-bit Windows keeps 32-bit programs apart (notes_client 1)."""
        return f"C:\\Program Files{'' if self.bits == '64' else ' (x86)'}\\{self.vendor}\\Notes"

    @property
    def key(self) -> str:
        """The version's own registry key, such as 12.0."""
        return "SOFTWARE\\Lotus\\Notes\\" + ".".join(self.version.split(".")[:2])


NOTES_9 = Release("9.0.110.13287", "IBM", "32", multi_user=False, ods=43)
NOTES_12 = Release("12.0.202.22333", "HCL", "32", multi_user=True, ods=52)
NOTES_14 = Release("14.0.0.24001", "HCL", "64", multi_user=True, ods=55)


@dataclass(frozen=True)
class Traits:
    """What is special about a client (issue 6). `moved`: the Person document names the new server already.

    `waiting_mail`: documents in mail.box. `foreign`: another person, one of whose Locations is here.
    `suffix`: the Location's MailFile ends in .nsf. `notes_open` needs `logged_on`.
    """

    notes_open: bool = True
    asks: bool = True
    logged_on: bool = True
    moved: bool = True
    waiting_mail: int = 0
    duplicates: bool = False
    accents: str = ""
    foreign: str = ""
    suffix: bool = True
    release: Release = NOTES_12


@dataclass(frozen=True)
class Who:
    """A person, with the Windows account. `rid`: the last part of its SID; 0: one from the seed."""

    name: str
    account: str
    site: str
    rid: int = 0

    @property
    def user(self) -> str:
        return f"CN={self.name}/O={ORGANISATION}"

    @property
    def mail_file(self) -> str:
        return f"mail\\{self.account}.nsf"


@dataclass(frozen=True)
class Seed:
    """Numbers and ids by what they are for, so that none depends on the order of building."""

    number: int

    def hex(self, what: str, digits: int) -> str:
        return hashlib.sha256(f"{self.number}:{what}".encode()).hexdigest().upper()[:digits]

    def between(self, what: str, low: int, high: int) -> int:
        return low + int(self.hex(what, 12), 16) % (high - low + 1)

    def replica_id(self, what: str) -> str:
        """A replica id is a moment of creation; these begin as those of 2014 to 2021 do."""
        return f"C125{self.between(what, 0x7C00, 0x87FF):04X}{self.hex(what, 8)}"

    def sid(self, who: Who) -> str:
        return f"{self.domain}-{who.rid or 1100 + int(self.hex(who.account, 4), 16)}"

    @property
    def domain(self) -> str:
        return "S-1-5-21-" + "-".join(str(self.between(f"domain {part}", 10**8, 4 * 10**9)) for part in range(3))


def new_world(seed: int, now: str) -> World:
    """Servers without mail, and no PC."""
    numbers = Seed(seed)
    names = Database(path="names.nsf", replica_id=numbers.replica_id("directory"), title=f"{ORGANISATION}'s Directory")
    servers = [
        Server(name=name, host=f"{name[3:].split('/')[0].lower()}.acme.example", databases=[names.model_copy()])
        for name in (*OLD_SERVERS.values(), NEW_SERVER)
    ]
    return World(seed=seed, now=now, domino=Domino(servers=servers), pcs=[])


def add_pc(world: World, name: str, site: str, number: int, code_page: int = 1252) -> Pc:
    """A PC that is switched on; its address follows from the site's place and its number (from 1)."""
    seed = Seed(world.seed)
    place = list(OLD_SERVERS).index(site) + 1
    network, host = divmod(number - 1, ADDRESSES)
    size = 256 * GIB
    pc = Pc(
        name=name,
        address=f"127.{101 + network}.{place}.{host + 1}",
        site=site,
        machine_guid=str(uuid.UUID(hex=seed.hex(f"machine {name}", 32))),
        os_version="10.0.19045" if seed.between(f"os {name}", 0, 2) else "10.0.22631",
        code_page=code_page,
        profiles=[Profile(sid=f"{seed.domain}-500", account="Administrator", path="C:\\Users\\Administrator")],
        drives=[Drive(name="C:", size=size, free=seed.between(f"free {name}", 20, 120) * GIB)],
    )
    world.pcs.append(pc)
    return pc


def add_client(world: World, pc: Pc, who: Who, traits: Traits) -> NotesClient:
    """A person's Windows profile and Notes on a PC, and the mailbox on the servers."""
    seed = Seed(world.seed)
    sid, release = seed.sid(who), traits.release
    home = f"C:\\Users\\{who.account}"
    data = (
        f"{home}\\AppData\\Local\\{release.vendor}\\Notes\\Data" if release.multi_user else f"{release.program}\\Data"
    )
    ini = f"{data if release.multi_user else release.program}\\notes.ini"
    pc.profiles.append(Profile(sid=sid, account=who.account, path=home))
    _add_installation(pc, release, sid, ini, data)
    documents = _documents(seed, who, traits, data)
    client = NotesClient(
        sid=sid,
        user=who.user,
        data=data,
        ini=ini,
        id=NotesId(path=f"{data}\\user.id", asks=traits.asks),
        active_location=documents[0].unid,
        databases=_local_databases(seed, who, traits, documents),
        icons=[Icon(server=OLD_SERVERS[who.site], path=who.mail_file, replica_id=seed.replica_id(who.mail_file))],
    )
    pc.clients.append(client)
    text = _ini_text(who, traits, client, documents[0])
    encoded = text.encode(f"cp{pc.code_page}")
    pc.files.append(File(path=ini, base64=base64.b64encode(encoded).decode("ascii"), owner=sid))
    pc.files.append(File(path=client.id.path, base64=base64.b64encode(b"\0" * 64).decode("ascii"), owner=sid))
    _add_mailbox(world, seed, who, traits)
    if traits.logged_on:
        pc.sessions.append(Session(id=2 + len(pc.sessions), sid=sid))
    if traits.notes_open:
        start_notes(PcModel(world, pc), sid, world.now)
    return client


def _add_installation(pc: Pc, release: Release, sid: str, ini: str, data: str) -> None:
    known = {(value.hive, value.view, value.key, value.name) for value in pc.registry}
    values = [("HKLM", release.bits, "SOFTWARE\\Lotus\\Notes", "Path", f"{release.program}\\")]
    values.append(("HKLM", release.bits, release.key, "Path", f"{release.program}\\"))
    if release.multi_user:
        values.append(("HKLM", release.bits, release.key, "MultiUser", "1"))
        values.append(("HKU", "64", f"{sid}\\Software\\{release.key[9:]}", "NotesIniPath", ini))
    else:
        values.append(("HKLM", release.bits, release.key, "DataPath", data))
    for hive, view, key, name, value in values:
        if (hive, view, key, name) not in known:
            fields = {"hive": hive, "view": view, "key": key, "name": name, "value": value}
            pc.registry.append(RegistryValue.model_validate(fields))
    machine = "x64" if release.bits == "64" else "x86"
    for program in ("nlnotes.exe", "notes2.exe", "nnotes.dll"):
        pc.versions[f"{release.program}\\{program}"] = f"{release.version} {machine}"


def _local_databases(seed: Seed, who: Who, traits: Traits, documents: list[NotesDoc]) -> list[Database]:
    found = [
        Database(path="bookmark.nsf", replica_id=seed.replica_id(f"bookmark {who.account}"), title="Bookmarks"),
        Database(path="mail.box", replica_id=seed.replica_id(f"box {who.account}"), title="Outgoing Mail"),
        Database(path="names.nsf", replica_id=seed.replica_id(f"names {who.account}"), title="Contacts"),
    ]
    for database in found:
        database.ods = traits.release.ods
        database.size = seed.between(f"size {who.account} {database.path}", 4, 64) * (1 << 18)
    found[1].count = traits.waiting_mail
    found[2].documents = documents
    return found


def _documents(seed: Seed, who: Who, traits: Traits, data: str) -> list[NotesDoc]:
    """Locations: the office, home, the island, maybe another person's; and a Connection to the old server."""
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
    host = f"{old[3:].split('/')[0].lower()}.acme.example"
    rows.append(
        [
            _text("ConnectionType", "0"),
            _text("Destination", old),
            _text("Form", "Connection"),
            _text("OptionalNetworkAddress", host),
        ]
    )
    return [
        NotesDoc(unid=seed.hex(f"unid {who.account} {number}", 32), note_id=f"{0x8FA + 4 * number:X}", items=items)
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


def _ini_text(who: Who, traits: Traits, client: NotesClient, location: NotesDoc) -> str:
    old = OLD_SERVERS[who.site]
    lines = ["[Notes]", "KitType=1", f"Directory={client.data}", "InstallType=3"]
    if traits.release.multi_user:
        lines.append(f"SharedDataDirectory=C:\\ProgramData\\{traits.release.vendor}\\Notes\\Data\\Shared")
    lines += [
        f"NotesProgram={traits.release.program}\\",
        f"KeyFileName={client.id.path}",
        f"Location=Office (Network),{location.note_id},{client.user}",
        f"MailServer={old}",
        f"MailFile={who.mail_file.removesuffix('.nsf')}",
        "NAMES=names.nsf",
        "Ports=TCPIP",
        "TCPIP=TCP, 0, 15, 0",
    ]
    if traits.duplicates:
        lines += ["EXTMGR_ADDINS=extmgr", "WindowSize=0 0 1280 1024", "extmgr_addins=extmgr,sanctuary"]
    if traits.accents:
        lines.append(f"$Signature={traits.accents}")
    return "\r\n".join([*lines, ""])


def _add_mailbox(world: World, seed: Seed, who: Who, traits: Traits) -> None:
    """The mail file on the old server and its replica on the new one, which the administrators have made before."""
    mail = Database(
        path=who.mail_file,
        replica_id=seed.replica_id(who.mail_file),
        title=who.name,
        count=seed.between(f"count {who.account}", 800, 24000),
        size=seed.between(f"mail {who.account}", 40, 900) * (1 << 20),
    )
    old = OLD_SERVERS[who.site]
    for server in world.domino.servers:
        if server.name in (old, NEW_SERVER):
            server.databases.append(mail.model_copy())
    at = NEW_SERVER if traits.moved else old
    world.domino.persons.append(Person(name=who.user, mail_server=at, mail_file=who.mail_file.removesuffix(".nsf")))
