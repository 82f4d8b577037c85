"""The artefacts of a release: `python collections/build.py [FOLDER]` (`make collection`).

The collection, with the repository's roles and playbooks in it, because the same text works in both places, and the
package that its plugins need as a wheel. Both have the one version of `pyproject.toml`.
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


def build_collection(target: Path) -> Path:
    """`notesfleet-client-X.Y.Z.tar.gz` in `target`."""
    with tempfile.TemporaryDirectory() as folder:
        tree = stage(Path(folder))
        program = Path(sys.executable).parent / "ansible-galaxy"
        command = [str(program), "collection", "build", str(tree), "--output-path", str(target), "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    return target / f"notesfleet-client-{version()}.tar.gz"


def build_wheel(target: Path) -> Path:
    """`notesfleet-X.Y.Z-py3-none-any.whl` in `target`, made from a copy: a build leaves folders beside its files."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        for name in ("module_utils", "salt"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(target), str(copy)], check=True)
    return target / f"notesfleet-{version()}-py3-none-any.whl"


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    print(build_collection(target))
    print(build_wheel(target))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").absolute())
