"""Builds a PC with Notes clients into a world: what an installation leaves in files, registry and names.nsf.

Everything that looks like chance comes from a seed, so that the same seed gives the same world byte for byte.
"""

from __future__ import annotations

import base64
import uuid

from notesfleet.simulator.databases import Maker, add_mailbox
from notesfleet.simulator.documents import documents_of
from notesfleet.simulator.model.life import start_notes
from notesfleet.simulator.model.pc import PcModel
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS, ORGANISATION, Seed, Who, host_of
from notesfleet.simulator.state import (
    Database,
    Domino,
    Drive,
    File,
    Icon,
    NotesClient,
    NotesDoc,
    NotesId,
    Pc,
    Profile,
    RegistryValue,
    Server,
    Session,
    World,
)
from notesfleet.simulator.traits import GIB, Release, Traits

ADDRESSES = 250
"""PCs of a site that share the second octet of their addresses, from 127.101 on."""


def new_world(seed: int, now: str) -> World:
    """Servers without mail, and no PC."""
    replica_id = Seed(seed).replica_id("directory")
    names = Database(path="names.nsf", replica_id=replica_id, title=f"{ORGANISATION}'s Directory")
    servers = [
        Server(name=name, host=host_of(name), databases=[names.model_copy()])
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
    """A person's Windows profile and Notes on a PC; and the mailbox on the servers, if it is the first PC."""
    seed = Seed(world.seed)
    sid, release = seed.sid(who), traits.release
    key = f"{who.account} {pc.name}" if traits.second else who.account
    home = f"C:\\Users\\{who.account}"
    data = f"{home}\\AppData\\Local\\{release.data}" if release.multi_user else f"{release.program}\\Data"
    ini = f"{data if release.multi_user else release.program}\\notes.ini"
    pc.profiles.append(Profile(sid=sid, account=who.account, path=home))
    _add_installation(pc, traits, sid, ini, data)
    documents = documents_of(seed, who, traits, data, key)
    maker = Maker(seed, who, traits, key, world.now)
    client = NotesClient(
        sid=sid,
        user=who.user,
        data=data,
        ini=ini,
        id=NotesId(path=f"{data}\\user.id", asks=traits.asks),
        active_location=documents[0].unid,
        databases=maker.local(documents),
        icons=[Icon(server=OLD_SERVERS[who.site], path=who.mail_file, replica_id=seed.replica_id(who.mail_file))],
    )
    pc.clients.append(client)
    _add_file(pc, ini, _ini_text(who, traits, client, documents[0]).encode(f"cp{pc.code_page}"), sid)
    _add_file(pc, client.id.path, b"\0" * 64, sid)
    if not traits.second:
        add_mailbox(world, maker)
    if traits.logged_on:
        pc.sessions.append(Session(id=2 + len(pc.sessions), sid=sid))
    if traits.notes_open:
        start_notes(PcModel(world, pc), sid, world.now)
    return client


def _add_file(pc: Pc, path: str, content: bytes, owner: str) -> None:
    pc.files.append(File(path=path, base64=base64.b64encode(content).decode("ascii"), owner=owner))


def _add_installation(pc: Pc, traits: Traits, sid: str, ini: str, data: str) -> None:
    release = traits.release
    known = {(value.hive, value.view, value.key, value.name) for value in pc.registry}
    for hive, view, key, name, value in _registry(release, sid, ini, data):
        if (hive, view, key, name) not in known:
            fields = {"hive": hive, "view": view, "key": key, "name": name, "value": value}
            pc.registry.append(RegistryValue.model_validate(fields))
    machine = "x64" if release.bits == "64" else "x86"
    for program in ("nlnotes.exe", "notes2.exe", "nnotes.dll"):
        pc.versions[f"{release.program}\\{program}"] = f"{release.version} {machine}"
    if traits.program_code:
        pc.versions[f"{release.program}\\nlnotes.exe"] = traits.program_code


def _registry(release: Release, sid: str, ini: str, data: str) -> list[tuple[str, str, str, str, str]]:
    """Hive, view, key, name and value (notes_client 1)."""
    values = [("HKLM", release.bits, "SOFTWARE\\Lotus\\Notes", "Path", f"{release.program}\\")]
    values.append(("HKLM", release.bits, release.key, "Path", f"{release.program}\\"))
    if release.multi_user:
        values.append(("HKLM", release.bits, release.key, "MultiUser", "1"))
        values.append(("HKU", "64", f"{sid}\\Software\\{release.key[9:]}", "NotesIniPath", ini))
    else:
        values.append(("HKLM", release.bits, release.key, "DataPath", data))
    return values


def _ini_text(who: Who, traits: Traits, client: NotesClient, location: NotesDoc) -> str:
    lines = ["[Notes]", "KitType=1", f"Directory={client.data}", "InstallType=3"]
    if traits.release.multi_user:
        lines.append(f"SharedDataDirectory=C:\\ProgramData\\{traits.release.data}\\Shared")
    lines += [
        f"NotesProgram={traits.release.program}\\",
        f"KeyFileName={client.id.path}",
        f"Location=Office (Network),{location.note_id},{client.user}",
        f"MailServer={OLD_SERVERS[who.site]}",
        f"MailFile={who.mail_file.removesuffix('.nsf')}",
        "NAMES=names.nsf",
        "Ports=TCPIP",
        "TCPIP=TCP, 0, 15, 0",
    ]
    if traits.duplicates:
        lines += ["EXTMGR_ADDINS=extmgr", "WindowSize=0 0 1280 1024", "extmgr_addins=extmgr,sanctuary"]
    if traits.accents:
        lines.append(f"$Signature={traits.accents}")
    return "\r\n".join(lines if traits.open_end else [*lines, ""])
