"""Notes' automation objects on the model, with their traps (notes_client 5 and 6).

Values are always lists; a written integer makes a number item; a change is kept only by Save; a database that
does not open is None; CreateReplica raises where the file exists and makes neither icon nor entry.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from notesfleet.actions.notes_api import (
    DATETIMES,
    NUMBERS,
    RICHTEXT,
    TEXT,
    ItemValue,
    NotesDatabase,
    NotesDocument,
    NotesDocumentCollection,
    NotesDxlExporter,
    NotesItem,
    NotesView,
)
from notesfleet.audit.replicator_item import PageEntry, page_item
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model import life
from notesfleet.simulator.model.pc import PcModel, same_path
from notesfleet.simulator.model.power import Power
from notesfleet.simulator.state import Database, Icon, Item, NotesClient, NotesDoc, Person, Server

TYPES = {"text": TEXT, "number": NUMBERS, "datetime": DATETIMES, "richtext": RICHTEXT, "outline": 26}
NAMES = "names.nsf"


@dataclass(frozen=True)
class Door:
    """Through which a session came: the PC, its user's client, and by `ole` or `com`."""

    pc: PcModel
    client: NotesClient
    way: str
    power: Power

    def check(self) -> None:
        """An object of a client that was closed answers no more."""
        self.power.check()
        if self.way == "ole" and not self.pc.notes_is_open(self.client.sid):
            raise ActionFailure(Code.RUNNER_ERROR, "the Notes client is no longer there")


class ModelItem:
    """A copy of an item."""

    def __init__(self, item: Item) -> None:
        self.Name, self.Type = item.name, TYPES[item.type]
        self.Values: Sequence[ItemValue] = list(item.values)


class ModelDocument:
    """A working copy of a document; `Save` puts it into its database."""

    def __init__(self, door: Door, database: Database | None, document: NotesDoc) -> None:
        self._door, self._database, self._document = door, database, document
        self._items = [item.model_copy(deep=True) for item in document.items]
        self.UniversalID, self.NoteID = document.unid, document.note_id

    @property
    def Items(self) -> Sequence[NotesItem]:
        self._door.check()
        return [ModelItem(item) for item in self._items]

    def HasItem(self, name: str) -> bool:
        self._door.check()
        return self._item(name) is not None

    def GetItemValue(self, name: str) -> Sequence[ItemValue]:
        self._door.check()
        item = self._item(name)
        return list(item.values) if item else [""]

    def GetFirstItem(self, name: str) -> NotesItem | None:
        self._door.check()
        item = self._item(name)
        return ModelItem(item) if item else None

    def ReplaceItemValue(self, name: str, value: ItemValue | Sequence[ItemValue]) -> NotesItem:
        self._door.check()
        values = [value] if isinstance(value, str | int | float) else list(value)
        numbers = bool(values) and all(not isinstance(each, str) for each in values)
        new = Item(name=name, type="number" if numbers else "text", values=values)
        old = self._item(name)
        if old is None:
            self._items.append(new)
        else:
            self._items[self._items.index(old)] = new.model_copy(update={"name": old.name})
        return ModelItem(new)

    def RemoveItem(self, name: str) -> None:
        self._door.check()
        self._items = [item for item in self._items if item.name.lower() != name.lower()]

    def Save(self, force: bool, create_response: bool) -> bool:
        self._door.check()
        if self._database is None:
            return False

        def keep() -> None:
            self._document.items = [item.model_copy(deep=True) for item in self._items]

        self._door.power.write(keep)
        return True

    def _item(self, name: str) -> Item | None:
        return next((item for item in self._items if item.name.lower() == name.lower()), None)


class ModelCollection:
    """What a search found. `Count` may be more: mail documents that nobody looks into."""

    def __init__(self, count: int, documents: list[ModelDocument]) -> None:
        self.Count, self._documents = count, documents

    def GetFirstDocument(self) -> NotesDocument | None:
        return self._documents[0] if self._documents else None

    def GetNextDocument(self, document: NotesDocument) -> NotesDocument | None:
        place = [each.UniversalID for each in self._documents].index(document.UniversalID) + 1
        return self._documents[place] if place < len(self._documents) else None


class ModelPersons:
    """The view `($Users)` of the directory: by the full name, with or without labels."""

    def __init__(self, door: Door, persons: list[Person]) -> None:
        self._door, self._persons = door, persons

    def GetDocumentByKey(self, key: str, exact: bool) -> NotesDocument | None:
        self._door.check()
        plain = _plain(key)
        for person in self._persons:
            if _plain(person.name) == plain:
                values = {"Form": "Person", "FullName": person.name, "MailServer": person.mail_server}
                items = [Item(name=name, values=[value]) for name, value in values.items()]
                items.append(Item(name="MailFile", values=[person.mail_file]))
                return ModelDocument(self._door, None, NotesDoc(unid=f"{len(plain):032X}", items=items))
        return None


