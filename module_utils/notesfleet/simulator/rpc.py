"""The model's seams and Notes objects, called from a PowerShell process by lines of JSON.

A call is `{"seam": name, "arguments": {"list": [...]}}` or `{"object": handle, "member": name, ...}`; the
answer `{"value": {"k": kind, "v": ...}}` or `{"error": "=<code>: text"}`. Which functions, members and
fields there are is read from the contracts in `actions.seams` and `actions.notes_api`: nothing else can be
called.
"""

from __future__ import annotations

import base64
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from notesfleet import clock
from notesfleet.actions import notes_api
from notesfleet.actions.seams import Seams, SystemSeams
from notesfleet.errors import ActionFailure

NOTES_CLASSES: tuple[type[Any], ...] = (
    notes_api.NotesSession,
    notes_api.NotesUIWorkspace,
    notes_api.NotesDatabase,
    notes_api.NotesDocumentCollection,
    notes_api.NotesDocument,
    notes_api.NotesItem,
    notes_api.NotesView,
    notes_api.NotesDxlExporter,
)
TYPES: Mapping[Any, str] = {str: "string", int: "long", bytes: "byte[]", bool: "bool"}


class RpcRefused(Exception):
    """A call that no contract names."""


def function_name(method: str) -> str:
    """`get_client_file` -> `Get-ClientFile`: verb, then the noun without blanks."""
    verb, *noun = method.split("_")
    return f"{verb.capitalize()}-{''.join(word.capitalize() for word in noun)}"


def property_name(field: str) -> str:
    """`os_version` -> `OsVersion`; a process id is `ProcessId`, as `$PID` is taken in PowerShell."""
    return "ProcessId" if field == "pid" else "".join(word.capitalize() for word in field.split("_"))


def parameter_name(parameter: str) -> str:
    """As `function_name` does; a host is `HostName`, as `$Host` is taken in PowerShell."""
    if parameter == "host":
        return "HostName"
    return "".join(word.capitalize() for word in parameter.split("_"))


def _methods(protocol: type[Any]) -> dict[str, Any]:
    return _members(protocol.__name__)[0]


def _properties(protocol: type[Any]) -> dict[str, Any]:
    return _members(protocol.__name__)[1]


