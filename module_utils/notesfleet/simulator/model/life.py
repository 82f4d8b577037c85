"""What Notes does by itself: it holds notes.ini in memory, writes it at exit, fills replicas, makes entries."""

from __future__ import annotations

from datetime import timedelta

from notesfleet import clock
from notesfleet.simulator.model.pc import PcModel, same_path
from notesfleet.simulator.state import Database, Entry, NotesClient, NotesDoc, PcEvent, Process


def start_notes(pc: PcModel, sid: str, at: str) -> None:
    """Notes reads notes.ini and the active Location into memory (notes_client 2 and 3)."""
    session = pc.session_of(sid)
    if session is None or pc.notes_is_open(sid):
        return
    client = pc.client_of(sid)
    pid = max([4000, *(process.pid for process in pc.pc.processes)]) + 4
    started = Process(name="nlnotes.exe", pid=pid, sid=sid, session=session.id, started=at, elevated=session.elevated)
    started.command_line = f'nlnotes.exe "={client.ini}"'
    pc.pc.processes.append(started)
    ini = pc.ini(client)
    client.memory = {name: ini.value(name) or "" for name in ini.names()}
    client.memory_changed = []
    location = active_location(client)
    client.location_memory = list(location.items) if location else None
    for database in client.databases:
        if _is_behind(pc, client, database):
            schedule(pc, "replica_filled", sid, database.path, pc.world.switches.fill_delay)
        if same_path(database.path, MAIL_BOX) and database.count:
            schedule(pc, "mail_sent", sid, database.path, SEND_DELAY)


MAIL_BOX = "mail.box"
SEND_DELAY = 120
"""Seconds after its start in which the client sends what waits in the outbox."""


def exit_notes(pc: PcModel, sid: str) -> None:
    """Notes writes what it holds over the file: a change made there meanwhile is lost (safety 4.4)."""
    pc.pc.processes = [process for process in pc.pc.processes if process.sid != sid]
    client = pc.client_of(sid)
    if client.memory is None:
        return
    ini = pc.ini(client)
    for name in [*client.memory, *ini.names()]:
        value = client.memory.get(name)
        if ini.value(name) != value:
            ini = ini.with_values(_spelled(client, name), [] if value is None else [_writable(pc, value)])
    pc.write(client.ini, ini.to_bytes(), sid)
    client.memory, client.memory_changed, client.location_memory = None, [], None


def _writable(pc: PcModel, value: str) -> str:
    """Characters that the code page does not have are lost in the file."""
    codec = "utf-8" if pc.pc.code_page == 65001 else f"cp{pc.pc.code_page}"
    return value.encode(codec, "replace").decode(codec)


def _spelled(client: NotesClient, folded: str) -> str:
    return next((name for name in client.memory_changed if name.lower() == folded), folded)


def active_location(client: NotesClient) -> NotesDoc | None:
    names = local_database(client, "names.nsf")
    documents = names.documents if names else []
    return next((each for each in documents if each.unid == client.active_location), None)


def local_database(client: NotesClient, path: str) -> Database | None:
    """The database at this path under the data directory, `.nsf` being added where no extension is given."""
    paths = (path, with_extension(path))
    return next((each for each in client.databases for full in paths if same_path(each.path, full)), None)


def with_extension(path: str) -> str:
    """Notes adds `.nsf` to a path without an extension."""
    return path if "." in path.replace("/", "\\").rsplit("\\", 1)[-1] else f"{path}.nsf"


def schedule(pc: PcModel, do: str, sid: str, path: str, delay: int) -> None:
    """Something that Notes will have done after so many seconds."""
    at = clock.text(pc.now + timedelta(seconds=delay))
    pc.schedule(PcEvent.model_validate({"at": at, "do": do, "sid": sid, "path": path}))


def send_mail(pc: PcModel, sid: str) -> None:
    """The client has sent what waited in its outbox (safety 3.2); only while it is open."""
    outbox = local_database(pc.client_of(sid), MAIL_BOX)
    if outbox is not None and pc.notes_is_open(sid):
        outbox.count = 0


def fill_replica(pc: PcModel, sid: str, path: str) -> None:
    """A replica has got what its server has; one that no server has stays a stub."""
    client = pc.client_of(sid)
    local = local_database(client, path)
    fullest = _fullest(pc, local) if local is not None else None
    if local is not None and fullest is not None:
        local.count, local.initialised, local.size = fullest.count, True, fullest.size
        local.modified = fullest.modified


def _fullest(pc: PcModel, local: Database) -> Database | None:
    """The fullest replica that a server has of a local one."""
    sources = [
        database
        for server in pc.world.domino.servers
        for database in server.databases
        if server.up and server.opens and database.replica_id == local.replica_id
    ]
    return max(sources, key=lambda database: database.count, default=None)


def _is_behind(pc: PcModel, client: NotesClient, local: Database) -> bool:
    """A stub, or a replica with an entry and fewer documents than a server's: the replicator will fill it."""
    if not local.initialised or not any(entry.replica_id == local.replica_id for entry in client.replicator):
        return not local.initialised
    fullest = _fullest(pc, local)
    return fullest is not None and local.count < fullest.count


def make_entries(pc: PcModel, sid: str, path: str) -> None:
    """An entry in each Location with this mail file, once both copies have icons; of the home server where it
    has an icon (notes_client 4)."""
    client = pc.client_of(sid)
    local = local_database(client, path)
    if local is None:
        return
    servers = sorted(icon.server for icon in client.icons if icon.server and icon.replica_id == local.replica_id)
    names = local_database(client, "names.nsf")
    if not servers or names is None:
        return
    for document in names.documents:
        if not _has_mail_file(document, path) or any(
            entry.location == document.unid and entry.replica_id == local.replica_id for entry in client.replicator
        ):
            continue
        home = next((str(value) for item in document.items if item.name == "MailServer" for value in item.values), "")
        server = home if home in servers else servers[0]
        client.replicator.append(
            Entry(location=document.unid, replica_id=local.replica_id, title=local.title, server=server)
        )
    if local.initialised and _is_behind(pc, client, local):
        schedule(pc, "replica_filled", sid, path, pc.world.switches.fill_delay)


def _has_mail_file(document: NotesDoc, path: str) -> bool:
    values = {item.name: item.values for item in document.items}
    if values.get("Form") != ["Location"]:
        return False
    return any(
        same_path(str(value).removesuffix(".nsf"), path.removesuffix(".nsf")) for value in values.get("MailFile", [])
    )