def _plain(name: str) -> str:
    return re.sub(r"(^|/)(cn|ou|o|c)=", r"\1", name.strip().lower())


class ModelDatabase:
    """A database, local or on a server."""

    def __init__(self, door: Door, server: Server | None, database: Database) -> None:
        self.IsOpen = True
        self._door, self._server, self._database = door, server, database
        self.ReplicaID, self.Title, self.FilePath = database.replica_id, database.title, database.path

    @property
    def AllDocuments(self) -> NotesDocumentCollection:
        self._door.check()
        return ModelCollection(self._database.count + len(self._database.documents), self._all())

    def Search(self, formula: str, since: None, limit: int) -> NotesDocumentCollection:
        self._door.check()
        found = re.fullmatch(r'Form="([^"]*)"', formula)
        if found is None:
            raise ActionFailure(Code.RUNNER_ERROR, f"the model does not know the formula {formula}")
        hits = [each for each in self._all() if str(each.GetItemValue("Form")[0]).lower() == found[1].lower()]
        return ModelCollection(len(hits), hits)

    def GetDocumentByUNID(self, unid: str) -> NotesDocument | None:
        self._door.check()
        return next((each for each in self._all() if each.UniversalID == unid), None)

    def GetView(self, name: str) -> NotesView | None:
        self._door.check()
        if self._server is None or name != "($Users)" or not same_path(self._database.path, NAMES):
            return None
        return ModelPersons(self._door, self._door.pc.world.domino.persons)

    def CreateReplica(self, server: str, file: str) -> NotesDatabase:
        self._door.check()
        pc, client = self._door.pc, self._door.client
        file = life.with_extension(file)
        if server or life.local_database(client, file) is not None:
            raise ActionFailure(Code.REFUSED, f"{file} already exists")
        source, switches = self._database, pc.world.switches
        drive = next((each for each in pc.pc.drives if each.name.lower() == client.data[:2].lower()), None)
        if drive is not None and drive.free < source.size:
            raise ActionFailure(Code.DISK_FULL, f"{drive.name} has no room for {file}")
        replica = source.model_copy(update={"path": file, "documents": [], "count": 0, "initialised": False})

        def make() -> None:
            client.databases.append(replica)
            if switches.create_replica_fills:
                life.fill_replica(pc, client.sid, file)
            else:
                life.schedule(pc, "replica_filled", client.sid, file, switches.fill_delay)

        self._door.power.write(make)
        return ModelDatabase(self._door, None, replica)

    def _all(self) -> list[ModelDocument]:
        documents = sorted(self._database.documents, key=lambda document: document.unid)
        writable = self._database if self._server is None else None
        return [ModelDocument(self._door, writable, document) for document in documents]


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


class ModelSession:
    """`Notes.NotesSession` of the running client, or `Lotus.NotesSession` beside it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.UserName = door.client.user

    def GetEnvironmentString(self, name: str, system: bool) -> str:
        self._door.check()
        if self._door.way == "ole" and self._door.client.memory is not None:
            return self._door.client.memory.get(name.lower(), "")
        return self._door.pc.ini(self._door.client).value(name) or ""

    def SetEnvironmentVar(self, name: str, value: str, system: bool) -> None:
        """Into the memory of this process: a COM session's change is lost when it ends."""
        self._door.check()
        client = self._door.client
        if self._door.way != "ole" or client.memory is None:
            return

        def put() -> None:
            if client.memory is None:
                return
            if value:
                client.memory[name.lower()] = value
            else:
                client.memory.pop(name.lower(), None)
            client.memory_changed = sorted({*client.memory_changed, name})

        self._door.power.write(put)

    def GetDatabase(self, server: str, file: str, create_on_fail: bool) -> NotesDatabase | None:
        self._door.check()
        if not server:
            local = life.local_database(self._door.client, file)
            return ModelDatabase(self._door, None, local) if local else None
        for each in self._door.pc.world.domino.servers:
            if _plain(each.name) == _plain(server) and each.up and each.opens:
                paths = (file, life.with_extension(file))
                found = next((one for one in each.databases for path in paths if same_path(one.path, path)), None)
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
            client.location_memory = [item.model_copy(deep=True) for item in document.items]
            if client.memory is not None:
                client.memory["location"] = f"{name},{document.note_id},{client.user}"

        self._door.power.write(select)
