"""Both engines leave the same PC: what real `ansible` sends is given to each, and the worlds are compared whole."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from integration.test_wire import Running
from powershell import engine_folder, powershell_program, spares
from unit.simulator.model.orders import migration, orders

from notesfleet import clock
from notesfleet.orders.documents import ExchangeRequest
from notesfleet.packed import unpack
from notesfleet.powershell.package import runner_archive, runner_hash, script_text
from notesfleet.simulator.company import demo_company
from notesfleet.simulator.engines.command import CommandEngine
from notesfleet.simulator.engines.contract import Engine
from notesfleet.simulator.engines.powershell import PowerShellEngine
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.rows import ROWS
from notesfleet.simulator.server import Simulator, write_folder
from notesfleet.simulator.sites import OLD_SERVERS, Seed
from notesfleet.simulator.wire.payload import SEPARATOR
from notesfleet.simulator.wire.shells import Output

WOULD_ASK, NOBODY, TWO_PEOPLE = "PC-0105", "PC-0106", "PC-0103"
MORNING = clock.parse("2026-11-27T08:00:00Z")


class Recorder(CommandEngine):
    """A Python engine that keeps what Ansible sent."""

    sent: list[tuple[str, bytes]]

    async def execute(self, pc: str, line: str, stdin: bytes) -> Output:
        self.sent.append((line, stdin))
        return await super().execute(pc, line, stdin)


class Sent:
    """What Ansible sends for an exchange, without the runner and with it, with any request in it."""

    def __init__(self, exchange: tuple[str, bytes], install: tuple[str, bytes]) -> None:
        self.line = exchange[0]
        self._stdin = {False: exchange[1], True: install[1]}

    def __call__(self, request: dict[str, Any]) -> bytes:
        parts = self._stdin[bool(request["runner"]["archive"])].split(SEPARATOR)
        manifest = json.loads(parts[1])
        variables = manifest["actions"][-1]["params"]["Variables"]
        next(each for each in variables if each["Name"] == "complex_args")["Value"] = {"request": request}
        return SEPARATOR.join([parts[0], b"\n" + json.dumps(manifest).encode(), *parts[2:]])


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Recorded from one run of real `ansible`."""
    powershell_program()
    folder = tmp_path_factory.mktemp("recorded")
    modules = folder / "modules"
    modules.mkdir()
    for name in ("exchange", "install"):
        (modules / f"{name}.ps1").write_text(script_text(f"{name}.ps1"))
    world = ModelWorld(demo_company())
    python = PythonEngine(world)
    engine = Recorder(python, python.run_runner)
    engine.sent = []
    ready = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    simulator = Simulator(world, engine)

    async def serve() -> None:
        await simulator.start()
        write_folder(simulator, folder)
        loops.append(asyncio.get_running_loop())
        ready.set()
        await simulator.wait()
        await simulator.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(30)
        for name in ("exchange", "install"):
            request = request_for(world, NOBODY, archive=name == "install")
            done = Running(simulator, folder, modules).ansible(NOBODY, name, {"request": request})
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        loops[0].call_soon_threadsafe(simulator.stop)
        thread.join(30)
    return Sent(*engine.sent)


def request_for(world: ModelWorld, pc_name: str, archive: bool) -> dict[str, Any]:
    """Three orders for each client of the PC."""
    seed, pc = Seed(world.state.seed), world.pc(pc_name).pc
    clients = []
    for row in (row for row in ROWS if row.pc == pc_name):
        client = next(each for each in pc.clients if each.sid == seed.sid(row.who))
        steps = migration(client, OLD_SERVERS[row.who.site], row.who.mail_file, seed.replica_id(row.who.mail_file))
        clients.append({"sid": client.sid, "orders": orders(pc, client, steps, prompt_free=not row.traits.asks)})
    runner = {"hash": runner_hash(), "archive": runner_archive() if archive else ""}
    whole = ExchangeRequest.model_validate({"runner": runner, "clients": clients, "wait": 40})
    return whole.model_dump(mode="json")


def company(pcs: list[str]) -> ModelWorld:
    """The company a second after its start, on these PCs."""
    world = ModelWorld(demo_company())
    for name in pcs:
        world.system_seams(name).wait_runner(1)
    return world


def engine_of(kind: str, world: ModelWorld) -> Engine:
    if kind == "powershell":
        program = powershell_program()
        return PowerShellEngine(world, program, engine_folder(), spares(program))
    python = PythonEngine(world)
    return CommandEngine(python, python.run_runner)


async def live(kind: str, sent: Sent, pcs: list[str], night: bool) -> tuple[ModelWorld, list[Any]]:
    """Exchanges without the runner and with it, perhaps a night, and the exchange again."""
    world = company(pcs)
    engine = engine_of(kind, world)
    answers: list[Any] = []
    await engine.start()
    try:
        for archive in (False, True):
            for name in pcs:
                answers.append(await exchanged(engine, sent, name, request_for(world, name, archive)))
        if night:
            for pc, sid in world.due(MORNING):
                await engine.run_runner(pc, sid, 60)
            answers += [await exchanged(engine, sent, name, request_for(world, name, False)) for name in pcs]
    finally:
        await engine.close()
    return world, answers


async def exchanged(engine: Engine, sent: Sent, pc: str, request: dict[str, Any]) -> dict[str, Any]:
    output = await engine.execute(pc, sent.line, sent(request))
    assert (output.exit_code, output.stderr) == (0, b""), output
    return dict(json.loads(output.stdout[output.stdout.index(b"{") :]))


def without_times(answers: list[Any]) -> list[Any]:
    """Answers without journals and their sizes: times and process ids in them may differ."""
    return [
        [answer["runner"], [client | {"orders": [order | {"journal": "", "before": 0} for order in client["orders"]]}]]
        for answer in answers
        for client in answer["clients"] or [{"orders": []}]
    ]


@pytest.mark.parametrize(("pcs", "night"), [([NOBODY], False), ([TWO_PEOPLE], False), ([WOULD_ASK], True)])
def test_an_exchange_leaves_the_same_pc_in_both_engines(sent: Sent, pcs: list[str], night: bool) -> None:
    python, said = asyncio.run(live("python", sent, pcs, night))
    powershell, told = asyncio.run(live("powershell", sent, pcs, night))
    assert without_times(said) == without_times(told)
    assert differences(python.dump(), powershell.dump()) == []
    assert [harm for pc in python.state.pcs for harm in pc.harms] == []
    if night:
        journals = [unpack(each["journal"], 1 << 22) for each in told[-1]["clients"][0]["orders"]]
        assert all(b'"state":"done"' in journal for journal in journals)


def test_two_exchanges_with_one_pc_at_once_do_not_disturb_each_other(sent: Sent) -> None:
    world = company([NOBODY])

    async def twice() -> list[dict[str, Any]]:
        engine = engine_of("powershell", world)
        await engine.start()
        try:
            request = request_for(world, NOBODY, True)
            return await asyncio.gather(*(exchanged(engine, sent, NOBODY, request) for _ in range(2)))
        finally:
            await engine.close()

    answers = asyncio.run(twice())
    assert sorted(answer["runner"] for answer in answers) == ["installed", "present"]
    stages = sorted(order["staged"] for answer in answers for order in answer["clients"][0]["orders"])
    assert stages == ["known"] * 3 + ["new"] * 3
