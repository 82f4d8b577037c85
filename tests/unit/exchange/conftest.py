"""A recorded run and one virtual PC, reached without Ansible and without a wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fleet import host_variables

from notesfleet.exchange.order_task import order
from notesfleet.exchange.task import Task, Work, perform
from notesfleet.exchange.transport import TransportFailed
from notesfleet.simulator.company import one_client
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.store.spool import Spool, SpoolRecord, read_spool


@dataclass
class VirtualPc:
    """The PC of `one_client` and the tasks that are done on it. `fails`: the text with which the way to it fails."""

    model: ModelWorld
    spool: Spool
    fails: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    spooled_when_asked: list[list[str]] = field(default_factory=list)
    alter: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    def send(self, script: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(arguments)
        self.spooled_when_asked.append([record.kind for record in self.records()])
        if self.fails:
            raise TransportFailed(self.fails)
        engine = PythonEngine(self.model)
        answer = asyncio.run(engine.run_script(self.model.state.pcs[0].name, f"{script}.ps1", arguments))
        return self.alter(answer) if self.alter else answer

    def records(self) -> list[SpoolRecord]:
        return read_spool(self.spool.path).records if self.spool.path.exists() else []

    def kinds(self) -> list[str]:
        return [record.kind for record in self.records()]

    @property
    def variables(self) -> dict[str, Any]:
        return next(iter(host_variables(self.model.state).values()))["notesfleet"]

    def perform(self, work: Work, check: bool = False, variables: object = None, **arguments: Any) -> dict[str, Any]:
        """Do a module's work as Ansible would; facts are kept for the next one."""
        said = self.variables if variables is None else variables
        task = Task("pc-0001~jdupont", arguments, said, dict(self.facts), check, True, "tester", self.send)
        result = perform(task, work)
        self.facts |= result.get("ansible_facts", {})
        return result

    def order(self, **arguments: Any) -> dict[str, Any]:
        return self.perform(order, **arguments)


@pytest.fixture
def make_pc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., VirtualPc]:
    def make(**traits: Any) -> VirtualPc:
        spool = Spool("run1", tmp_path / "run1.jsonl", tmp_path / "brake")
        for name, value in spool.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("NOTESFLEET_RUN_ERROR", raising=False)
        return VirtualPc(ModelWorld(one_client(**{"notes_open": True, "asks": True} | traits)), spool)

    return make


@pytest.fixture
def pc(make_pc: Callable[..., VirtualPc]) -> VirtualPc:
    """Notes is open, its ID would ask for a password outside of it."""
    return make_pc()
