"""A Salt minion on a virtual PC: real `salt-call --local`, with the adapters of `salt/` and the store of a fleet."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import virtual_powershell
import yaml
from fleet import PROGRAMS, ROOT, VirtualFleet

from notesfleet.store.spool import SpoolRecord, read_spool

NO_SALT = not (PROGRAMS / "salt-call").exists() and "salt" not in os.environ.get("NOTESFLEET_REQUIRE", "")


@dataclass(frozen=True)
class Called:
    """What a call came to: exit code, the returned value (None where it was an error), all it printed."""

    code: int
    value: Any
    text: str


@dataclass
class Minion:
    """The minion of one PC. Its cache, configuration and spools are in a folder of their own."""

    fleet: VirtualFleet
    pc: str
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._program = virtual_powershell.written(self.folder)
        configured: dict[str, Any] = {
            "id": self.pc.lower(),
            "file_client": "local",
            "root_dir": str(self.folder),
            "file_roots": {"base": [str(ROOT / "salt")], "notesfleet_roles": [str(ROOT / "roles")]},
            "pillar_roots": {"base": [str(ROOT / "salt" / "pillar")]},
            "ext_pillar": [{"notesfleet_store": ""}],
            # What it would ask of this machine is of no use here and costs seconds.
            "enable_fqdns_grains": False,
            "enable_gpu_grains": False,
        }
        (self.folder / "minion").write_text(yaml.safe_dump(configured))

    def call(self, function: str, *words: str, **variables: str) -> Called:
        command = [
            *(str(PROGRAMS / "salt-call"), "--local", "--config-dir", str(self.folder), "--out", "json"),
            *("--retcode-passthrough", "--log-level", "error", "--return", "notesfleet_store", function, *words),
        ]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        try:
            value = json.loads(done.stdout)["local"]
        except (ValueError, KeyError):
            value = None
        return Called(done.returncode, value, done.stdout + done.stderr)

    def recorded(self, kind: str) -> list[SpoolRecord]:
        """The records of a kind in this minion's own spools."""
        spools = sorted((self.fleet.folder / "home" / "minion").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
        records = [record for path in spools for record in read_spool(path).records if record.kind == kind]
        return [record for record in records if str(record.fields.get("host", "")).lower().startswith(self.pc.lower())]

    @property
    def environment(self) -> dict[str, str]:
        simulator = self.fleet.folder / "simulator"
        address = next(pc.address for pc in self.fleet.model.state.pcs if pc.name == self.pc)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NOTESFLEET_", "ANSIBLE_"))}
        return (
            kept
            | {
                "LC_ALL": "C.UTF-8",
                "NOTESFLEET_HOME": str(self.fleet.folder / "home"),
                "NOTESFLEET_CLOCK": str(simulator / "clock"),
                "NOTESFLEET_POWERSHELL": str(self._program),
                virtual_powershell.ADDRESS: address,
                virtual_powershell.CONNECTION: str(simulator / "connection.yml"),
            }
            | self.variables
        )
