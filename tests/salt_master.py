"""A real `salt-master` and the minion of a virtual PC, on loopback: `with salt_master(fleet, pc, folder) as master`."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from fleet import PROGRAMS, ROOT, VirtualFleet
from minion import Minion

READY_WITHIN = 60.0


@dataclass
class Master:
    """The master, as an administrator has it: `salt <minion> <function> ...`."""

    folder: Path
    minion: Minion
    environment: dict[str, str]

    def __call__(self, function: str, *words: str) -> Any:
        """What the minion returned; None where it did not answer."""
        done = self._run("salt", "--timeout", "60", self.minion.pc.lower(), function, *words)
        try:
            return json.loads(done.stdout)[self.minion.pc.lower()]
        except (ValueError, KeyError, TypeError):
            return None

    def sync(self) -> None:
        """Bring the master what it loads itself: the external pillar and the returner."""
        self._run("salt-run", "saltutil.sync_all")

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(PROGRAMS / program), "--config-dir", str(self.folder), "--out", "json", *words]
        return subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )


@contextmanager
def salt_master(fleet: VirtualFleet, pc: str, folder: Path) -> Iterator[Master]:
    """Both run from here to the end of the block. The minion has a home of its own and never hears of the store."""
    # Salt's sockets lie under its root, and their paths must be short.
    root = Path(tempfile.mkdtemp(prefix="salt"))
    minion = Minion(fleet, pc, folder / "minion", {"NOTESFLEET_HOME": str(folder / "home")})
    ports = _free_ports(2)
    master = Master(folder / "master", minion, minion.environment | {"NOTESFLEET_HOME": str(fleet.folder / "home")})
    _configure(master, root, ports)
    try:
        master.sync()
        with (
            _running("salt-master", master.folder, master.environment),
            _running("salt-minion", minion.folder, minion.environment),
        ):
            limit = time.monotonic() + READY_WITHIN
            while master("test.ping") is not True:
                if time.monotonic() > limit:
                    raise RuntimeError((folder / "minion" / "salt-minion.log").read_text()[-2000:])
                time.sleep(0.5)
            yield master
    finally:
        shutil.rmtree(root)


def _configure(master: Master, root: Path, ports: list[int]) -> None:
    common = {"user": getpass.getuser(), "log_level": "warning"}
    said = yaml.safe_load((master.minion.folder / "minion").read_text())
    served = {name: said.pop(name) for name in ("file_roots", "pillar_roots", "ext_pillar")}
    said |= common | {"root_dir": str(root / "minion"), "file_client": "remote", "mine_enabled": False}
    said |= {"master": "127.0.0.1", "master_port": ports[1]}
    (master.minion.folder / "minion").write_text(yaml.safe_dump(said))
    master.folder.mkdir(parents=True)
    own = {"root_dir": str(root / "master"), "interface": "127.0.0.1", "publish_port": ports[0], "ret_port": ports[1]}
    own |= {"auto_accept": True, "worker_threads": 3, "event_return": "notesfleet_store", "loop_interval": 5}
    (master.folder / "master").write_text(yaml.safe_dump(served | common | own))


@contextmanager
def _running(program: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    with (folder / f"{program}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(PROGRAMS / program), "--config-dir", str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        # Both have processes of their own, all in the group that was made for them here.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
