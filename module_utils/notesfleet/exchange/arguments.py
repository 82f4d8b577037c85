"""The arguments of the modules, checked all at once; a wrong one is named with what is right."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from notesfleet import clock
from notesfleet.errors import InputError
from notesfleet.orders.recall import Reason

Step = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Round = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,32}$")]
Wait = Annotated[int, Field(ge=0, le=600)]


def _as_list(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [] if value is None else value


def _moment(value: object) -> object:
    if value in (None, ""):
        return None
    try:
        clock.parse(str(value))
    except ValueError as error:
        raise ValueError(f"{str(value)[:60]!r} is no moment in UTC such as 2026-11-27T08:00:00Z") from error
    return str(value)


Steps = Annotated[list[Step], BeforeValidator(_as_list)]
Moment = Annotated[str | None, BeforeValidator(_moment)]


class Arguments(BaseModel):
    """Base: unknown arguments are refused; Ansible delivers numbers as texts and texts as numbers, by version."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class OrderArguments(Arguments):
    """Of `order`. `round`, `wait` and `not_after` come from the campaign where they are not given."""

    step: Step
    actions: list[dict[str, Any]] = Field(min_length=1, max_length=200)
    after: Steps = Field(default_factory=list)
    round: Round | None = None
    not_before: Moment = None
    not_after: Moment = None
    retry: bool = False
    wait: Wait | None = None


class OrderInfoArguments(Arguments):
    """Of `order_info`. `steps` empty: all orders that the client was sent."""

    steps: Steps = Field(default_factory=list)
    wait: Wait | None = None


class OrderCancelArguments(Arguments):
    """Of `order_cancel`. `steps` empty: all open orders of the client but audits."""

    reason: Reason
    steps: Steps = Field(default_factory=list)
    wait: Wait | None = None


class ClientInfoArguments(Arguments):
    """Of `client_info`. `round` names an audit; the day (UTC) where it is not given."""

    depth: Literal["outside", "inside"] = "outside"
    round: Round | None = None
    wait: Wait | None = None


class ProbeArguments(Arguments):
    """Of `probe`. Seconds for one PC, and how many PCs at once."""

    timeout: Annotated[int, Field(ge=1, le=60)] = 4
    parallel: Annotated[int, Field(ge=1, le=5000)] = 500


Given = TypeVar("Given", bound=Arguments)


def read_arguments(model: type[Given], module: str, given: dict[str, Any]) -> Given:
    """The arguments of a task. Raises InputError, one sentence that names every wrong argument."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = [_problem(model, each) for each in error.errors(include_url=False)]
        raise InputError("; ".join(problems), where=module) from error


def _problem(model: type[Arguments], error: ErrorDetails) -> str:
    path = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(path, model.model_fields, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(model.model_fields)}"
        return f"{path}: there is no such argument; {hint}"
    if error["type"] == "missing":
        return f"{path}: is missing"
    message = " ".join(error["msg"].removeprefix("Value error, ").split())
    return f"{path}: {message[:1].lower()}{message[1:]}"
