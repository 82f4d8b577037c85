"""The way into Notes: the session by `ole` or `com`, and the workspace of the running client (notes_client 6)."""

from __future__ import annotations

import base64

from notesfleet.actions.notes_api import NotesDatabase, NotesDocument, NotesDxlExporter
from notesfleet.audit.replicator_item import PageEntry, page_item
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import life
from notesfleet.simulator.model.notes_objects import NAMES, Door, ModelDatabase, plain_name
from notesfleet.simulator.model.pc import folded, same_path
from notesfleet.simulator.state import Database, Icon


class ModelExporter:
    """DXL of a Location with its replicator page; only what somebody reads of it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def Export(self, document: NotesDocument) -> str:
        self._door.check()
        entries = [
            PageEntry(each.replica_id, each.server, each.send, each.receive, each.enabled, each.title)
            for each in sorted(self._door.client.replicator, key=lambda entry: entry.replica_id)
            if each.location == document.UniversalID
        ]
        item = ""
        if entries:
            data = base64.b64encode(page_item(entries)).decode("ascii")
            item = f"<item name='$SiteMapList'><rawitemdata type='1a'>{data}</rawitemdata></item>"
        return f"<?xml version='1.0'?><document form='Location' unid='{document.UniversalID}'>{item}</document>"


VALUE_LIMIT = 255


def _variable(name: str, system: bool) -> str:
    """User variables have a `$` before their name in notes.ini, system variables have not (notes_client 2)."""
    return name if system else f"${name}"


class ModelSession:
    """`Notes.NotesSession` of the running client, or `Lotus.NotesSession` beside it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.UserName = door.client.user

    def GetEnvironmentString(self, name: str, system: bool) -> str:
        """At most 255 characters (notes_client 2: MAXENVVALUE), whatever the file has."""
        self._door.check()
        name, memory = _variable(name, system), self._door.client.memory
        if self._door.way == "ole" and memory is not None:
            return memory.get(name.lower(), "")[:VALUE_LIMIT]
        return (self._door.pc.ini(self._door.client).value(name) or "")[:VALUE_LIMIT]

    def SetEnvironmentVar(self, name: str, value: str, system: bool) -> None:
        """Into the memory of this process: a COM session's change is lost when it ends."""
        self._door.check()
        client, name = self._door.client, _variable(name, system)
        if self._door.way != "ole" or client.memory is None:
            return

        def put() -> None:
            if client.memory is None:
                return
            others = [each for each in client.memory_changed if each.lower() != name.lower()]
            if not value:
                client.memory.pop(name.lower(), None)
            elif client.memory.get(name.lower()) != value:
                client.memory[name.lower()] = value
                if self._door.pc.ini(client).value(name) is None:
                    others.append(name)
            client.memory_changed = sorted(others)

        self._door.power.write(put)

    def GetDatabase(self, server: str, file: str, create_on_fail: bool) -> NotesDatabase | None:
        self._door.check()
        if not server:
            local = life.local_database(self._door.client, file)
            return ModelDatabase(self._door, None, local) if local and not local.held else None
        for each in self._door.pc.world.domino.servers:
            if plain_name(each.name) == plain_name(server) and each.up and each.opens:
                wanted = {folded(file), folded(life.with_extension(file))}
                found = next((one for one in each.databases if folded(one.path) in wanted), None)
                if found is None and same_path(file, NAMES):
                    found = Database(path=NAMES, replica_id="C1257D0000000001", title="Directory")
                return ModelDatabase(self._door, each, found) if found else None
        return None

    def CreateDxlExporter(self) -> NotesDxlExporter:
        self._door.check()
        return ModelExporter(self._door)


class ModelWorkspace:
    """`Notes.NotesUIWorkspace`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def AddDatabase(self, server: str, file: str) -> None:
        self._door.check()
        pc, client = self._door.pc, self._door.client
        database = ModelSession(self._door).GetDatabase(server, file, False)
        if database is None:
            raise ActionFailure(Code.REFUSED, f"{file} does not open on {server or 'this PC'}")
        icon = Icon(server=server, path=file, replica_id=database.ReplicaID)
        if icon in client.icons:
            return

        def add() -> None:
            client.icons.append(icon)
            local = next(
                (each for each in client.icons if not each.server and each.replica_id == icon.replica_id), None
            )
            if local is None or not any(each.server and each.replica_id == icon.replica_id for each in client.icons):
                return
            if pc.world.switches.entry_delay:
                life.schedule(pc, "entries_made", client.sid, local.path, pc.world.switches.entry_delay)
            else:
                life.make_entries(pc, client.sid, local.path)

        self._door.power.write(add)

    def SetCurrentLocation(self, name: str) -> None:
        self._door.check()
        pc, client = self._door.pc, self._door.client
        names = life.local_database(client, NAMES)
        found = [
            each
            for each in (names.documents if names else [])
            if any(item.name == "Name" and item.values == [name] for item in each.items)
        ]
        if not found:
            raise ActionFailure(Code.REFUSED, f"there is no Location {name}")
        if pc.world.switches.set_current_location_asks:
            pc.pc.harms.append(f"{client.sid}: SetCurrentLocation asked")

        def select() -> None:
            document = found[0]
            client.active_location = document.unid
            client.location_memory = list(document.items)
            if client.memory is not None:
                client.memory["location"] = f"{name},{document.note_id},{client.user}"

        self._door.power.write(select)
