"""The inventory plugin `fleet` by real ansible-inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import prepared
import pytest
from fleet import ROOT
from stores import add_client, add_order, add_pc, add_target, new_store, store_variables

from notesfleet.store.states import STEPS


def inventory(home: Path, file: str = "inventories/demo", *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"}
    environment |= {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_HOME": str(home / "ansible")}
    program = Path(sys.executable).parent / "ansible-inventory"
    environment |= {"NOTESFLEET_HOME": str(home)} | store_variables(home)
    return prepared.run([str(program), "-i", file, *(options or ("--list", "--export"))], ROOT, environment, timeout=60)


@pytest.mark.usefixtures("database")
def test_clients_and_unaudited_pcs_are_hosts_in_their_groups(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    add_pc(store)
    add_pc(store, "pc2", address="127.0.0.2")
    add_client(store)
    add_target(store)
    store.close()
    found = json.loads(inventory(tmp_path).stdout)
    assert found["wave_pilot"]["hosts"] == found["wave_pilot_all"]["hosts"] == ["pc1~jdupont"]
    assert found["unaudited"]["hosts"] == ["pc2"]
    assert sorted(found["fleet"]["hosts"]) == ["pc1~jdupont", "pc2"]
    said = json.loads(inventory(tmp_path, "inventories/demo", "--host", "pc2").stdout)
    assert (said["ansible_host"], said["notesfleet"]) == ("127.0.0.2", {"pc": "pc2"})


def test_a_group_is_there_also_while_nobody_is_in_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    add_pc(store)
    add_client(store)
    add_target(store)
    for step in STEPS:
        add_order(store, step, "done")
    store.close()
    found = json.loads(inventory(tmp_path).stdout)
    assert {"unaudited", "wave_pilot", "state_failed"} <= set(found["all"]["children"])
    assert "wave_pilot" not in found
    assert found["wave_pilot_all"]["hosts"] == ["pc1~jdupont"]


def test_a_missing_store_is_an_error_and_no_green_run_over_nobody(tmp_path: Path) -> None:
    done = inventory(tmp_path)
    assert done.returncode != 0
    assert "make it with `notesfleet store init`" in done.stderr
    assert "Traceback" not in done.stderr
