"""The state document: everything that the model of Windows, Notes and Domino is loaded from and dumps.

One document holds the world: the servers, the PCs and what will happen to them. All lists are dumped
sorted (names, paths, UNIDs), so that two worlds are equal when their documents are.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class State(BaseModel):
    """Base: unknown fields are refused; the model works on these objects in place."""

    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class Item(State):
    """An item of a document. `type`: text, number, datetime, richtext, outline (values: [base64])."""

    name: str
    type: Literal["text", "number", "datetime", "richtext", "outline"] = "text"
    values: list[str | int | float]


class NotesDoc(State):
    """A document of a database."""

    unid: str
    note_id: str = "8FA"
    items: list[Item]


class Database(State):
    """A database, local (path under the data directory) or on a server.

    `count` stands for mail documents that nobody looks into; `documents` are those that somebody does.
    `initialised` is False for a replica stub. `held`: another program lets nobody read it, Notes neither.
    """

    path: str
    replica_id: str
    title: str = ""
    count: int = 0
    initialised: bool = True
    size: int = 1_048_576
    ods: int = 52
    flags: int = 0
    cutoff_days: int = 90
    modified: str = "2026-11-01T08:00:00Z"
    held: bool = False
    documents: list[NotesDoc] = Field(default_factory=list)


class Server(State):
    """A Domino server. `up`: its port accepts connections; `opens`: it lets the users in (safety 3.14)."""

    name: str
    host: str
    up: bool = True
    opens: bool = True
    databases: list[Database] = Field(default_factory=list)


class Person(State):
    """A Person document of the directory, the same on all servers.

    `roaming`, `roaming_server`: items RoamingUser and RoamSrvr; empty: missing.
    """

    name: str
    mail_server: str
    mail_file: str
    roaming: str = ""
    roaming_server: str = ""


class DominoEvent(State):
    """What the simulated administrator does at a set time."""

    at: str
    do: Literal["move_mailbox", "server_down", "server_up"]
    name: str
    mail_server: str = ""


class Domino(State):
    servers: list[Server] = Field(default_factory=list)
    persons: list[Person] = Field(default_factory=list)
    events: list[DominoEvent] = Field(default_factory=list)


class Icon(State):
    """A workspace icon; server is empty for a local one."""

    server: str
    path: str
    replica_id: str


class Entry(State):
    """A replicator page entry of a Location."""

    location: str
    replica_id: str
    title: str = ""
    server: str
    send: bool = True
    receive: bool = True
    enabled: bool = True


class NotesId(State):
    """The ID file: whether a program outside the client would be asked for its password."""

    path: str
    asks: bool


class NotesClient(State):
    """One user's Notes: where it is, and what is in it.

    `active_location` is the UNID of the Location in use. `memory` and `location_memory` are what the
    running client holds (notes.ini values, items of the active Location); None while Notes is closed.
    `memory_changed`: names of values that the file does not have yet, as they will be spelled there.
    """

    sid: str
    user: str
    data: str
    ini: str
    id: NotesId
    active_location: str
    databases: list[Database]
    icons: list[Icon] = Field(default_factory=list)
    replicator: list[Entry] = Field(default_factory=list)
    memory: dict[str, str] | None = None
    memory_changed: list[str] = Field(default_factory=list)
    location_memory: list[Item] | None = None


class File(State):
    """A file that is not a database of a client: path, content in base64, owner SID or name.

    `writers`: SIDs that may write into it though it is not theirs. `locked`: another program has it open, so it
    can be read and not written.
    """

    path: str
    base64: str
    owner: str = "Administrators"
    writers: list[str] = Field(default_factory=list)
    locked: bool = False
    modified: str = "2026-11-01T08:00:00Z"


class Folder(State):
    """A protected folder of notesfleet and who may do what there."""

    path: str
    owner: str = "Administrators"
    readers: list[str] = Field(default_factory=list)
    link: bool = False


class RegistryValue(State):
    """hive: HKLM or HKU (key begins with the SID then); view 32 or 64."""

    hive: Literal["HKLM", "HKU"]
    view: Literal["32", "64"] = "64"
    key: str
    name: str
    value: str


class Profile(State):
    sid: str
    account: str
    path: str


class Session(State):
    """A logged-on user. `idle`: seconds without a key or mouse movement; `dialog`: Notes shows one."""

    id: int
    sid: str
    state: Literal["active", "locked", "disconnected"] = "active"
    idle: int = 600
    dialog: bool = False
    elevated: bool = False


class Process(State):
    """A process; `nlnotes.exe` of a SID means that this user's Notes is open."""

    name: str
    pid: int
    sid: str
    session: int
    started: str
    command_line: str = ""
    elevated: bool = False


class Drive(State):
    name: str
    size: int
    free: int


class Task(State):
    """The scheduled task of one user: its command and its XML-free description."""

    sid: str
    command: str
    arguments: str


class PcEvent(State):
    """What happens on a PC at a set time. `path`: of the replica that is filled, has got its entry, or is put away."""

    at: str
    do: Literal[
        "power_on",
        "power_off",
        "logon",
        "logoff",
        "lock",
        "unlock",
        "notes_start",
        "notes_exit",
        "busy",
        "idle",
        "replica_filled",
        "entries_made",
        "mail_sent",
        "journal_scribbled",
        "copy_removed",
    ]
    sid: str = ""
    path: str = ""


class Pc(State):
    """A PC. `dark`: accepts TCP and says nothing. `ahead`: seconds its clock ran ahead by waiting.

    `waiters`: SIDs whose runner would be waiting; it runs again when something changes. `versions`: program files
    as `<version> <x86 or x64>` by path, or the code with which reading one fails. `harms`: what must never happen
    and did, such as a password prompt that nobody sees (safety 5). `shares`: whether it reaches the company's.
    """

    name: str
    address: str
    site: str = ""
    power: Literal["on", "off", "dark"] = "on"
    machine_guid: str
    os_version: str = "10.0.19045"
    booted: str = "2026-11-23T06:30:00Z"
    code_page: int = 1252
    ahead: int = 0
    shares: bool = True
    drives: list[Drive] = Field(default_factory=list)
    registry: list[RegistryValue] = Field(default_factory=list)
    profiles: list[Profile] = Field(default_factory=list)
    sessions: list[Session] = Field(default_factory=list)
    processes: list[Process] = Field(default_factory=list)
    files: list[File] = Field(default_factory=list)
    folders: list[Folder] = Field(default_factory=list)
    versions: dict[str, str] = Field(default_factory=dict)
    clients: list[NotesClient] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    waiters: list[str] = Field(default_factory=list)
    events: list[PcEvent] = Field(default_factory=list)
    harms: list[str] = Field(default_factory=list)


class Switches(State):
    """What nobody has seen on a real PC (safety 7); tests pass both ways.

    `create_replica_fills`: CreateReplica itself fills (safety 3.4), else the client's replicator does it
    `fill_delay` seconds later. `entry_delay`: seconds from both icons to the replicator entry (decisions/002).
    """

    create_replica_fills: bool = True
    entry_delay: int = 0
    fill_delay: int = 900
    set_current_location_asks: bool = False


class World(State):
    """Everything. `now` is the simulated time, UTC."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    seed: int = 0
    now: str
    switches: Switches = Field(default_factory=Switches)
    domino: Domino
    pcs: list[Pc]
