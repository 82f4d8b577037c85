"""Rules: CEL expressions over a client's facts, checked against the facts' schema before anything is evaluated.

Two environments (parsing a document into messages costs more than all rules): the text is checked in a
typed one, whose types are made of `RuleFacts`, and runs in an untyped one on plain values. A CEL error at run time is a
value, not an exception, and stands for "cannot be known". This is the one module that knows the CEL library.
"""

from __future__ import annotations

import re
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool
from pydantic import BaseModel

from notesfleet.audit.facts import Unknown
from notesfleet.errors import suggestion
from notesfleet.fleet.rule_facts import SECTIONS, Document, RuleFacts

_PACKAGE = "notesfleet"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {str: _Field.TYPE_STRING, int: _Field.TYPE_INT64, bool: _Field.TYPE_BOOL}
_PROBLEM = re.compile(r"(?:INVALID_ARGUMENT: )?ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_UNDEFINED = re.compile(r"undefined field '([^']*)' not found in struct '([^']*)'")
_UNDECLARED = re.compile(r"undeclared reference to '([A-Za-z_0-9]+)")
_STRINGS = re.compile(r"""r?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_SECTION = re.compile(r"\bfacts\s*\.\s*([A-Za-z_]+)")


class WrongExpression(ValueError):
    """An expression that the schema does not allow. `line`, `column`: inside the expression, from 1."""

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        self.problem, self.line, self.column = problem, line, column
        super().__init__(f"{line}:{column}: {problem}")


@dataclass(frozen=True)
class Expression:
    """A checked expression. `sections`: those whose readings it rests on."""

    text: str
    sections: frozenset[str]
    _compiled: cel.Expression

    def holds(self, document: Document) -> bool | None:
        """True, False, or None where it cannot be known. `document`: from `rule_facts.rule_document`."""
        value = self._compiled.eval(data={"facts": document})
        return bool(value.value()) if value.type() == cel.Type.BOOL else None


@cache
def compile_expression(text: str) -> Expression:
    """Check an expression and make it ready. Raises WrongExpression with its place, what is wrong and what is near."""
    try:
        checked = _checker().compile(text)
    except RuntimeError as error:
        raise _explained(str(error), text) from error
    if checked.return_type() != cel.Type.BOOL:
        raise WrongExpression(f"it gives {_type_name(checked.return_type())}; a rule must give true or false")
    named = _SECTION.findall(_STRINGS.sub("''", text))
    sections = frozenset(name for name in named if name in SECTIONS)
    if not sections:
        raise WrongExpression("it looks at no facts; a rule is about `facts.<section>.<field>`")
    return Expression(text, sections, _runner().compile(text))


@cache
def _checker() -> cel.Env:
    file = descriptor_pb2.FileDescriptorProto(name="facts.proto", package=_PACKAGE, syntax="proto2")
    _message(file, RuleFacts, set())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return cel.NewEnv(pool, variables={"facts": cel.Type(f"{_PACKAGE}.{RuleFacts.__name__}")})


@cache
def _runner() -> cel.Env:
    return cel.NewEnv(variables={"facts": cel.Type.DYN})


def _message(file: descriptor_pb2.FileDescriptorProto, model: type[BaseModel], made: set[str]) -> None:
    """One message for each model, and those that it holds."""
    if model.__name__ in made:
        return
    made.add(model.__name__)
    message = file.message_type.add(name=model.__name__)
    for number, (name, info) in enumerate(model.model_fields.items(), start=1):
        kind, repeated = _kind(info.annotation)
        label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
        if kind in _SCALARS:
            message.field.add(name=name, number=number, label=label, type=_SCALARS[kind])
        elif issubclass(kind, BaseModel) and kind is not Unknown:
            type_name = f".{_PACKAGE}.{kind.__name__}"
            message.field.add(name=name, number=number, label=label, type=_Field.TYPE_MESSAGE, type_name=type_name)
            _message(file, kind, made)


def _kind(annotation: Any) -> tuple[type, bool]:
    """The type of a known value, and whether there is a list of them. `Unknown` and None are left out beforehand."""
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        known = [each for each in typing.get_args(annotation) if each not in (Unknown, type(None))]
        return _kind(known[0]) if known else (Unknown, False)
    if origin is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    if origin is list:
        return _kind(typing.get_args(annotation)[0])[0], True
    return annotation, False


def _explained(said: str, text: str) -> WrongExpression:
    found = _PROBLEM.search(said)
    if found is None:
        return WrongExpression(" ".join(said.split())[:300])
    line, column, problem = int(found[1]), int(found[2]), found[3].removesuffix(" [INVALID_ARGUMENT]")
    if undefined := _UNDEFINED.search(problem):
        return WrongExpression(_no_field(undefined[1], undefined[2]), line, column + 1)
    if undeclared := _UNDECLARED.search(problem):
        # CEL points to the last part of a name with dots.
        column = max(0, text.splitlines()[line - 1].find(undeclared[1])) + 1
        problem = f"there is no `{undeclared[1]}`; expressions begin with `facts.`"
    return WrongExpression(problem.split(" expecting ")[0], line, min(column, len(text) + 1))


def _no_field(name: str, struct: str) -> str:
    fields = _fields()[struct.removeprefix(f"{_PACKAGE}.")]
    return f"facts have no field `{name}` there; {suggestion(name, fields)}"


@cache
def _fields() -> dict[str, list[str]]:
    """Message name to its fields."""
    found: dict[str, list[str]] = {}
    open_models: list[type[BaseModel]] = [RuleFacts]
    while open_models:
        model = open_models.pop()
        kinds = {name: _kind(info.annotation)[0] for name, info in model.model_fields.items()}
        found[model.__name__] = [name for name, kind in kinds.items() if kind is not Unknown]
        open_models += [kind for kind in kinds.values() if issubclass(kind, BaseModel) and kind is not Unknown]
    return found


def _type_name(kind: cel.Type) -> str:
    return str(kind.name()).lower()
