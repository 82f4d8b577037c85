from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import prepared
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOC = Path(sys.executable).parent / "ansible-doc"
PLUGINS = {
    "module": ["client_info", "exchange", "order", "order_cancel", "order_info", "probe", "survey"],
    "inventory": ["fleet"],
    "callback": ["fleet_progress", "report_store"],
}
ROLES = ["audit", "collect_reports", "enable_local_replica", "switch_server", "update_replicator"]


def doc(tmp_path: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    environment |= {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_HOME": str(tmp_path / "ansible")}
    done = prepared.run([str(DOC), *arguments], ROOT, environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", PLUGINS)
def test_every_plugin_is_documented(kind: str, tmp_path: Path) -> None:
    names = [f"notesfleet.client.{name}" for name in PLUGINS[kind]]
    said = doc(tmp_path, "-t", kind, *names)
    assert re.findall(r"^> .*?(notesfleet\.client\.\w+)", said, re.MULTILINE) == names


def test_every_role_and_all_its_options_are_documented(tmp_path: Path) -> None:
    found = json.loads(doc(tmp_path, "-t", "role", "-j", *ROLES))
    assert sorted(found) == ROLES
    for name, role in found.items():
        options = role["entry_points"]["main"]["options"]
        assert options, name
        assert all(option.startswith(f"{name}_") and each["description"] for option, each in options.items())
