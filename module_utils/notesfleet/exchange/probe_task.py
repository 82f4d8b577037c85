"""The module `probe`: one task on the controller tells which hosts of the play are there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from notesfleet import clock
from notesfleet.exchange.arguments import ProbeArguments, read_arguments
from notesfleet.exchange.probe import Endpoint, probe
from notesfleet.store.spool import Spool

PRESENT = "notesfleet_present"


@dataclass(frozen=True)
class Probed:
    """A host of the play, its PC and where that PC is asked."""

    host: str
    pc: str
    endpoint: Endpoint


def probe_hosts(hosts: list[Probed], arguments: dict[str, Any]) -> dict[str, Any]:
    """Which hosts are there; the absences are recorded. Raises NotRecorded, InputError."""
    given = read_arguments(ProbeArguments, "notesfleet.client.probe", arguments)
    spool = Spool.from_environment()
    endpoints = {each.endpoint for each in hosts}
    why = asyncio.run(probe(endpoints, float(given.timeout), given.parallel))
    present, absent = [], []
    at = clock.text(clock.now())
    for each in hosts:
        reason = why[each.endpoint]
        if reason is None:
            present.append(each.host)
            continue
        absent.append({"host": each.host, "pc": each.pc, "why": reason})
        spool.append("absent", host=each.host, pc=each.pc, at=at, why=reason)
    return {
        "changed": False,
        "present": present,
        "absent_hosts": absent,
        "msg": f"{len(present)} of {len(hosts)} hosts are there",
        # Under the run's id: where facts are cached, a later run that probes nobody finds them again.
        "ansible_facts": {PRESENT: {spool.run: present}},
    }
