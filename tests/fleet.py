"""Virtual PCs in a thread and real Ansible against them: `with virtual_fleet(world, folder) as fleet`."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import prepared
from powershell import engine_folder, spares
from stores import add_client, add_pc, new_store, store_variables
from terminal import run_on_terminal

from notesfleet import clock
from notesfleet.exchange.audit_task import client_info
from notesfleet.exchange.run import begin_spool
from notesfleet.exchange.task import Task, perform
from notesfleet.simulator.engines.command import CommandEngine
from notesfleet.simulator.engines.contract import Engine
from notesfleet.simulator.engines.powershell import PowerShellEngine
from notesfleet.simulator.engines.python import PythonEngine
from notesfleet.simulator.faults import Fault, FaultyScripts
from notesfleet.simulator.model.world import ModelWorld
from notesfleet.simulator.server import Simulator, advance_clock, write_folder
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS
from notesfleet.simulator.state import NotesClient, Pc, World
from notesfleet.store.connection import open_store
from notesfleet.store.imports import import_spool
from notesfleet.store.inventory import read as read_inventory
from notesfleet.store.spool import SpoolRecord, read_spool

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Ran:
    """What a playbook came to: exit code, all it printed, and Ansible's sums by host, as its record has them."""

    code: int
    text: str
    recap: dict[str, dict[str, int]]

    def sum(self, word: str) -> int:
        return sum(counts.get(word, 0) for counts in self.recap.values())


@dataclass
class VirtualFleet:
    """A running simulator, a store and a home, and an inventory that stands for the one of the store.

    Ansible runs in prepared processes, or from its first line on (`anew`).
    """

    simulator: Simulator
    model: ModelWorld
    folder: Path
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    stored: bool = False
    anew: bool = False

    def inventory_of_the_store(self) -> None:
        """From now on the inventory is the plugin's, as an administrator has it: with plain connection settings."""
        self.stored = True
        settings = self.folder / "inventory" / "group_vars" / "fleet.yml"
        settings.parent.mkdir(parents=True)
        settings.write_bytes((self.folder / "simulator" / "connection.yml").read_bytes())
        (self.folder / "inventory" / "fleet.yml").write_text("plugin: notesfleet.client.fleet\n")

    def playbook(self, playbook: str, *options: str) -> Ran:
        """Run a playbook of the repository, or one that was written for a test."""
        before = self._spools()
        done = self._run(self._command(playbook, *options))
        return Ran(done.returncode, done.stdout + done.stderr, self._sums(before))

    def on_terminal(self, playbook: str, *options: str) -> Ran:
        """The same with an administrator's terminal in front of it."""
        before = self._spools()
        code, text = run_on_terminal(self._command(playbook, *options), ROOT, self._environment())
        return Ran(code, text, self._sums(before))

    def on_controller(self, playbook: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a playbook that has nothing to do with PCs: without their connection settings."""
        return self._run([self._command("")[0], "-i", str(self.folder / "hosts.json"), playbook, *options])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        if not self.anew:
            return prepared.run(command, ROOT, self._environment(), timeout=240)
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def _command(self, playbook: str, *options: str) -> list[str]:
        inventory = self.folder / "inventory"
        if not self.stored:
            inventory = self.folder / "hosts.json"
            inventory.write_text(json.dumps({"all": {"children": {"wave_test": {"hosts": self.variables}}}}))
        return [
            str(PROGRAMS / "ansible-playbook"),
            *("-i", str(inventory)),
            # The other inventory has it for its PCs and not for the controller.
            *(() if self.stored else ("-e", f"@{self.folder}/simulator/connection.yml")),
            *("-e", "ansible_winrm_read_timeout_sec=4", "-e", "ansible_winrm_operation_timeout_sec=3"),
            *("-e", "target=wave_test", playbook, *options),
        ]

    def _sums(self, before: list[Path]) -> dict[str, dict[str, int]]:
        """The sums of the run that was recorded since; none where it was not recorded to its end."""
        records = [record for path in self._spools() if path not in before for record in read_spool(path).records]
        stats = next((record.fields["stats"] for record in records if record.kind == "end"), {})
        return {host: said | {"failed": said["failures"]} for host, said in stats.items()}

    def _spools(self) -> list[Path]:
        return sorted((self.folder / "home" / "spool").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)

    def written(self, text: str) -> str:
        """A playbook of a test, as a file."""
        path = self.folder / "playbook.yml"
        path.write_text(text)
        return str(path)

    def spooled(self, kind: str) -> list[SpoolRecord]:
        """All records of a kind, of all runs so far, oldest first."""
        return [record for path in self._spools() for record in read_spool(path).records if record.kind == kind]

    def remember_orders(self) -> None:
        """Let the inventory say which orders were sent, as the store's does."""
        for record in self.spooled("sent"):
            for each in record.fields["orders"]:
                step = json.loads(each["text"])["step"]
                self.variables[each["client"]]["notesfleet"]["orders"][step] = each["id"]

    def audit_without_ansible(self) -> None:
        """Bring all PCs' audits into the store: the work of the audit's task, with the Python engine as its way."""
        spool = begin_spool(self.folder / "home" / "spool", None, "audit.yml", check=False)
        engine = PythonEngine(self.model)
        store = open_store(f"sqlite:///{self.folder / 'home' / 'store.db'}")
        for host in read_inventory(store).hosts:
            pc = host.variables["notesfleet"]["pc"].upper()

            def send(script: str, arguments: dict[str, Any], pc: str = pc) -> dict[str, Any]:
                return asyncio.run(engine.run_script(pc, f"{script}.ps1", arguments))

            arguments = {"depth": "inside", "wait": 1}
            task = Task(host.name, arguments, host.variables["notesfleet"], {}, False, False, "tests", send)
            perform(task, client_info, brakes=False, spool=spool)
        import_spool(store, spool.path)
        store.close()

    def advance(self, to: str) -> None:
        """Move the simulated time."""
        asyncio.run_coroutine_threadsafe(self.simulator.advance(clock.parse(to)), self._loop).result(120)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NOTESFLEET_", "ANSIBLE_"))}
        return (
            kept
            | {
                "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
                "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
                "ANSIBLE_HOME": str(self.folder / "ansible"),
                "ANSIBLE_NOCOLOR": "1",
                "LC_ALL": "C.UTF-8",
                "NOTESFLEET_HOME": str(self.folder / "home"),
                "NOTESFLEET_CLOCK": str(self.folder / "simulator" / "clock"),
            }
            | store_variables(self.folder / "home")
            | self.environment
        )

    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)


