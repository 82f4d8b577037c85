"""A step as its role says it: the one `order` task of `tasks/main.yml`, for a door that is not Ansible.

The role stays the one place of a step's actions, so an order has the same id whichever door sends it. Its expressions
are evaluated as Ansible does: one that is a whole value keeps its type, and what a variable's value holds is data,
never a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from jinja2 import TemplateError, Undefined, meta, nodes
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from notesfleet.errors import InputError

ORDER = "notesfleet.client.order"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class _Task(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    vars: dict[str, Any] = Field(default_factory=dict)
    order: dict[str, Any] = Field(alias=ORDER)


@dataclass(frozen=True)
class RoleStep:
    """A role whose work is one order. `where`: its file, for messages."""

    where: str
    arguments: dict[str, Any]
    variables: dict[str, Any]
    defaults: dict[str, Any]

    def rendered(self, known: dict[str, Any]) -> dict[str, Any]:
        """The arguments of `order`. `known`: the host's variables; they go before the role's defaults.

        Raises InputError for a variable that nobody gives, and for an expression that cannot be evaluated.
        """
        values = _Values(self.where, self.defaults | known | self.variables, set(known) - set(self.variables))
        arguments: dict[str, Any] = values.rendered(self.arguments)
        return arguments


def read_role(tasks: str, defaults: str, where: str) -> RoleStep:
    """The step of a role. Raises InputError for a role that is anything but one `order` task."""
    listed = _yaml(tasks, f"{where}/tasks/main.yml")
    if not isinstance(listed, list) or len(listed) != 1:
        raise InputError("it is not one task", where=f"{where}/tasks/main.yml", remedy=f"a step is one {ORDER} task")
    try:
        task = _Task.model_validate(listed[0])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {first['msg']}", where=f"{where}/tasks/main.yml") from error
    values = _yaml(defaults, f"{where}/defaults/main.yml") or {}
    if not isinstance(values, dict):
        raise InputError("it is no mapping", where=f"{where}/defaults/main.yml")
    return RoleStep(where, task.order, task.vars, values)


def read_named_role(name: str, read: Callable[[str], object]) -> RoleStep:
    """The role of that name. `read` gives a file of the folder `roles` by its path in it, or no text."""
    if not NAME.fullmatch(name):
        raise InputError(f"{name[:80]!r} is no name of a role", where="name")
    tasks = read(f"{name}/tasks/main.yml")
    if not isinstance(tasks, str) or not tasks:
        raise InputError(f"there is no role {name}", where="name", remedy="see that the folder `roles` is served")
    defaults = read(f"{name}/defaults/main.yml")
    return read_role(tasks, defaults if isinstance(defaults, str) else "", f"roles/{name}")


def _yaml(text: str, where: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(StringIO(text))
    except YAMLError as error:
        raise InputError(f"it is not YAML: {' '.join(str(error).split())[:200]}", where=where) from error


def _undef(hint: str = "") -> Undefined:
    """Ansible's `undef`: what `default(undef(hint=...), true)` gives."""
    return StrictUndefined(hint=hint or None)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.globals["undef"] = _undef
    return environment


@dataclass
class _Values:
    """Variables, each evaluated when another names it. Those in `literal` are data as they are."""

    where: str
    variables: dict[str, Any]
    literal: set[str]
    _environment: ImmutableSandboxedEnvironment = field(default_factory=_environment)
    _open: list[str] = field(default_factory=list)

    def rendered(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.rendered(each) for each in value]
        if isinstance(value, dict):
            return {name: self.rendered(each) for name, each in value.items()}
        return value

    def _text(self, text: str) -> Any:
        if "{{" not in text and "{%" not in text:
            return text
        try:
            tree = self._environment.parse(text.strip())
            context = {name: self._variable(name) for name in sorted(self._named(tree))}
            if _is_expression(tree):
                return self._plain(self._expression(text.strip(), context))
            return self._environment.from_string(text).render(context)
        except TemplateError as error:
            raise InputError(str(error), where=self.where) from error

    def _expression(self, text: str, context: dict[str, Any]) -> Any:
        inner = text.removeprefix("{{").removesuffix("}}").removeprefix("-").removesuffix("-")
        return self._environment.compile_expression(inner, undefined_to_none=False)(context)

    def _plain(self, value: Any) -> Any:
        """Filters such as `unique` give generators; Ansible makes lists of them, wherever they stand."""
        match value:
            case Undefined():
                str(value)  # raises what its hint says
            case dict():
                return {name: self._plain(each) for name, each in value.items()}
            case list() | Generator():
                return [self._plain(each) for each in value]
        return value

    def _named(self, tree: nodes.Template) -> set[str]:
        return meta.find_undeclared_variables(tree) & self.variables.keys()

    def _variable(self, name: str) -> Any:
        if name in self.literal:
            return self.variables[name]
        if name in self._open:
            raise InputError(f"the variable {name} needs itself", where=self.where)
        self._open.append(name)
        try:
            return self.rendered(self.variables[name])
        finally:
            self._open.pop()


def _is_expression(tree: nodes.Template) -> bool:
    """Whether the text is one `{{ ... }}` and nothing else."""
    match tree.body:
        case [nodes.Output(nodes=[nodes.TemplateData()])]:
            return False
        case [nodes.Output(nodes=[_])]:
            return True
    return False
