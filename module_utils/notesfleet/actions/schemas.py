"""The vocabulary: every action, declared once (action-engine sections 3 and 11).

Arguments are validated here, on the controller; the runner reads the table that `runner_table` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from notesfleet.actions.names import among
from notesfleet.audit.notes_ini import lower
from notesfleet.errors import InputError, suggestion
from notesfleet.orders.model import OrderAction


def _without_colon(value: object) -> object:
    return value.replace(":", "").upper() if isinstance(value, str) else value


def _inside(path: str) -> str:
    if ".." in path.replace("/", "\\").split("\\"):
        raise ValueError("must stay under the data directory, so no part of it is `..`")
    return path


Text = Annotated[str, StringConstraints(max_length=1024)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
ReplicaId = Annotated[str, BeforeValidator(_without_colon), StringConstraints(pattern=r"^[0-9A-F]{16}$", to_upper=True)]
"""16 hex digits; the colon with which Notes shows it is dropped."""
LocalPath = Annotated[
    str,
    StringConstraints(pattern=r"^[^\\/:*?\"<>|][^:*?\"<>|]*$", max_length=250),
    AfterValidator(_inside),
]
"""A path under the data directory."""
Comparison = Literal["text", "name", "path"]


class Arguments(BaseModel):
    """Base: unknown arguments are refused, numbers become texts where a text is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)


class Match(Arguments):
    """An item that a document must have, with one of these values."""

    item: Name
    as_: Comparison = Field(default="text", alias="as")
    any_of: list[Text] = Field(min_length=1, max_length=50)


class ItemText(Arguments):
    """An item to set to texts."""

    name: Name
    type: Literal["text"] = "text"
    values: list[Text] = Field(max_length=500)


class ItemNumber(Arguments):
    """An item to set to whole numbers."""

    name: Name
    type: Literal["number"]
    values: list[int] = Field(max_length=500)


class Documents(Arguments):
    """Which documents of a local database."""

    db: LocalPath
    form: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 _$().-]{1,64}$")]
    match: list[Match] = Field(default_factory=list, max_length=20)


class IniSet(Arguments):
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_$.-]{1,64}$")]
    value: Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\r\n\x00]+$")]


class SetItems(Documents):
    items: list[ItemText | ItemNumber] = Field(min_length=1, max_length=100)
    at_least: int = Field(default=1, ge=0, le=500)

    @model_validator(mode="after")
    def _finds_again(self) -> SetItems:
        names = [lower(item.name) for item in self.items]
        if len(set(names)) < len(names):
            raise ValueError("an item is set twice")
        for item in self.items:
            _check_found_again(self.match, item.name, [str(value) for value in item.values])
        return self


class ReplaceValue(Documents):
    item: Name
    as_: Comparison = Field(default="name", alias="as")
    from_: Text = Field(alias="from")
    to: Text
    clear: list[Name] = Field(default_factory=list, max_length=20)
    at_least: int = Field(default=1, ge=0, le=500)

    @model_validator(mode="after")
    def _finds_again(self) -> ReplaceValue:
        _check_found_again(self.match, self.item, [self.from_])
        _check_found_again(self.match, self.item, [self.to])
        return self


class ReadDocuments(Documents):
    items: list[Name] = Field(min_length=1, max_length=100)


class Replica(Arguments):
    server: Name
    server_path: Name
    replica_id: ReplicaId
    path: LocalPath


class ReplicaEnsure(Replica):
    kind: Literal["plain"] = "plain"


class ReplicatorEnsure(Replica):
    db: Literal["names.nsf"] = "names.nsf"
    match: list[Match] = Field(default_factory=list, max_length=20)
    at_least: int = Field(default=1, ge=0, le=500)


class ReplicatorRead(Arguments):
    match: list[Match] = Field(default_factory=list, max_length=20)


class ReplicatorReplaceServer(Arguments):
    match: list[Match] = Field(default_factory=list, max_length=20)
    replica_id: ReplicaId
    from_: Name = Field(alias="from")
    to: Name
    at_least: int = Field(default=0, ge=0, le=500)
    must: bool = False


class MailboxAt(Arguments):
    """`user` null: the session's own user."""

    user: Name | None
    server: Name
    directory: Name


class ServerOpens(Arguments):
    server: Name
    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,253}$")] = ""
    path: Name
    replica_id: ReplicaId | None = None


class SameReplicaId(Arguments):
    server: Name
    path: Name
    replica_id: ReplicaId


class OutboxEmpty(Arguments):
    path: LocalPath = "mail.box"


class ReplicaComplete(Replica):
    tolerance: int = Field(default=0, ge=0, le=1_000_000)


class VerifyOpens(Arguments):
    server: Text = ""
    path: Name
    replica_id: ReplicaId


class FindIni(Arguments):
    name: Name


class FindReplica(Arguments):
    path: LocalPath


class FindEntry(Arguments):
    match: list[Match] = Field(default_factory=list, max_length=20)
    replica_id: ReplicaId


class VerifyValue(Arguments):
    kind: Literal["ini", "document", "replica", "entry"]
    find: dict[str, Any] = Field(default_factory=dict)
    item: Text = ""
    any_of: list[Text] = Field(default_factory=list, max_length=50)
    as_: Comparison = Field(default="text", alias="as")


