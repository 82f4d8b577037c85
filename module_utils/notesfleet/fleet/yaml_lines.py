"""YAML as plain values, with the line of each: for files whose errors must name their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from notesfleet.errors import InputError

Path = tuple[str | int, ...]
_TAG = "tag:yaml.org,2002:"
_SCALARS = {f"{_TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_BOOLEANS = {"true": True, "false": False}


@dataclass
class LinedYaml:
    """The values, and for each path (`("waves", 0, "name")`) the line where it stands, from 1."""

    values: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_lined_yaml(text: str, name: str) -> LinedYaml:
    """YAML 1.2 without tags and aliases; dates stay text. Raises InputError with file and line."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"it is not YAML: {' '.join(str(error.problem).split())}", where=f"{name}:{line}") from error
    except RecursionError as error:
        raise InputError("it is nested too deeply", where=name) from error
    except (YAMLError, ValueError) as error:
        raise InputError(f"it is not YAML: {' '.join(str(error).split())}", where=name) from error
    read = LinedYaml()
    if root is not None:
        read.values = _value(root, (), read.lines, name, set())
    return read


def _value(node: Node, path: Path, lines: dict[Path, int], name: str, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if id(node) in seen:
        raise InputError("aliases are not allowed; write the value out", where=f"{name}:{line}")
    seen.add(id(node))
    if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
        return _mapping(node, path, lines, name, seen)
    if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
        return [_value(each, (*path, number), lines, name, seen) for number, each in enumerate(node.value)]
    if isinstance(node, ScalarNode) and node.tag in _SCALARS:
        return _scalar(node, name)
    raise InputError(f"the tag {str(node.tag)!r} is not allowed; leave it out", where=f"{name}:{line}")


def _mapping(node: MappingNode, path: Path, lines: dict[Path, int], name: str, seen: set[int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, each in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise InputError("a field's name must be a text", where=f"{name}:{line}")
        if key.value in values:
            raise InputError(f"the field {key.value} is there twice; keep one", where=f"{name}:{line}")
        lines[(*path, key.value)] = line
        values[key.value] = _value(each, (*path, key.value), lines, name, seen)
    return values


def _scalar(node: ScalarNode, name: str) -> Any:
    kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return _BOOLEANS[text.lower()]
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
    except (ValueError, KeyError) as error:
        where = f"{name}:{node.start_mark.line + 1}"
        raise InputError(f"{text[:80]!r} cannot be read; put it in quotes if it is a text", where=where) from error
    return text
