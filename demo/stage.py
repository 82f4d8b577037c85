"""Where the demo plays: the virtual PCs in the background, the programs that it runs, and what they came to."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import IO, Any

from notesfleet.store.spool import read_spool

CLIENTS = 40
ANSIBLE = "ansible-playbook"
READY_AFTER = 60
SOME_FAILED, REFUSED = 2, 2
"""Exit codes of ansible-playbook and of notesfleet."""
MIGRATING = ("notesfleet.client.order", "notesfleet.client.order_info")


class StageFailed(Exception):
    """A program of the demo failed; the text says which and what it said."""


@dataclass(frozen=True)
class Recap:
    """What a playbook came to, summed over its hosts (from the run's record in the store)."""

    ok: int
    changed: int
    failed: int
    unreachable: int


class Stage:
    """The simulator runs from `with` to its end; every program gets the same environment."""

    def __init__(
        self, root: Path, folder: Path, engine: str, seed: int, clients: int = CLIENTS, playbooks_by: str = ANSIBLE
    ) -> None:
        self.root = root
        self.folder = folder
        self.engine = engine
        self.seed = seed
        self.clients = clients
        self.playbooks_by = playbooks_by
        self.simulator = folder / "simulator"
        self.cpu_seconds = 0.0
        self._chapters = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pcs(self) -> Path:
        return self.simulator / "pcs.csv"

    @property
    def campaign(self) -> Path:
        """The demo's campaign; what it has as a mounted share is the simulator's folder here."""
        text = (self.root / "demo" / "campaign.yml").read_text(encoding="utf-8")
        path = self.folder / "campaign.yml"
        path.write_text(text.replace("/mnt/netlogon", str(self.simulator.absolute() / "netlogon")), encoding="utf-8")
        return path

    @property
    def environment(self) -> dict[str, str]:
        """One home for all that the demo makes; no NOTESFLEET_* or ANSIBLE_* of the caller but the PowerShell."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name == "NOTESFLEET_POWERSHELL" or not name.startswith(("NOTESFLEET_", "ANSIBLE_"))
        }
        return kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "ANSIBLE_CONFIG": str(self.root / "ansible.cfg"),
            "NOTESFLEET_HOME": str(self.folder / "home"),
            "NOTESFLEET_CLOCK": str(self.simulator / "clock"),
            "NOTESFLEET_SIMULATOR": str(self.simulator),
        }

    def __enter__(self) -> Stage:
        self.simulator.mkdir(parents=True)
        command = [
            *("notesfleet", "simulate", "--clients", str(self.clients), "--seed", str(self.seed), "--port", "0"),
            *("--engine", self.engine, "--inventory", str(self.simulator)),
        ]
        with (self.folder / "simulator.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        limit = time.monotonic() + READY_AFTER
        while not self.pcs.exists():
            if self._process.poll() is not None or time.monotonic() > limit:
                self.__exit__(None, None, None)
                raise StageFailed(f"the simulator did not start; it said: {self._log()}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        _end(self._process)

    def chapter(self, title: str) -> None:
        """Say what comes now."""
        self._chapters += 1
        print(f"\n{self._chapters}. {title}\n", flush=True)

    def notesfleet(self, *words: str, refused: bool = False) -> None:
        """Run the command line, its output shown. `refused`: it must say that its input is wrong."""
        code = self._run("notesfleet", *words)
        if code != (REFUSED if refused else 0):
            raise StageFailed(f"`notesfleet {' '.join(words)}` ended with exit code {code}")

    def output(self, *words: str) -> str:
        """Run the command line quietly and give its standard output."""
        done = subprocess.run(
            ["notesfleet", *words],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            process_group=0,
        )
        if done.returncode:
            raise StageFailed(f"`notesfleet {' '.join(words)}` failed: {done.stderr.strip()}")
        return done.stdout

    def states(self) -> dict[str, str]:
        """How each client stands, and each PC that was not audited."""
        clients = json.loads(self.output("report", "--format", "json"))["clients"]
        return {each["client"] or each["pc"]: each["state"] for each in clients}

    def playbook(self, name: str, *variables: str, some_fail: bool = False) -> Recap:
        """Run a playbook as an administrator would, its output shown. `some_fail`: clients may fail in it."""
        extra = [word for variable in variables for word in ("-e", variable)]
        code = self._run(self.playbooks_by, f"playbooks/{name}.yml", *extra)
        if code not in ((0, SOME_FAILED) if some_fail else (0,)):
            raise StageFailed(f"the playbook {name} ended with exit code {code}")
        return self._recap()

    def _run(self, *command: str) -> int:
        print(f"$ {shlex.join(command)}", flush=True)
        begun = _children_cpu()
        # In a group of its own: Ctrl-C comes to the demo alone, which ends its program and drops its last complaints.
        # ansible-playbook has tracebacks for a signal that meets it between two lines of its own.
        ending = Event()
        with subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            process_group=0,
        ) as program:
            complaints = Thread(target=_pass_on, args=(program.stderr, ending), daemon=True)
            complaints.start()
            try:
                code = program.wait()
            except BaseException:
                ending.set()
                _end(program)
                raise
            finally:
                complaints.join(20)
        self.cpu_seconds += _children_cpu() - begun
        return code

    def reached(self) -> tuple[int, int]:
        """Clients and tasks of the last playbook: hosts on which notesfleet's own modules ran, and how often."""
        results = [each for each in self._last_run() if each["kind"] == "result" and each["action"] in MIGRATING]
        return len({each["host"] for each in results}), len(results)

    def _recap(self) -> Recap:
        stats = next(each["stats"] for each in reversed(self._last_run()) if each["kind"] == "end")
        words = ("ok", "changed", "failures", "unreachable")
        return Recap(*(sum(host.get(word, 0) for host in stats.values()) for word in words))

    def _last_run(self) -> list[dict[str, Any]]:
        spool = max((self.folder / "home" / "spool").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
        return [{"kind": record.kind, **record.fields} for record in read_spool(spool).records]

    def _log(self) -> str:
        return (self.folder / "simulator.log").read_text(encoding="utf-8").strip()[-2000:]


def _pass_on(complaints: IO[bytes], ending: Event) -> None:
    """A program's standard error to ours, until its end is asked for."""
    for line in complaints:
        if not ending.is_set():
            sys.stderr.buffer.write(line)
            sys.stderr.flush()


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(20)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _children_cpu() -> float:
    """CPU seconds of all ended child processes. The simulator is one that has not ended, so it does not count."""
    times = os.times()
    return times.children_user + times.children_system
