"""What an order's journal said before an exchange is not taken for what came of it, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from powershell import PowerShell
from unit.simulator.model.orders import exchange, last_record, orders

from notesfleet.orders.documents import ExchangeRequest
from notesfleet.powershell.package import runner_hash
from notesfleet.simulator.company import one_client
from notesfleet.simulator.engines.exchange import Exchange
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.seams_system import ModelSystemSeams
from notesfleet.simulator.model.world import ModelWorld

NAME = "PC-0001"
WAITS = [
    {"name": "ini.set", "with": {"name": "First", "value": "1"}},
    {"name": "require.outbox_empty"},
    {"name": "ini.set", "with": {"name": "Second", "value": "1"}},
]
ASK = """
Import-Module -Name "$($Value['folder'])/Exchange.psm1" -Global -DisableNameChecking
$answer = Invoke-Exchange $Value['request'] $Value['runner'] 'present'
$order = @(@($answer.clients)[0].orders)[0]
@{ cancel = $order.cancel; journal = $order.journal; error = $order.error + @($answer.clients)[0].error }
"""


class SlowStart(ModelSystemSeams):
    """The runner that an exchange starts begins to work in the third second, as a process may."""

    def __init__(self, world: ModelWorld) -> None:
        super().__init__(world.pc(NAME))
        self._world, self.waited = world, 0

    def wait_runner(self, seconds: int) -> bool:
        self.waited += 1
        if self.waited == 3:
            PythonEngine(self._world).run_runner(NAME, self.started.pop(), 40)
        return super().wait_runner(seconds)


def by_python(seams: SlowStart, request: dict[str, Any]) -> dict[str, Any]:
    wanted = ExchangeRequest.model_validate(request)
    answer = Exchange(seams, seams.wait_runner).run(wanted, installs=False)
    return dict(answer["clients"][0]["orders"][0])


@pytest.fixture(params=["python", "powershell"])
def ask(request: pytest.FixtureRequest) -> Callable[[SlowStart, dict[str, Any]], dict[str, Any]]:
    if request.param == "python":
        return by_python
    shell: PowerShell = request.getfixturevalue("powershell")

    def by_powershell(seams: SlowStart, request: dict[str, Any]) -> dict[str, Any]:
        runner = f"C:\\Program Files\\notesfleet\\runner\\{runner_hash()}"
        value = {"folder": str(shell.runner), "runner": runner, "request": request}
        return dict(shell.evaluate(ASK, value, seams))

    return by_powershell


def test_a_cancellation_waits_until_the_runner_has_seen_it(
    ask: Callable[[SlowStart, dict[str, Any]], dict[str, Any]],
) -> None:
    world = ModelWorld(one_client(notes_open=True, asks=True, waiting_mail=2))
    pc = world.state.pcs[0]
    sent = orders(pc, pc.clients[0], [WAITS], prompt_free=False)
    staged = exchange(PythonEngine(world), NAME, [{"sid": pc.clients[0].sid, "orders": sent}])
    assert last_record(staged["clients"][0]["orders"][0])["reason"] == "condition"

    client = {"sid": pc.clients[0].sid, "orders": [], "collect": [], "cancel": [sent[0]["id"]], "cancel_text": "why"}
    seams = SlowStart(world)
    said = ask(seams, {"runner": {"hash": runner_hash(), "archive": ""}, "clients": [client], "wait": 40})
    assert (said["cancel"], said["error"]) == ("new", "")
    assert last_record(said) | {"t": ""} == {"k": "finished", "state": "cancelled", "left": [], "t": ""}
    assert seams.waited == 3
