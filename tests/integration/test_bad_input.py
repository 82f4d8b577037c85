"""What bad input gets: one line that says what is wrong, where, and what is right; nothing is sent or half done.

One table, a row for each mistake. PCs that answer nonsense are in `test_bad_answers.py`.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import prepared
import pytest
from command_line import MAIN, Cli

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
CAMPAIGN = """\
schema: 1
name: consolidation
servers: [{from: CN=Old01/O=Acme, to: CN=New01/O=Acme}]
rules:
  - {name: old, when: facts.notes.major < 9, reason: too old}
waves: [{name: pilot, date: 2026-11-30, sites: [Lyon]}]
"""
CSV = "pc,address,site\npc1,127.0.0.1,Lyon\n"


@dataclass
class Place:
    """An administrator's folder with a home."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("NOTESFLEET_", "ANSIBLE_", "PYTHONUNBUFFERED")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        named = {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "COLUMNS": "4000",
            "LC_ALL": "C.UTF-8",
            "NOTESFLEET_HOME": str(self.folder / "home"),
        }
        return kept | named | self.variables

    def notesfleet(self, *words: str) -> subprocess.CompletedProcess[str]:
        return Cli(self.folder)(*words, COLUMNS="4000", **self.variables)

    def process(self, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-c", before + MAIN, *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def ready(self) -> Place:
        """With a store, one PC and a campaign."""
        here = Cli(self.folder)
        here("store", "init")
        here("clients", "import", self.write("good.csv", CSV))
        here("campaign", "load", self.write("good.yml", CAMPAIGN))
        return self

    def playbook(self, text: str, *options: str) -> subprocess.CompletedProcess[str]:
        inventory = self.write("inventory/fleet.yml", "plugin: notesfleet.client.fleet\n")
        return self.ansible("ansible-playbook", "-i", inventory, self.write("play.yml", text), *options)

    def ansible(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return prepared.run([str(PROGRAMS / program), *words], self.folder, self.environment, timeout=120)


@dataclass(frozen=True)
class Row:
    """A mistake: what is done, and what stands in the one line that answers. `code`: the exit code."""

    name: str
    does: Callable[[Place], subprocess.CompletedProcess[str]]
    says: tuple[str, ...]
    code: int = 2


def _campaign(old: str, new: str) -> Callable[[Place], subprocess.CompletedProcess[str]]:
    def load(place: Place) -> subprocess.CompletedProcess[str]:
        assert old in CAMPAIGN
        return place.ready().notesfleet("campaign", "load", place.write("campaign.yml", CAMPAIGN.replace(old, new)))

    return load


def _csv(text: str) -> Callable[[Place], subprocess.CompletedProcess[str]]:
    return lambda place: place.ready().notesfleet("clients", "import", place.write("pcs.csv", text))


def _words(*words: str) -> Callable[[Place], subprocess.CompletedProcess[str]]:
    return lambda place: place.ready().notesfleet(*words)


def _inventory(text: str) -> Callable[[Place], subprocess.CompletedProcess[str]]:
    def read(place: Place) -> subprocess.CompletedProcess[str]:
        place.ready().write("inventory/fleet.yml", text)
        return place.ansible("ansible-inventory", "-i", "inventory/fleet.yml", "--list")

    return read


def _busy_port(place: Place) -> subprocess.CompletedProcess[str]:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = place.process("simulate", "--clients", "1", "--port", port)
    done.stderr = done.stderr.replace(port, "PORT")
    return done


def _missing_package(place: Place) -> subprocess.CompletedProcess[str]:
    return place.process("simulate", before="import sys; sys.modules['aiohttp'] = None; ")


def _missing_store(place: Place) -> subprocess.CompletedProcess[str]:
    return place.notesfleet("campaign", "load", place.write("campaign.yml", CAMPAIGN))


def _full_disk(place: Place) -> subprocess.CompletedProcess[str]:
    """A limit on file sizes refuses every byte, as a full disk does."""
    place.ready()
    before = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    before += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
    return place.process("clients", "import", place.write("pcs.csv", CSV.replace("pc1", "pc2")), before=before)


def _printed_to_a_full_disk(place: Place) -> subprocess.CompletedProcess[str]:
    place.ready()
    command = [sys.executable, "-c", MAIN, "audit", "list"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, env=place.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120
        )
    return subprocess.CompletedProcess(command, done.returncode, "", done.stderr)


def _target(place: Place) -> subprocess.CompletedProcess[str]:
    place.ready().write("inventory/fleet.yml", "plugin: notesfleet.client.fleet\n")
    playbook = str(ROOT / "playbooks" / "migrate.yml")
    return place.ansible("ansible-playbook", "-i", "inventory/fleet.yml", playbook, "-e", "target=wave_pilto")


ROWS = [
    Row("campaign: field", _campaign("date:", "datee:"), ("campaign.yml:6:23: waves.0.datee", "did you mean `date`?")),
    Row(
        "campaign: value",
        _campaign("2026-11-30", "soon"),
        ("campaign.yml:6:23: waves.0.date: input should be a valid date", "'soon' is given"),
    ),
    Row("campaign: rule", _campaign("major", "mayor"), ("campaign.yml:5:35: rules.0.when", "did you mean `major`?")),
    Row("campaign: no YAML", _campaign("[{name: pilot", "[{name: pilot: x"), ("campaign.yml:6:", "it is not YAML")),
    Row("CSV: address", _csv(CSV + "pc2,not an address,X\n"), ("pcs.csv:3: address: 'not an address' is wrong",)),
    Row("CSV: column", _csv("pc,adress,site\n"), ("pcs.csv:1: the header has no column address", "pc,address,site")),
    Row("CSV: twice", _csv(CSV + "PC1,127.0.0.2,X\n"), ("pcs.csv:3: pc: pc1 is in line 2 already",)),
    Row("CSV: missing", _words("clients", "import", "none.csv"), ("none.csv: it cannot be read",)),
    Row("argument: option", _words("report", "--wav", "x"), ("No such option", "--wave")),
    Row("argument: wave", _words("report", "--wave", "x"), ("there is no wave x; there are pilot",)),
    Row("argument: client", _words("exclude", "pc9~x", "--reason", "y"), ("the store has no client pc9~x",)),
    Row(
        "inventory: option",
        _inventory("plugin: notesfleet.client.fleet\nstoer: x\n"),
        ("there is no such option; did you mean `store`?",),
        code=1,
    ),
    Row("inventory: store", _inventory("plugin: notesfleet.client.fleet\nstore: x\n"), ("is no address",), code=1),
    Row("target", _target, ("There is no group and no host wave_pilto", "Its waves are: wave_pilot")),
    Row("store: missing", _missing_store, ("there is no store sqlite:///", "make it with `notesfleet store init`")),
    Row("store: address", lambda place: _with(place, "x"), ("NOTESFLEET_STORE is no address of a database", "sqlite:")),
    Row("disk: full", _full_disk, ("the store sqlite:///", "disk")),
    Row("disk: full, of what is printed", _printed_to_a_full_disk, ("not all could be written", "free space")),
    Row("port: busy", _busy_port, ("port PORT cannot be used", "choose another --port")),
    Row("package: missing", _missing_package, ("needs the extra `simulator`", "pip install 'notesfleet[simulator]'")),
]


ORDERS = {
    "arguments": (
        "{step: Switch, acions: [], wait: long}",
        ("step: ", "actions: is missing", "acions: there is no such argument; did you mean `actions`?", "wait: "),
    ),
    "action": (
        "{step: x, actions: [{name: ini.sett, with: {name: a, value: b}}]}",
        ("actions.0.name: 'ini.sett' is no action; did you mean `ini.set`?",),
    ),
    "action's argument": (
        "{step: x, actions: [{name: ini.set, with: {nam: a, value: b}}]}",
        ("actions.0.with.nam",),
    ),
    "not audited": (
        "{step: x, actions: [{name: ini.set, with: {name: a, value: b}}]}",
        ("pc1: this host is not audited", "run `ansible-playbook playbooks/audit.yml -e target=pc1"),
    ),
}
"""Mistakes in an order, each a task of one play: its arguments, and what stands in the one line that answers."""


def _with(place: Place, store: str) -> subprocess.CompletedProcess[str]:
    place.variables["NOTESFLEET_STORE"] = store
    return place.notesfleet("report")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_mistake_gets_one_line_and_does_nothing(place: Place, row: Row) -> None:
    done = row.does(place)
    assert done.returncode == row.code, done
    said = done.stdout + done.stderr
    lines = [line for line in said.splitlines() if all(each in line for each in row.says)]
    assert lines, said
    assert "Traceback" not in said
    assert_nothing_is_done(place)


def assert_nothing_is_done(place: Place) -> None:
    spools = list((place.folder / "home").glob("spool/*.jsonl"))
    assert not [spool for spool in spools if re.search(rb'"kind":"sent"', spool.read_bytes())]
    assert '"pc2"' not in Cli(place.folder)("inventory").stdout


def test_a_mistake_in_an_order_gets_one_line_and_does_nothing(place: Place) -> None:
    *others, last = [
        f'name: "Order: {name}", notesfleet.client.order: {arguments}' for name, (arguments, _) in ORDERS.items()
    ]
    tasks = [f"    - {{{each}, ignore_errors: true}}\n" for each in others] + [f"    - {{{last}}}\n"]
    done = place.ready().playbook("- hosts: pc1\n  gather_facts: false\n  tasks:\n" + "".join(tasks))
    assert done.returncode == 2, done
    said = done.stdout + done.stderr
    for name, (_, says) in ORDERS.items():
        (line,) = [line for line in said.splitlines() if f": Order: {name}: " in line]
        assert all(each in line for each in says), line
    assert "Traceback" not in said
    assert_nothing_is_done(place)
