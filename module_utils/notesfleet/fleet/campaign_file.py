"""The campaign file: one reviewed YAML file with servers, limits and waves (design section 1)."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from notesfleet.actions.names import folded
from notesfleet.errors import InputError, suggestion
from notesfleet.fleet.rules import WrongExpression, compile_expression
from notesfleet.fleet.yaml_lines import LinedYaml, read_lined_yaml

SIZE_LIMIT = 4 * 1024 * 1024
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""Part of the name of an inventory group."""
NotesName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+/[^\x00-\x1f]+$", max_length=256)]
"""A Notes name with its organisation, canonical or abbreviated: CN=Mail01/O=Acme or Mail01/Acme."""
HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,253}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")]


class Verdict(StrEnum):
    """What follows from a finding (design section 1)."""

    EXCLUDE = "exclude"
    TREAT = "treat"
    NOTE = "note"


BUILT_IN = ("mail_over_limit", "mailbox_apart")
"""Rules that every campaign has (`fleet.findings`); nobody waives them."""


class Part(BaseModel):
    """Base: unknown fields are refused, numbers become texts where a text is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)


class PromptFree(Part):
    """Whose ID files ask for no password, as the site declares (safety 1.1)."""

    sites: list[Short] = Field(default_factory=list)
    persons: list[NotesName] = Field(default_factory=list)


class ServerMove(Part):
    """An old mail server and the new one, with the host names by which TCP 1352 is tried."""

    from_: NotesName = Field(alias="from")
    to: NotesName
    from_host: HostName = ""
    to_host: HostName = ""

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if folded(self.from_, "name") == folded(self.to, "name"):
            raise ValueError("`from` and `to` are the same server; `to` must be the new one")
        return self


def _whole_windows_path(value: str) -> str:
    if len(value) > 256 or not re.fullmatch(r"(\\\\[^\\/]+\\[^\\/]+|[A-Za-z]:)(\\[^\\/:*?\"<>|\x00-\x1f]+)+", value):
        raise ValueError(r"it is no whole Windows path such as \\acme.example\netlogon\notesfleet.stop")
    return value


def _whole_path(value: str) -> str:
    if len(value) > 256 or not value.isprintable() or not Path(value).is_absolute():
        raise ValueError("it is no whole path on the controller such as /mnt/netlogon/notesfleet.stop")
    return value


def _no_host(value: str) -> str:
    raise ValueError("a stop file on a Windows host is not there yet; mount its share on the controller for `write`")


class StopFile(Part):
    """The file whose presence stops the campaign (safety 1.11).

    `pc`: its path as the PCs see it, where users may read and only administrators write. `write`: its path on the
    controller, such as in a mounted share. `if_unreadable`: what a runner does that cannot look: stop, or go on.
    """

    pc: Annotated[str, AfterValidator(_whole_windows_path)]
    write: Annotated[str, AfterValidator(_whole_path)] | None = None
    host: Annotated[str, AfterValidator(_no_host)] | None = None
    if_unreadable: Literal["go_on", "stop"] = "go_on"


class LocalText(Part):
    """A sentence for people, in English and French; one that is given as a plain text serves both."""

    en: Sentence
    fr: Sentence

    @model_validator(mode="before")
    @classmethod
    def _serves_both(cls, value: object) -> object:
        return {"en": value, "fr": value} if isinstance(value, str) else value


class Rule(Part):
    """What makes a client atypical: `when` is a CEL expression over its facts (docs/rules.md).

    `verdict`: what follows where it holds; `if_unknown`: where it cannot be known. `exclude` sets the client aside
    until a newer reading no longer gives the finding; `treat` and `note` are listed.
    """

    name: GroupName
    when: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    verdict: Verdict = Verdict.EXCLUDE
    if_unknown: Verdict = Verdict.EXCLUDE
    reason: LocalText
    remedy: LocalText | None = None


class WaveSelection(Part):
    """Who is migrated together, by site, PC or person."""

    name: GroupName
    date: date
    sites: list[Short] = Field(default_factory=list)
    pcs: list[Short] = Field(default_factory=list)
    persons: list[NotesName] = Field(default_factory=list)

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if not (self.sites or self.pcs or self.persons):
            raise ValueError("it selects nobody; give sites, pcs or persons")
        return self


class Campaign(Part):
    """A consolidation as a whole."""

    schema_: Literal[1] = Field(alias="schema")
    name: GroupName
    server_move: Literal["manual"] = "manual"
    round: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,32}$")] = "1"
    not_after_days: int = Field(default=3, ge=1, le=365)
    wait: int = Field(default=40, ge=0, le=600)
    stop_file: StopFile | None = None
    replica_limit_mb: int = Field(default=4096, ge=1, le=1_000_000)
    prompt_free: PromptFree = Field(default_factory=PromptFree)
    servers: list[ServerMove] = Field(min_length=1, max_length=1000)
    rules: list[Rule] = Field(default_factory=list, max_length=500)
    waves: list[WaveSelection] = Field(min_length=1, max_length=1000)

    def document(self) -> dict[str, Any]:
        """The campaign as JSON, as the store keeps it."""
        return self.model_dump(mode="json", by_alias=True)


def read_campaign(path: Path) -> Campaign:
    """The campaign of a file. Raises InputError with one line for each mistake: file, line, field, what is right."""
    read = read_lined_yaml(_text(path), str(path))
    if not isinstance(read.values, dict):
        raise InputError("a campaign is a list of fields such as `name: pilot`", where=f"{path}:1:1")
    try:
        campaign = Campaign.model_validate(read.values)
    except ValidationError as error:
        problems = [_problem(path, read, each) for each in error.errors(include_url=False)]
        raise InputError("\n".join(problems)) from error
    if wrong := _repeated(path, read, campaign) + _wrong_rules(path, read, campaign):
        raise InputError("\n".join(wrong))
    return campaign


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    if len(data) > SIZE_LIMIT:
        raise InputError(f"it is larger than {SIZE_LIMIT} bytes", where=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].split(b"\n")
        where = f"{path}:{len(before)}:{len(before[-1]) + 1}"
        raise InputError("it is not UTF-8; save it as UTF-8", where=where) from error


def _problem(path: Path, read: LinedYaml, error: ErrorDetails) -> str:
    place = tuple(error["loc"])
    where = f"{path}:{read.place(place)}: {'.'.join(str(part) for part in place)}: "
    if error["type"] == "missing":
        return f"{where}is missing"
    if error["type"] == "extra_forbidden":
        return where + _unknown(place)
    message = " ".join(error["msg"].removeprefix("Value error, ").split())
    given = error["input"]
    shown = f" ({str(given)[:60]!r} is given)" if isinstance(given, str | int | float) else ""
    return f"{where}{message[:1].lower()}{message[1:]}{shown}"


_MODELS: dict[str, type[Part]] = {
    "prompt_free": PromptFree,
    "rules": Rule,
    "servers": ServerMove,
    "stop_file": StopFile,
    "waves": WaveSelection,
}


def _unknown(place: tuple[str | int, ...]) -> str:
    """What to write instead of a field that does not exist."""
    model = _MODELS.get(str(place[0]), Campaign) if len(place) > 1 else Campaign
    fields = [info.alias or name for name, info in model.model_fields.items()]
    return f"there is no such field; {suggestion(str(place[-1]), fields)}"


def _repeated(path: Path, read: LinedYaml, campaign: Campaign) -> list[str]:
    """What stands twice where once is right."""
    problems: list[str] = []
    servers = [folded(each.from_, "name") for each in campaign.servers]
    names = [wave.name for wave in campaign.waves]
    rules = [rule.name for rule in campaign.rules]
    for field, key, values in (("servers", "from", servers), ("waves", "name", names), ("rules", "name", rules)):
        for number, value in enumerate(values):
            if value in values[:number]:
                place = read.place((field, number, key))
                problems.append(f"{path}:{place}: {field}.{number}.{key}: {value} is there already; each once")
    return problems


def _wrong_rules(path: Path, read: LinedYaml, campaign: Campaign) -> list[str]:
    """Rules whose expression does not fit the facts, and names that are the package's own."""
    problems: list[str] = []
    for number, rule in enumerate(campaign.rules):
        if rule.name in BUILT_IN:
            place = read.place(("rules", number, "name"))
            problems.append(f"{path}:{place}: rules.{number}.name: {rule.name} is a rule of its own; take another name")
        try:
            compile_expression(rule.when)
        except WrongExpression as error:
            inside = read.inside(("rules", number, "when"), error.line, error.column)
            hint = "" if inside else f" (letter {error.column} of line {error.line} of the expression)"
            where = inside or read.place(("rules", number, "when"))
            problems.append(f"{path}:{where}: rules.{number}.when: {error.problem}{hint}")
    return problems
