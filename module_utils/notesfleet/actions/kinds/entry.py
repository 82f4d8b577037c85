"""Part kind `entry`: a database on the replicator page of a Location (notes_client 4, safety 4.1).

No interface edits the page. Once the workspace has icons for the local and the server copy, Notes makes the
entry by itself, some time later: so the write is both icons, and the entry is the next stage's condition.
"""

from __future__ import annotations

from typing import Any

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.actions.kinds.contract import PART_LIMIT, Reading, in_order
from notesfleet.actions.kinds.document import documents, matches
from notesfleet.audit.replicator_item import PageEntry, read_page
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

NAMES = "names.nsf"


class EntryKind:
    """`at` {location: UNID, replica_id}, value {server, send, receive, enabled}; null: no entry."""

    exact = False
    later = True

    def find(self, client: Client, way: str, arguments: Arguments) -> list[At]:
        found = [
            {"location": document.UniversalID, "replica_id": arguments["replica_id"]}
            for document in documents(client, way, NAMES, "Location")
            if matches(document, arguments.get("match", []))
        ]
        if len(found) > PART_LIMIT:
            raise ActionFailure(Code.TOO_MANY, f"{len(found)} Locations match")
        return in_order(found)

    def read(self, client: Client, way: str, arguments: Arguments, at: At) -> Reading:
        for entry in page_of(client, way, at["location"]):
            if entry.replica_id == at["replica_id"]:
                return Reading(entry_value(entry))
        return Reading(None)

    def write(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        workspace = client.ole().workspace
        workspace.AddDatabase("", arguments["path"])
        workspace.AddDatabase(arguments["server"], arguments["server_path"])

    def restore(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        raise ActionFailure(Code.UNSUPPORTED, "an icon cannot be removed by program")

    def settle(self, client: Client, way: str, arguments: Arguments, at: At) -> None:
        """A write is its atom."""

    def unproven(self, client: Client, way: str, arguments: Arguments, at: At) -> bool:
        return True


def page_of(client: Client, way: str, unid: str) -> list[PageEntry]:
    """The replicator page of one Location, by its DXL. Raises not_found, unreadable."""
    document = client.local_database(way, NAMES).GetDocumentByUNID(unid)
    if document is None:
        raise ActionFailure(Code.NOT_FOUND, f"the Location {unid} is gone")
    return read_page(client.session(way).CreateDxlExporter().Export(document))


def entry_value(entry: PageEntry) -> dict[str, Any]:
    return {"server": entry.server, "send": entry.send, "receive": entry.receive, "enabled": entry.enabled}
