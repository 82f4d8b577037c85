"""What the inventory says about a host: the variable `notesfleet` (the store's `inventory` makes it)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from notesfleet.errors import InputError
from notesfleet.orders.model import ClientName, Incarnation, OrderId, Owner, Sid

REMEDY = "use the inventory of the plugin notesfleet.client.fleet"
DEFAULT_DAYS = 3
DEFAULT_WAIT = 40


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class HostCampaign(_Read):
    """The campaign that a client is in, as far as its orders need it."""

    name: str
    round: str = "1"
    not_after_days: int = DEFAULT_DAYS
    stop_file: str | None = None
    stop_if_unreadable: bool = False
    wait: int = DEFAULT_WAIT


class Variables(_Read):
    """A client, or, with nothing but `pc`, a PC that was not audited yet.

    `orders`: step to order, of its campaign's round; `other_orders`: order to step, of other open ones. `names`: SID
    to name of the PC's clients. `excluded`: why it is set aside.
    """

    pc: str = Field(min_length=1)
    client: ClientName | None = None
    sid: Sid | None = None
    user: str | None = None
    data: str | None = None
    ini: str | None = None
    machine: str | None = None
    prompt_free: bool = False
    campaign: HostCampaign | None = None
    orders: dict[str, OrderId] = Field(default_factory=dict)
    other_orders: dict[OrderId, str] = Field(default_factory=dict)
    names: dict[Sid, ClientName] = Field(default_factory=dict)
    excluded: str | None = None

    @property
    def known_names(self) -> dict[str, str]:
        """The names that the store gave to clients of this PC, by SID."""
        own = {self.sid: self.client} if self.sid and self.client else {}
        return own | self.names


class Client(_Read):
    """An audited client: whose Notes it is, where, and what it was sent before (step to order id)."""

    name: ClientName
    pc: str
    owner: Owner
    incarnation: Incarnation
    ini: str
    prompt_free: bool
    campaign: HostCampaign | None
    orders: dict[str, OrderId]


def read_host(host: str, variables: object) -> Variables:
    """The variable `notesfleet` of an inventory host. Raises InputError where it is missing or of another form."""
    if not isinstance(variables, dict):
        raise InputError("the host has no variable `notesfleet`", where=host, remedy=REMEDY)
    try:
        return Variables.model_validate(variables)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in ("notesfleet", *first["loc"]))
        raise InputError(f"the variable {path}: {first['msg']}", where=host, remedy=REMEDY) from error


class Profile(_Read):
    """A client as far as its orders' journals need it: an audit from outside knows so much."""

    name: ClientName
    sid: Sid


def profile_of(host: str, said: Variables) -> Profile:
    """The host as a profile that orders can lie for. Raises InputError for a PC that was not audited."""
    if not said.client or not said.sid:
        raise _not_audited(host, said, ["client", "sid"])
    return Profile(name=said.client, sid=said.sid)


def client_of(host: str, said: Variables) -> Client:
    """The host as an audited client. Raises InputError for one that is not audited far enough."""
    known: dict[str, Any] = {name: getattr(said, name) for name in ("client", "sid", "user", "data", "ini", "machine")}
    if missing := [name for name, value in known.items() if not value]:
        raise _not_audited(host, said, missing)
    return Client(
        name=known["client"],
        pc=said.pc,
        owner=Owner(sid=known["sid"], user=known["user"], data=known["data"]),
        incarnation=Incarnation(machine=known["machine"]),
        ini=known["ini"],
        prompt_free=said.prompt_free,
        campaign=said.campaign,
        orders=said.orders,
    )


def _not_audited(host: str, said: Variables, missing: list[str]) -> InputError:
    return InputError(
        f"this host is not audited ({', '.join(missing)} unknown)",
        where=host,
        remedy=f"run `ansible-playbook playbooks/audit.yml -e target={said.pc} -e depth=inside` first",
    )
