"""Tasks on the PC itself, for Salt: which clients the PC has, and the record of what is done for them.

The same works as Ansible's modules do, over `LocalPowerShell`. A minion has no store: what it sends is recorded in a
spool of its own, travels back with the result, and is taken into the store where the results arrive (`returned`).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from notesfleet import clock
from notesfleet.errors import InputError, NotesfleetError, NotRecorded
from notesfleet.exchange.run import MSG_LIMIT, begin_spool
from notesfleet.exchange.task import ORDERS, Task, Work, perform
from notesfleet.exchange.transport import Send
from notesfleet.packed import pack
from notesfleet.settings import Settings
from notesfleet.store.spool import Spool, read_spool

REMEDY = "let the external pillar `notesfleet_store` give it (salt/README.md)"
RUN = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9]{1,10}-[0-9a-f]{6}")
LEFT_AFTER = 3600.0
LEFT_AT_ONCE = 20
KEPT_FOR = 30 * 86400.0


class MinionClient(BaseModel):
    """A client of this PC: its groups and its variable `notesfleet`, as in the inventory."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    groups: list[str] = Field(default_factory=list)
    notesfleet: dict[str, Any]


class Minion(BaseModel):
    """The pillar `notesfleet`: this PC and its clients."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    pc: str = Field(min_length=1)
    clients: dict[str, MinionClient] = Field(default_factory=dict)

    def named(self, target: str | None) -> list[str]:
        """The clients that a client's or a group's name means here; all without one. Nobody may be in a group.

        Raises InputError for a client that is not of this PC.
        """
        if target is None or target in self.clients:
            return [name for name in sorted(self.clients) if target in (None, name)]
        if "~" in target:
            raise InputError(f"target: {self.pc} has no client {target}", remedy=self._there_are())
        return [name for name in sorted(self.clients) if target in self.clients[name].groups]

    def host(self, target: str | None) -> str:
        """The one client that is meant; the PC itself where no client of it is known yet."""
        if not self.clients and target in (None, self.pc):
            return self.pc
        names = self.named(target)
        if len(names) != 1:
            meant = f"{target} means {len(names)} clients" if target else f"{self.pc} has {len(names)} clients"
            raise InputError(f"target: {meant}, and one is needed", remedy=self._there_are())
        return names[0]

    def variables(self, host: str) -> dict[str, Any]:
        """The variable `notesfleet` of a client, or of the PC itself."""
        client = self.clients.get(host)
        return client.notesfleet if client else {"pc": self.pc}

    def _there_are(self) -> str:
        return f"there are {', '.join(sorted(self.clients)) or 'none'}"


def read_minion(minion: str, pillar: object) -> Minion:
    """What the pillar `notesfleet` says. Raises InputError where it is missing or of another form.

    `problem` in it is why the store could not be asked: NotRecorded, nothing may be sent.
    """
    if not isinstance(pillar, dict) or not pillar:
        raise InputError("the minion has no pillar `notesfleet`", where=minion, remedy=REMEDY)
    if problem := pillar.get("problem"):
        raise NotRecorded(str(problem))
    try:
        return Minion.model_validate(pillar)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in ("notesfleet", *first["loc"]))
        raise InputError(f"the pillar {path}: {first['msg']}", where=minion, remedy=REMEDY) from error


@dataclass(frozen=True)
class Call:
    """One function for one client. `issued_by`: who asked for it."""

    function: str
    arguments: dict[str, Any]
    check: bool
    issued_by: str
    send: Send


@dataclass(frozen=True)
class MinionRun:
    """A run on this PC and its spool. A function is a run of its own; the steps of a state run are one."""

    minion: Minion
    spool: Spool

    @classmethod
    def begin(cls, minion: Minion, function: str, *, check: bool) -> MinionRun:
        """Raises NotRecorded where nothing can be written: then nothing may be sent."""
        try:
            spool = begin_spool(_folder(), None, function, check=check)
        except OSError as error:
            raise NotRecorded(
                f"this run is not recorded, so nothing is sent: {error.filename}: {error.strerror}; "
                "look at NOTESFLEET_HOME"
            ) from error
        spool.append("play", name=function, hosts=sorted(minion.clients) or [minion.pc])
        return cls(minion, spool)

    @classmethod
    def resumed(cls, minion: Minion, run: str) -> MinionRun:
        """A run that was begun before. Raises InputError where there is none."""
        path = _folder() / f"{run}.jsonl"
        if not RUN.fullmatch(run) or not path.is_file():
            raise InputError(f"run: {run[:80]!r} was not begun on this PC", remedy="leave it out")
        return cls(minion, Spool(run, path))

    def perform(self, host: str, call: Call, work: Work) -> dict[str, Any]:
        """Do the work for a client, and give its result with the run's record. Raises as `task.perform`."""
        task = Task(
            host=host,
            arguments=call.arguments,
            variables=self.minion.variables(host),
            facts={ORDERS: {"run": self.spool.run, "orders": self._orders(host)}},
            check=call.check,
            diff=True,
            issued_by=call.issued_by,
            send=call.send,
        )
        try:
            result = perform(task, work, spool=self.spool)
        except NotesfleetError as error:
            self._note(host, call, "failed", str(error))
            raise
        self._note(host, call, _status(result), str(result.get("msg", "")))
        result.pop("ansible_facts", None)
        return result | {"run": self.spool.run, "record": list(self._records())}

    def _orders(self, client: str) -> dict[str, str]:
        """Step to order, of those that this run sent to the client."""
        sent = [record.fields["orders"] for record in read_spool(self.spool.path).records if record.kind == "sent"]
        mine = [order for orders in sent for order in orders if order["client"] == client]
        return {str(json.loads(order["text"])["step"]): str(order["id"]) for order in mine}

    def _note(self, host: str, call: Call, status: str, msg: str) -> None:
        at, line = clock.text(clock.now()), " ".join(msg.split())[:MSG_LIMIT]
        said = {"task": call.function, "action": call.function, "status": status, "msg": line}
        self.spool.append("result", host=host, at=at, **said)
        self.spool.append("end", at=at, stats=self._stats())

    def _stats(self) -> dict[str, dict[str, int]]:
        """Ansible's sums by host, of this run's results so far."""
        stats: dict[str, dict[str, int]] = {}
        for record in read_spool(self.spool.path).records:
            if record.kind == "result":
                sums = stats.setdefault(record.fields["host"], dict.fromkeys(_SUMS, 0))
                for word in _SUMS_OF.get(record.fields["status"], ("ok",)):
                    sums[word] += 1
        return stats

    def _records(self) -> Iterator[str]:
        """This run's spool, packed, and those of earlier runs whose results may not have arrived, each once more."""
        yield pack(self.spool.path.read_bytes())
        before, returned = time.time() - LEFT_AFTER, _folder() / "returned"
        left = [path for path in sorted(_folder().glob("*.jsonl")) if path.stat().st_mtime < before]
        for path in left[:LEFT_AT_ONCE]:
            yield pack(path.read_bytes())
            returned.mkdir(exist_ok=True, mode=0o700)
            path.replace(returned / path.name)
        for path in [path for path in returned.glob("*.jsonl") if path.stat().st_mtime < time.time() - KEPT_FOR]:
            path.unlink()


_SUMS = ("ok", "changed", "failures", "unreachable", "skipped")
_SUMS_OF = {"changed": ("ok", "changed"), "failed": ("failures",), "held": ("skipped",)}


def _status(result: dict[str, Any]) -> str:
    return next((word for word in ("failed", "held", "changed") if result.get(word) is True), "ok")


def _folder() -> Path:
    """Where a minion's spools lie: beside a store's own, which this PC need not have."""
    return Settings().home_folder / "minion"
