"""YAML as plain values, with the line and column of each: for files whose errors must name their place."""

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


@dataclass(frozen=True)
class Place:
    """Where something stands in a file, line and column from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass
class LinedYaml:
    """The values, and for each path (`("waves", 0, "name")`) the place of its field's name, or of the list's item.

    `texts`: where the text of a value begins, for values that stand in the file as they are.
    """

    values: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    texts: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """The place of a path, or of the nearest that the file has."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))

    def inside(self, path: Path, line: int, column: int) -> Place | None:
        """The place of a letter of a value's text (line and column from 1); None where the file folds the text."""
        start = self.texts.get(path)
        if start is None:
            return None
        return Place(start.line + line - 1, start.column + column - 1)


def read_lined_yaml(text: str, name: str) -> LinedYaml:
    """YAML 1.2 without tags and aliases; dates stay text. Raises InputError with file and line."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise InputError(f"it is not YAML: {' '.join(str(error.problem).split())}", where=f"{name}:{place}") from error
    except RecursionError as error:
        raise InputError("it is nested too deeply", where=name) from error
    except (YAMLError, ValueError) as error:
        raise InputError(f"it is not YAML: {' '.join(str(error).split())}", where=name) from error
    read = LinedYaml()
    if root is not None:
        _Reader(name, text.splitlines(), read).take(root)
    return read


class _Reader:
    """Turns nodes into values and notes where they stand."""

    def __init__(self, name: str, lines: list[str], read: LinedYaml) -> None:
        self._name, self._lines, self._read = name, lines, read
        self._seen: set[int] = set()

    def take(self, root: Node) -> None:
        self._read.values = self._value(root, ())

    def _value(self, node: Node, path: Path) -> Any:
        place = _place(node)
        self._read.places.setdefault(path, place)
        if id(node) in self._seen:
            raise InputError("aliases are not allowed; write the value out", where=f"{self._name}:{place}")
        self._seen.add(id(node))
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._value(each, (*path, number)) for number, each in enumerate(node.value)]
        if isinstance(node, ScalarNode) and node.tag in _SCALARS:
            if (start := self._text_start(node)) is not None:
                self._read.texts[path] = start
            return _scalar(node, self._name)
        raise InputError(f"the tag {str(node.tag)!r} is not allowed; leave it out", where=f"{self._name}:{place}")

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, each in node.value:
            place = _place(key)
            if not isinstance(key, ScalarNode):
                raise InputError("a field's name must be a text", where=f"{self._name}:{place}")
            if key.value in values:
                raise InputError(f"the field {key.value} is there twice; keep one", where=f"{self._name}:{place}")
            self._read.places[(*path, key.value)] = place
            values[key.value] = self._value(each, (*path, key.value))
        return values

    def _text_start(self, node: ScalarNode) -> Place | None:
        """Where the text begins: behind a quote, or in the first line of a `|` block."""
        start, end = node.start_mark, node.end_mark
        if node.style == "|" and start.line + 1 < len(self._lines):
            first = self._lines[start.line + 1]
            return Place(start.line + 2, len(first) - len(first.lstrip(" ")) + 1)
        if start.line != end.line:
            return None
        return Place(start.line + 1, start.column + (2 if node.style in ("'", '"') else 1))


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


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
        where = f"{name}:{_place(node)}"
        raise InputError(f"{text[:80]!r} cannot be read; put it in quotes if it is a text", where=where) from error
    return text