@cache
def _members(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A protocol's methods, and its readable members with their types."""
    contracts: tuple[type[Any], ...] = (*NOTES_CLASSES, Seams, SystemSeams)
    protocol = next(cls for cls in contracts if cls.__name__ == name)
    functions = inspect.getmembers(protocol, inspect.isfunction)
    methods = {key: member for key, member in functions if not key.startswith("_")}
    found = dict(typing.get_type_hints(protocol))
    for key, member in inspect.getmembers(protocol, lambda value: isinstance(value, property)):
        found[key] = typing.get_type_hints(member.fget)["return"]
    return methods, found


def table() -> dict[str, Any]:
    """What the stand-in defines: the seam functions and the Notes classes with their members."""
    methods = {**_methods(SystemSeams), **_methods(Seams)}
    return {
        "seams": [_seam(name, method) for name, method in sorted(methods.items())],
        "classes": {
            cls.__name__: {"properties": sorted(_properties(cls)), "methods": sorted(_methods(cls))}
            for cls in NOTES_CLASSES
        },
    }


def _seam(name: str, method: Callable[..., object]) -> dict[str, Any]:
    hints = typing.get_type_hints(method)
    given = {key: hint for key, hint in hints.items() if key != "return"}
    return {
        "name": function_name(name),
        "parameters": [{"name": parameter_name(key), "type": TYPES[hint]} for key, hint in given.items()],
        "quiet": hints["return"] is type(None),
    }


@cache
def _seam_methods() -> dict[str, str]:
    return {function_name(name): name for name in {**_methods(SystemSeams), **_methods(Seams)}}


@cache
def _returned(method: Callable[..., object]) -> Any:
    """The type that a contract promises."""
    return typing.get_type_hints(method)["return"]


class Rpc:
    """One PowerShell process' view: the seams of its PC and user, and the Notes objects it was given."""

    def __init__(self, seams: Seams | SystemSeams) -> None:
        self._seams = seams
        self._objects: list[tuple[type[Any], Any]] = []

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do one call. Failures of the model are told; everything else passes through as an exception."""
        try:
            return {"value": self._dispatch(request)}
        except ActionFailure as failure:
            return {"error": f"={failure.code.value}: {failure.text}"}
        except RpcRefused as refused:
            return {"error": f"=runner_error: {refused}"}

    def _dispatch(self, request: dict[str, Any]) -> dict[str, Any]:
        arguments = self._decode(request.get("arguments"))
        if not isinstance(arguments, list):
            raise RpcRefused("the arguments are no list")
        if "seam" in request:
            return self._seam(str(request["seam"]), arguments)
        return self._member(request.get("object"), str(request.get("member")), arguments)

    def _seam(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        method = getattr(self._seams, _seam_methods().get(name, ""), None)
        if method is None:
            raise RpcRefused(f"there is no seam {name} here")
        declared = _methods(SystemSeams).get(method.__name__) or _methods(Seams)[method.__name__]
        return self._encode(method(*arguments), _returned(declared))

    def _member(self, handle: object, name: str, arguments: list[Any]) -> dict[str, Any]:
        if not isinstance(handle, int) or not 0 <= handle < len(self._objects):
            raise RpcRefused("there is no such object")
        cls, target = self._objects[handle]
        if name in _properties(cls):
            return self._encode(getattr(target, name), _properties(cls)[name])
        if name not in _methods(cls):
            raise RpcRefused(f"{cls.__name__} has no member {name}")
        value = getattr(target, name)(*arguments)
        return self._encode(value, _returned(_methods(cls)[name]))

    def _decode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        if "list" in value:
            return [self._decode(item) for item in value["list"] or []]
        if "bytes" in value:
            return base64.b64decode(value["bytes"])
        if isinstance(value.get("object"), int) and 0 <= value["object"] < len(self._objects):
            return self._objects[value["object"]][1]
        raise RpcRefused("a value cannot be read")

    def _encode(self, value: object, hint: object) -> dict[str, Any]:
        match value:
            case None:
                return {"k": "null"}
            case bool():
                return {"k": "bool", "v": value}
            case int():
                return {"k": "int", "v": value}
            case float():
                return {"k": "float", "v": value}
            case str():
                return {"k": "text", "v": f"={value}"}
            case bytes() | bytearray():
                return {"k": "bytes", "v": base64.b64encode(value).decode("ascii")}
            case datetime():
                return {"k": "time", "v": f"={clock.text(value)}"}
        return self._encode_structure(value, hint)

    def _encode_structure(self, value: object, hint: object) -> dict[str, Any]:
        cls = _notes_class(hint)
        if isinstance(value, list | tuple):
            return {"k": "list", "v": [self._encode(item, hint) for item in value]}
        if cls is not None:
            self._objects.append((cls, value))
            return {"k": "object", "v": {"class": cls.__name__, "handle": len(self._objects) - 1}}
        if is_dataclass(value) and not isinstance(value, type):
            hints = typing.get_type_hints(type(value))
            record = {
                property_name(field.name): self._encode(getattr(value, field.name), hints[field.name])
                for field in fields(value)
            }
            return {"k": "record", "v": record}
        raise RpcRefused(f"a {type(value).__name__} cannot be sent")


def _notes_class(hint: object) -> type[Any] | None:
    """The Notes class that a type hint names, also inside `X | None` or a sequence."""
    if hint in NOTES_CLASSES:
        return hint
    found = (_notes_class(inner) for inner in typing.get_args(hint))
    return next((cls for cls in found if cls is not None), None)
