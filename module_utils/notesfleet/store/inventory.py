"""The hosts of the inventory plugin `fleet`: one for each client, and one for each PC that was not audited yet."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from notesfleet.store.connection import Store
from notesfleet.store.standing import Standing, read_standings
from notesfleet.store.states import AUDIT, ClientState
from notesfleet.store.tables import campaigns, waves

UNAUDITED = "unaudited"


@dataclass(frozen=True)
class InventoryHost:
    """A host, its groups and its variables (`ansible_host`, `notesfleet`)."""

    name: str
    groups: list[str]
    variables: dict[str, Any]


@dataclass(frozen=True)
class Inventory:
    """`groups`: those that are there though nobody may be in them now, such as a wave that is done."""

    hosts: list[InventoryHost] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The inventory as JSON."""
        return asdict(self)


def read(store: Store) -> Inventory:
    """All hosts, by name. Raises StoreError where the store fails."""
    with store.snapshot() as connection:
        loaded = {row.name: row.document for row in connection.execute(sa.select(campaigns))}
        named = connection.execute(sa.select(waves.c.name).order_by(waves.c.name)).scalars().all()
    standings = read_standings(store)
    names: dict[str, dict[str, str]] = {}
    for each in standings:
        if each.client and each.sid:
            names.setdefault(each.pc, {})[each.sid] = each.client
    hosts = [
        _client(each, loaded.get(each.campaign or ""), names[each.pc]) if each.client else _pc(each)
        for each in standings
    ]
    groups = [UNAUDITED, *(_state(each) for each in ClientState)]
    return Inventory(hosts, groups + [group for name in named for group in _wave(name)])


def _pc(each: Standing) -> InventoryHost:
    groups = [UNAUDITED, *_places(each)]
    return InventoryHost(each.pc, groups, {"ansible_host": each.address, "notesfleet": {"pc": each.pc}})


def _client(each: Standing, campaign: dict[str, Any] | None, names: dict[str, str]) -> InventoryHost:
    """`names`: SID to name of all clients of its PC, so that an audit names each as the store does."""
    variables = {
        "pc": each.pc,
        "client": each.client,
        "sid": each.sid,
        "user": each.user,
        "data": each.data,
        "ini": each.ini,
        "machine": each.machine,
        "prompt_free": each.prompt_free,
        "campaign": _campaign(campaign) if campaign else None,
        "mailbox": each.mailbox,
        "orders": _orders(each),
        "other_orders": each.other_orders,
        "excluded": each.excluded[0].reason["en"] if each.state is ClientState.EXCLUDED else None,
        "names": names,
    }
    groups = [*_places(each), *_waves(each), *(f"finding_{rule}" for rule in sorted({f.rule for f in each.findings}))]
    return InventoryHost(each.client, groups, {"ansible_host": each.address, "notesfleet": variables})


def _orders(each: Standing) -> dict[str, str]:
    """Step to order id; an inside audit while its journal is to come, so that it is collected with the others."""
    sent = {step.step: step.order for step in each.steps}
    return sent | ({AUDIT: each.open_audit} if each.open_audit else {})


def _campaign(document: dict[str, Any]) -> dict[str, Any]:
    """What an order needs of its campaign."""
    stop = document.get("stop_file") or {}
    said = {name: document[name] for name in ("name", "round", "not_after_days", "wait")}
    return said | {"stop_file": stop.get("pc"), "stop_if_unreadable": stop.get("if_unreadable") == "stop"}


def _places(each: Standing) -> list[str]:
    groups = [_state(each.state)] if each.state else []
    groups += [f"site_{_group(each.site)}"] if each.site else []
    return groups + ([f"server_{_group(each.mailbox['from'])}"] if each.mailbox else [])


def _waves(each: Standing) -> list[str]:
    """`wave_<name>`: to be done now; `wave_<name>_all`: everyone of it. Who is left out or excluded is in neither."""
    if each.wave is None or each.left_out is not None or each.state is ClientState.EXCLUDED:
        return []
    todo, everyone = _wave(each.wave)
    return [everyone] if each.state is ClientState.DONE else [todo, everyone]


def _wave(name: str) -> tuple[str, str]:
    """The group of who is to be done now, and that of everyone."""
    return f"wave_{name}", f"wave_{name}_all"


def _state(state: ClientState) -> str:
    return f"state_{state.value}"


@cache
def _group(name: str) -> str:
    """A text as part of a group's name: lower case, everything but letters and digits becomes `_`."""
    without_labels = re.sub(r"(^|/)\s*(?:cn|ou|o|c)=", r"\1", name, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]+", "_", without_labels.lower()).strip("_")
