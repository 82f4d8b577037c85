"""The collection as an artefact: `python collections/build.py [FOLDER]` (`make collection`).

Stages the collection with the repository's roles and playbooks in it, because the same text works in both places,
and gives it the package's version: a collection and the package that it needs are always of one version.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "collections" / "ansible_collections" / "notesfleet" / "client"
NOT_SHIPPED = shutil.ignore_patterns("molecule", "__pycache__", "*.pyc")


def version() -> str:
    """The one version, of `pyproject.toml`."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def stage(folder: Path) -> Path:
    """The tree of the artefact, in `folder`."""
    tree = folder / "client"
    shutil.copytree(SOURCE, tree, ignore=NOT_SHIPPED)
    for name in ("roles", "playbooks"):
        shutil.copytree(ROOT / name, tree / name, ignore=NOT_SHIPPED)
    shutil.copy(ROOT / "LICENSE", tree)
    galaxy = YAML()
    said = galaxy.load(SOURCE / "galaxy.yml")
    said["version"] = version()
    galaxy.dump(said, tree / "galaxy.yml")
    return tree


def build(target: Path) -> Path:
    """The artefact `notesfleet-client-X.Y.Z.tar.gz` in `target`."""
    with tempfile.TemporaryDirectory() as folder:
        tree = stage(Path(folder))
        program = Path(sys.executable).parent / "ansible-galaxy"
        command = [str(program), "collection", "build", str(tree), "--output-path", str(target), "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    return target / f"notesfleet-client-{version()}.tar.gz"


if __name__ == "__main__":
    print(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").absolute()))
