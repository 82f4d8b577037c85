"""Part kind `replica`: a plain local replica, made by CreateReplica and never deleted (safety 3.11)."""

from __future__ import annotations

from typing import Any

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.actions.kinds.contract import Reading
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure


class ReplicaKind:
    """`at` {path} under the data directory, value {replica_id}; null: no file."""

    exact = False
    later = False

    def find(self, client: Client, way: str, arguments: Arguments) -> list[At]:
        return [{"path": arguments["path"]}]

    def read(self, client: Client, way: str, arguments: Arguments, at: At) -> Reading:
        found = client.database(way, "", at["path"])
        return Reading(None if found is None else {"replica_id": found.ReplicaID})

    def write(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        source = client.database(way, arguments["server"], arguments["server_path"])
        if source is None:
            raise ActionFailure(Code.REFUSED, f"{arguments['server_path']} on {arguments['server']} does not open")
        if source.ReplicaID != arguments["replica_id"]:
            raise ActionFailure(Code.REFUSED, f"the server's file has the replica id {source.ReplicaID}")
        source.CreateReplica("", at["path"])

    def restore(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        raise ActionFailure(Code.UNSUPPORTED, "a replica is never deleted")

    def settle(self, client: Client, way: str, arguments: Arguments, at: At) -> None:
        """A write is its atom."""

    def unproven(self, client: Client, way: str, arguments: Arguments, at: At) -> bool:
        return False