def advance(fleet: VirtualFleet, to: str) -> None:
    """Move the simulated time, and with it the controller's."""
    fleet.advance(to)
    advance_clock(fleet.folder / "simulator", clock.parse(to))


@contextmanager
def virtual_fleet(
    world: World,
    folder: Path,
    powershell: str = "",
    faults: Mapping[str, Fault] | None = None,
    *,
    filled: bool = True,
) -> Iterator[VirtualFleet]:
    """The PCs of a world, from here to the end of the block; a store that knows them, or nothing (not `filled`).

    With the Python engine, or with the one of a PowerShell program. Meanwhile the test's clock is the world's too:
    what the test itself reads of the store must not depend on the day on which it runs.
    """
    _fill_store(world if filled else World(seed=1, now=world.now, domino=world.domino, pcs=[]), folder / "home")
    model = ModelWorld(world)
    ready = threading.Event()
    started: list[tuple[Simulator, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        simulator = Simulator(model, _engine(model, folder, powershell, faults or {}))
        await simulator.start()
        write_folder(simulator, folder / "simulator")
        started.append((simulator, asyncio.get_running_loop()))
        ready.set()
        await simulator.wait()
        await simulator.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    if not ready.wait(30):
        raise RuntimeError("the simulator did not start")
    simulator, loop = started[0]
    fleet = VirtualFleet(simulator, model, folder, _loop=loop)
    fleet.variables = host_variables(world)
    try:
        with mock.patch.dict(os.environ, {"NOTESFLEET_CLOCK": str(folder / "simulator" / "clock")}):
            yield fleet
    finally:
        loop.call_soon_threadsafe(simulator.stop)
        thread.join(30)


def _engine(model: ModelWorld, folder: Path, powershell: str, faults: Mapping[str, Fault]) -> Engine:
    if powershell:
        return PowerShellEngine(model, powershell, engine_folder(), spares(powershell))
    engine = PythonEngine(model)
    return CommandEngine(FaultyScripts(engine, faults), engine.run_runner)


def _fill_store(world: World, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    store = new_store(home)
    for pc in world.pcs:
        add_pc(store, pc.name, address=pc.address, site=pc.site)
        for profile in pc.profiles:
            add_client(store, f"{pc.name.lower()}~{profile.account}", profile.sid, pc=pc.name)
    store.close()


def host_variables(world: World) -> dict[str, dict[str, Any]]:
    """The hosts and variables that the inventory would have after an audit and the load of a campaign."""
    return {name: said for pc in world.pcs for name, said in _hosts(world, pc)}


def _hosts(world: World, pc: Pc) -> Iterator[tuple[str, dict[str, Any]]]:
    accounts = {profile.sid: profile.account for profile in pc.profiles}
    for client in pc.clients:
        name = f"{pc.name.lower()}~{accounts[client.sid]}"
        said = {"pc": pc.name, "client": name, "sid": client.sid, "user": client.user, "data": client.data}
        said |= {"ini": client.ini, "machine": pc.machine_guid, "prompt_free": not client.id.asks, "orders": {}}
        campaign = {"name": "test", "round": "1", "not_after_days": 3, "stop_file": None, "wait": 40}
        mailbox = _mailbox(world, pc, client, accounts[client.sid])
        yield name, {"ansible_host": pc.address, "notesfleet": said | {"campaign": campaign, "mailbox": mailbox}}


def _mailbox(world: World, pc: Pc, client: NotesClient, account: str) -> dict[str, Any]:
    old, path = OLD_SERVERS[pc.site], f"mail\\{account}.nsf"
    hosts = {server.name: server.host for server in world.domino.servers}
    server = next(server for server in world.domino.servers if server.name == old)
    replica_id = next(database.replica_id for database in server.databases if database.path == path)
    said = {"user": client.user, "mail_file": path, "replica_id": replica_id, "from": old, "to": NEW_SERVER}
    said |= {"from_host": hosts[old], "to_host": hosts[NEW_SERVER], "to_file": path, "local_path": path}
    return said | {"id_files": ["", client.id.path]}
