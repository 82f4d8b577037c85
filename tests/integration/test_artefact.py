"""The wheel and the collection, as a site installs them: a fresh environment with these and ansible-core alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from stage import Stage

ROOT = Path(__file__).resolve().parent.parent.parent
PLUGINS = ROOT / "collections" / "ansible_collections" / "notesfleet" / "client" / "plugins"
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
IN_THE_WAVES = ("PC-0103", "PC-0105", "PC-0108", "PC-0204", "PC-0207")
"""Of the demo's PCs. On the first are two clients; the third and the fourth stay away, the last is there next day."""
OF_ITS_OWN = ("notesfleet", "ansible-core")
"""What each environment is given by name."""


@dataclass(frozen=True)
class Site:
    """A controller that has never seen the checkout."""

    folder: Path
    collection: Path

    @property
    def wheel(self) -> Path:
        return self.collection.with_name(f"notesfleet-{VERSION}-py3-none-any.whl")

    @property
    def programs(self) -> Path:
        return self.folder / "venv" / "bin"

    @property
    def installed(self) -> Path:
        """pip's report of what it installed."""
        return self.folder / "installed.json"

    @property
    def environment(self) -> dict[str, str]:
        """What the README tells a site to set where it has no ansible.cfg."""
        return {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ANSIBLE_CALLBACKS_ENABLED": "notesfleet.client.report_store",
            "ANSIBLE_STDOUT_CALLBACK": "notesfleet.client.fleet_progress",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "NOTESFLEET_HOME": str(self.folder / "home"),
        }

    def run(self, program: str, *words: str, **variables: str) -> str:
        """Run one of its programs, away from the checkout."""
        done = subprocess.run(
            [str(self.programs / program), *words],
            cwd=self.folder,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, f"{program} {words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    built = folder / "built"
    subprocess.run([sys.executable, str(ROOT / "collections" / "build.py"), str(built)], check=True, timeout=280)
    site = Site(folder, built / f"notesfleet-client-{VERSION}.tar.gz")
    names = [str(site.wheel), f"ansible-core=={version('ansible-core')}"]
    install(folder / "venv", "--report", str(site.installed), *names)
    target = ("-p", str(folder / "collections"))
    site.run("ansible-galaxy", "collection", "install", "--offline", str(site.collection), *target)
    yield site
    shutil.rmtree(folder / "venv")


def install(environment: Path, *words: str) -> None:
    """A fresh environment with what pip makes of these words, and nothing else."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True, timeout=120)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--python", str(environment / "bin" / "python"), "install", "--no-compile", *words]
    subprocess.run(command, check=True, timeout=280)


def addresses(site: Site, path: Path) -> Path:
    """Where pip found what the site's environment needs, as constraints: only what another one names is looked up.

    To look through the index for all of it once more is most of an installation's work.
    """
    found = json.loads(site.installed.read_text())["install"]
    known = {each["metadata"]["name"]: each["download_info"]["url"] for each in found}
    path.write_text("".join(f"{name} @ {url}\n" for name, url in known.items() if name not in OF_ITS_OWN))
    return path


def test_the_collection_has_the_version_of_the_package_and_no_scenario(site: Site) -> None:
    with tarfile.open(site.collection) as archive:
        names = archive.getnames()
        manifest = archive.extractfile("MANIFEST.json")
        assert manifest is not None
        said = json.load(manifest)["collection_info"]
    assert (said["namespace"], said["name"], said["version"]) == ("notesfleet", "client", VERSION)
    assert site.run("python", "-c", "from importlib.metadata import version; print(version('notesfleet'))") == (
        f"{VERSION}\n"
    )
    assert {f"roles/{role}/tasks/main.yml" for role in ROLES} <= set(names)
    assert {f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml")} <= set(names)
    assert not [name for name in names if "molecule" in name or "__pycache__" in name]


def test_the_collection_says_which_ansible_core_it_is_for() -> None:
    said = YAML(typ="safe").load(PLUGINS.parent / "meta" / "runtime.yml")["requires_ansible"]
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    core = next(each for each in needed if each.startswith("ansible-core"))
    assert core == "ansible-core" + said.replace(".0,", ",").removesuffix(".0")


@pytest.mark.parametrize("kind", ["module", "inventory", "callback", "role"])
def test_ansible_doc_finds_everything_there(site: Site, kind: str) -> None:
    if kind == "role":
        names = ROLES
    else:
        folder = PLUGINS / ("modules" if kind == "module" else kind)
        names = sorted({path.stem for path in folder.iterdir() if path.suffix in (".py", ".yml")})
    found = json.loads(site.run("ansible-doc", "-t", kind, "--json", *(f"notesfleet.client.{name}" for name in names)))
    assert sorted(found) == [f"notesfleet.client.{name}" for name in names]
    assert all(found.values())


def test_it_migrates_the_wave_by_the_name_of_the_playbook(site: Site, tmp_path: Path) -> None:
    inventory = site.folder / "inventory"
    shutil.copytree(ROOT / "inventories" / "demo", inventory)
    pcs = tmp_path / "pcs.csv"
    with Stage(ROOT, tmp_path / "stage", "python", seed=1, clients=16) as stage:
        variables = {name: stage.environment[name] for name in ("NOTESFLEET_CLOCK", "NOTESFLEET_SIMULATOR")}

        def playbook(name: str, *extra: str) -> str:
            words = [word for each in extra for word in ("-e", each)]
            return site.run("ansible-playbook", "-i", str(inventory), f"notesfleet.client.{name}", *words, **variables)

        site.run("notesfleet", "store", "init")
        lines = stage.pcs.read_text().splitlines(keepends=True)
        pcs.write_text("".join(line for line in lines if line.startswith(("pc,", *IN_THE_WAVES))))
        site.run("notesfleet", "clients", "import", str(pcs), **variables)
        playbook("audit", "target=unaudited", "depth=inside")
        site.run("notesfleet", "campaign", "load", str(stage.campaign), **variables)
        stage.notesfleet("simulate", "advance", "1m")
        first = playbook("migrate", "target=wave_pilot:wave_main")
        assert re.search(r"^  absent 1: .* \(pc-0207~elang\)$", first, re.MULTILINE), first
        stage.notesfleet("simulate", "advance", "15h")
        playbook("collect", "target=wave_pilot_all:wave_main_all")
        playbook("migrate", "target=wave_pilot:wave_main")
        clients = json.loads(site.run("notesfleet", "report", "--format", "json", **variables))["clients"]
        states = [each["state"] for each in clients]
        assert (states.count("done"), states.count("absent")) == (4, 2)
        assert "done" in playbook("report")


def test_an_environment_of_what_the_execution_environment_names_runs_a_playbook(site: Site, tmp_path: Path) -> None:
    said = YAML(typ="safe").load(ROOT / "execution-environment.yml")
    assert said["version"] == 3
    needed = said["dependencies"]
    copied = shutil.copytree(site.wheel.parent, tmp_path / "dist")
    wheels = [path for each in said["additional_build_files"] for path in tmp_path.glob(each["src"])]
    assert wheels == [copied / site.wheel.name]
    programs = tmp_path / "venv" / "bin"
    names = [needed["ansible_core"]["package_pip"], needed["ansible_runner"]["package_pip"], *needed["python"]]
    known = addresses(site, tmp_path / "known.txt")
    install(tmp_path / "venv", "--constraint", str(known), "--find-links", str(tmp_path / "dist"), *names)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    environment |= {"NOTESFLEET_HOME": str(tmp_path / "home"), "ANSIBLE_HOME": str(tmp_path / "ansible")}

    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("ansible-galaxy", "collection", "install", "-r", needed["galaxy"], "-p", str(tmp_path / "collections"))
    run("notesfleet", "store", "init")
    assert "Report" in run("ansible-playbook", "-i", "inventories/production", "playbooks/report.yml", "-v")
    shutil.rmtree(tmp_path / "venv")
