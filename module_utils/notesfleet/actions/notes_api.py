"""The members of Notes' automation classes that notesfleet uses, with HCL's names and traps.

Facts: notes_client.md sections 5 and 6. Names are Notes' own, so that the PowerShell runner, which
calls the real objects, reads the same. Calls that fail raise `ActionFailure` (PowerShell: an exception).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

ItemValue: TypeAlias = str | int | float
TEXT, NUMBERS, DATETIMES, RICHTEXT, NAMES, READERS, AUTHORS, OTHER = 1280, 768, 1024, 1, 1074, 1075, 1076, 0
"""`NotesItem.Type`. Anything that is not text or numbers is read as `other`."""


class NotesItem(Protocol):
    """One item. `Values` is always a list, also for a single value."""

    Name: str
    Type: int
    Values: Sequence[ItemValue]


class NotesDocument(Protocol):
    """A document; a change is kept only by Save."""

    UniversalID: str
    NoteID: str

    @property
    def Items(self) -> Sequence[NotesItem]: ...

    def HasItem(self, name: str) -> bool: ...

    def GetItemValue(self, name: str) -> Sequence[ItemValue]:
        """Always a list; a missing item gives `[""]`, so ask HasItem first."""

    def GetFirstItem(self, name: str) -> NotesItem | None: ...

    def ReplaceItemValue(self, name: str, value: ItemValue | Sequence[ItemValue]) -> NotesItem:
        """The item takes the type of the value: an integer makes a number item where text was."""

    def RemoveItem(self, name: str) -> None: ...

    def Save(self, force: bool, create_response: bool) -> bool: ...


class NotesDocumentCollection(Protocol):
    """Documents of a search."""

    Count: int

    def GetFirstDocument(self) -> NotesDocument | None: ...

    def GetNextDocument(self, document: NotesDocument) -> NotesDocument | None: ...


class NotesView(Protocol):
    """A view; only looked up by key."""

    def GetDocumentByKey(self, key: str, exact: bool) -> NotesDocument | None: ...


class NotesDatabase(Protocol):
    """A database, local or on a server. `ReplicaID` is 16 hex digits without colon; `Size` is bytes, a Double."""

    IsOpen: bool
    ReplicaID: str
    Size: float
    Title: str
    FilePath: str

    @property
    def AllDocuments(self) -> NotesDocumentCollection: ...

    def Search(self, formula: str, since: None, limit: int) -> NotesDocumentCollection:
        """The runner uses one formula only: `Form="<name>"`."""

    def GetDocumentByUNID(self, unid: str) -> NotesDocument | None: ...

    def GetView(self, name: str) -> NotesView | None: ...

    def CreateReplica(self, server: str, file: str) -> NotesDatabase:
        """Raises where the file exists. Makes neither icon nor replicator entry."""


class NotesDxlExporter(Protocol):
    """Exports a document as DXL; the only way to see `$SiteMapList`."""

    def Export(self, document: NotesDocument) -> str: ...


class NotesSession(Protocol):
    """`Notes.NotesSession` (OLE) or `Lotus.NotesSession` (COM)."""

    UserName: str

    def GetEnvironmentString(self, name: str, system: bool) -> str:
        """A notes.ini value as the process has it in memory; empty text where missing."""

    def SetEnvironmentVar(self, name: str, value: str, system: bool) -> None: ...

    def GetDatabase(self, server: str, file: str, create_on_fail: bool) -> NotesDatabase | None:
        """With create_on_fail False: None where it does not open."""

    def CreateDxlExporter(self) -> NotesDxlExporter: ...


class NotesUIWorkspace(Protocol):
    """`Notes.NotesUIWorkspace`, OLE only."""

    def AddDatabase(self, server: str, file: str) -> None:
        """Adds an icon, or highlights the one that is there."""

    def SetCurrentLocation(self, name: str) -> None: ...
