"""Part kind `ini`: all lines of one name in notes.ini, in the file while Notes is closed, else in its memory.

The client holds notes.ini in memory and writes the whole file at exit (notes_client 2), so a file edited
under a running client is lost, and a COM session is another process whose change it overwrites (safety 4.4).
"""

from __future__ import annotations

from typing import Any

from notesfleet.actions.client import Arguments, At, Client, Value
from notesfleet.actions.kinds.contract import Reading
from notesfleet.audit.notes_ini import NotesIni, fold_name
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

INI_LIMIT = 1024 * 1024


class IniKind:
    """`at` {ini: name in lower case}, value {values}, keep [[number, line]]."""

    exact = True
    later = False

    def find(self, client: Client, way: str, arguments: Arguments) -> list[At]:
        return [{"ini": fold_name(arguments["name"])}]

    def read(self, client: Client, way: str, arguments: Arguments, at: At) -> Reading:
        if way == "ole":
            value = client.session(way).GetEnvironmentString(at["ini"], True)
            return Reading({"values": [value] if value else []}, [])
        ini = read_ini(client)
        return Reading({"values": ini.values(at["ini"])}, [list(line) for line in ini.kept(at["ini"])])

    def write(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        values = list(value["values"]) if value else []
        if way == "ole":
            self._write_in_memory(client, str(arguments.get("name", at["ini"])), at["ini"], values)
            return
        new = read_ini(client).with_values(str(arguments.get("name", at["ini"])), values)
        client.seams.set_client_file(client.staging.ini, new.to_bytes())

    def restore(self, client: Client, way: str, arguments: Arguments, at: At, value: Value, keep: Any) -> None:
        """The lines as they stood; in memory only their one value."""
        if way == "ole":
            values = list(value["values"]) if value else []
            client.session(way).SetEnvironmentVar(
                str(arguments.get("name", at["ini"])), values[0] if values else "", True
            )
            return
        lines = [(int(number), str(text)) for number, text in keep]
        client.seams.set_client_file(client.staging.ini, read_ini(client).restored(at["ini"], lines).to_bytes())

    def settle(self, client: Client, way: str, arguments: Arguments, at: At) -> None:
        """A write is its atom."""

    def unproven(self, client: Client, way: str, arguments: Arguments, at: At) -> bool:
        return False

    def _write_in_memory(self, client: Client, name: str, folded: str, values: list[str]) -> None:
        if len(read_ini(client).lines(folded)) > 1:
            raise ActionFailure(Code.REFUSED, f"notes.ini has {folded} more than once; it waits for a closed Notes")
        if len(values) != 1 or not values[0]:
            raise ActionFailure(Code.REFUSED, f"{folded} cannot be removed while Notes is open")
        client.session("ole").SetEnvironmentVar(name, values[0], True)


def read_ini(client: Client) -> NotesIni:
    """The client's notes.ini as the file has it. Raises not_found, damaged_file (over 1 MB)."""
    data = client.seams.get_client_file(client.staging.ini, INI_LIMIT + 1)
    if data is None:
        raise ActionFailure(Code.NOT_FOUND, f"there is no {client.staging.ini}")
    if len(data) > INI_LIMIT:
        raise ActionFailure(Code.DAMAGED_FILE, f"{client.staging.ini} has more than {INI_LIMIT} bytes")
    return NotesIni.parse(data, client.seams.get_code_page())
