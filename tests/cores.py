"""The same migration by each ansible-core that is supported: `python tests/cores.py [2.16 ...]` (in `make test-all`).

Each gets an environment of its own beside `.venv`, with the package from the checkout and that ansible-core. The
orders' ids and the PCs' end state must be the same with all. What this machine has no Python for is left out, and said.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from migration import audit_and_load, bring_in_the_rest, end_state, migrate_waves, order_ids
from stage import Stage

from notesfleet.canonical import sha256_hex
from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.state import World

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venv-cores"
PYTHONS = {
    "2.16": ("3.11", "3.12"),
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13"),
    "2.21": ("3.12", "3.13"),
}
"""Which of notesfleet's Pythons each core runs on."""


@dataclass(frozen=True)
class Migrated:
    orders: dict[str, dict[str, str]]
    world: World
    seconds: float


def interpreter(versions: tuple[str, ...]) -> str | None:
    """The first of these Pythons that really starts, the running one before others."""
    ran = "{}.{}".format(*sys.version_info)
    for version in sorted(versions, key=lambda each: each != ran):
        for found in [sys.executable] if version == ran else _candidates(version):
            if subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
                return found
    return None


def _candidates(version: str) -> list[str]:
    """On the PATH, where pyenv's shim starts nothing unless its Python is chosen: so also where that one lies."""
    found = shutil.which(f"python{version}")
    if not found:
        return []
    chosen = Path(found).parent.parent / "versions"
    return [found, *(str(path) for path in sorted(chosen.glob(f"{version}.*/bin/python{version}")))]


def environment(core: str, python: str) -> Path:
    """The programs of an environment with that core."""
    folder = ENVIRONMENTS / core
    programs = folder / "bin"
    if not (folder / "ready").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--editable", str(ROOT), f"ansible-core=={core}.*"], check=True)
        (folder / "ready").touch()
    return programs


def migrated(programs: Path) -> Migrated:
    """The demo's company in small, migrated by the ansible-playbook of `programs`."""
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        Stage(ROOT, Path(folder) / "stage", "python", 1, 16, str(programs / "ansible-playbook")) as stage,
    ):
        audit_and_load(stage)
        migrate_waves(stage)
        bring_in_the_rest(stage)
        return Migrated(order_ids(stage), end_state(stage), time.monotonic() - begun)


def unlike(first: Migrated, other: Migrated) -> list[str]:
    """In what two migrations differ."""
    names = sorted(first.orders.keys() | other.orders.keys())
    found = [f"orders of {name}" for name in names if first.orders.get(name) != other.orders.get(name)]
    return found + [str(each) for each in differences(first.world, other.world)]


def main(cores: list[str]) -> int:
    """Exit code 1 where two differ."""
    first: Migrated | None = None
    said: list[str] = []
    code = 0
    for core in cores:
        python = interpreter(PYTHONS[core])
        if python is None:
            said.append(f"ansible-core {core}  left out: none of Python {', '.join(PYTHONS[core])} is here")
            continue
        programs = environment(core, python)
        print(f"\nansible-core {core}\n", flush=True)
        ended = migrated(programs)
        first = first or ended
        found = unlike(first, ended)
        code = code or int(bool(found))
        ids = sha256_hex(str(sorted(ended.orders.items())).encode())[:12]
        counted = sum(map(len, ended.orders.values()))
        verdict = "; ".join(found[:5]) or "same end state"
        said.append(f"ansible-core {core}  {ended.seconds:3.0f} s  {counted} orders {ids}  {verdict}")
    print("\n" + "\n".join(said))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PYTHONS)))