def _check_found_again(match: list[Match], item: str, values: list[str]) -> None:
    """A document must be found before and after the change alike (action-engine section 2)."""
    for each in match:
        if lower(each.item) == lower(item) and not any(among(value, each.any_of, each.as_) for value in values or [""]):
            raise ValueError(f"match on {item} must list its old and its new value, so that it is found again")


@dataclass(frozen=True)
class ActionSchema:
    """One action. `part_kind` is empty for conditions; `writes` False: no interface offers its write."""

    arguments: type[Arguments]
    kind: Literal["resource", "condition"]
    ways: tuple[str, ...]
    part_kind: str = ""
    unmet: Literal["", "pending", "failed"] = ""
    writes: bool = True


_SESSION = ("ole", "com")
ACTIONS: dict[str, ActionSchema] = {
    "ini.set": ActionSchema(IniSet, "resource", ("closed", "ole"), "ini"),
    "document.set_items": ActionSchema(SetItems, "resource", _SESSION, "document"),
    "document.replace_value": ActionSchema(ReplaceValue, "resource", _SESSION, "document"),
    "document.read": ActionSchema(ReadDocuments, "condition", _SESSION, unmet="pending"),
    "replica.ensure": ActionSchema(ReplicaEnsure, "resource", _SESSION, "replica"),
    "replicator.ensure": ActionSchema(ReplicatorEnsure, "resource", ("ole",), "entry"),
    "replicator.read": ActionSchema(ReplicatorRead, "condition", _SESSION, unmet="pending"),
    "replicator.replace_server": ActionSchema(ReplicatorReplaceServer, "resource", _SESSION, "entry", writes=False),
    "require.mailbox_at": ActionSchema(MailboxAt, "condition", _SESSION, unmet="pending"),
    "require.server_opens": ActionSchema(ServerOpens, "condition", _SESSION, unmet="pending"),
    "require.same_replica_id": ActionSchema(SameReplicaId, "condition", _SESSION, unmet="failed"),
    "require.outbox_empty": ActionSchema(OutboxEmpty, "condition", _SESSION, unmet="pending"),
    "require.replica_complete": ActionSchema(ReplicaComplete, "condition", _SESSION, unmet="pending"),
    "verify.opens": ActionSchema(VerifyOpens, "condition", _SESSION, unmet="pending"),
    "verify.value": ActionSchema(VerifyValue, "condition", _SESSION, unmet="pending"),
}


FINDS: dict[str, type[Arguments]] = {
    "ini": FindIni,
    "document": Documents,
    "replica": FindReplica,
    "entry": FindEntry,
}


def ways_of(action: OrderAction) -> tuple[str, ...]:
    """The ways in which an action can work; `verify.value` of notes.ini needs no session."""
    if action.name == "verify.value" and action.with_.get("kind") == "ini":
        return ("any",)
    return ACTIONS[action.name].ways


def validate(actions: list[dict[str, Any]]) -> list[OrderAction]:
    """The actions with their arguments in the declared types and with all defaults.

    Ansible delivers `"{{ 1 + 1 }}"` as text or number by version: both give the same order id. Raises
    InputError that names every wrong field with its path, such as `actions.0.with.value`.
    """
    problems: list[str] = []
    validated = [_validated(number, action, problems) for number, action in enumerate(actions)]
    if problems:
        raise InputError("; ".join(problems))
    return [action for action in validated if action is not None]


def _validated(number: int, action: dict[str, Any], problems: list[str]) -> OrderAction | None:
    where = f"actions.{number}"
    name = action.get("name") if isinstance(action, dict) else None
    if not isinstance(name, str) or name not in ACTIONS:
        problems.append(f"{where}.name: {str(name)[:60]!r} is no action; {suggestion(str(name), ACTIONS)}")
        return None
    if unknown := sorted(set(action) - {"name", "with"}):
        problems.append(f"{where}.{unknown[0]}: an action has `name` and `with` only")
        return None
    given = action.get("with") or {}
    arguments = _typed(ACTIONS[name].arguments, given, f"{where}.with", problems)
    if arguments is None:
        return None
    if name == "verify.value":
        find = _typed(FINDS[arguments["kind"]], arguments["find"], f"{where}.with.find", problems)
        arguments = arguments | {"find": find or {}}
    return OrderAction(name=name, with_=arguments)


def _typed(model: type[Arguments], given: object, where: str, problems: list[str]) -> dict[str, Any] | None:
    try:
        return model.model_validate(given).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            path = ".".join(str(part) for part in (where, *each["loc"]))
            problems.append(f"{path}: {each['msg'][:1].lower()}{each['msg'][1:]}")
        return None


def runner_table() -> dict[str, Any]:
    """What the runner needs of each action, as `actions.json` beside it."""
    return {
        "actions": [
            {
                "name": name,
                "kind": schema.kind,
                "part_kind": schema.part_kind,
                "ways": list(schema.ways),
                "unmet": schema.unmet,
                "writes": schema.writes,
            }
            for name, schema in sorted(ACTIONS.items())
        ]
    }
