"""What `ansible-doc` says that a module returns is what it really returned: in a run with done, pending and absent."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import prepared
import pytest
from fleet import ROOT, virtual_fleet

from notesfleet.simulator.company import demo_company

DOC = Path(sys.executable).parent / "ansible-doc"
MODULES = ("client_info", "order", "order_info", "order_cancel", "probe")
BY_ANSIBLE = {"ansible_facts", "failed", "skipped", "skipped_reason", "exception", "changed", "diff", "invocation"}
"""Keys that every module may have, and that Ansible documents."""
ACCOUNTS = {"jdupont", "mlambert", "hcolin", "rbrunner", "nfrei", "zmueller"}
"""Of the company: orders of some are done and of some wait, one PC is off and one dark."""
PLAYBOOK = """\
- hosts: wave_test
  gather_facts: false
  tasks:
    - name: probe
      notesfleet.client.probe:
      run_once: true
      delegate_to: localhost
    - name: client_info
      notesfleet.client.client_info: {depth: inside, wait: 1}
    - name: order
      notesfleet.client.order:
        step: keys
        wait: 1
        actions:
          - {name: ini.set, with: {name: NF_Test, value: "1"}}
          - {name: require.outbox_empty}
          - {name: ini.set, with: {name: NF_Test, value: "2"}}
    - name: order_info
      notesfleet.client.order_info: {wait: 0}
    - name: order_cancel
      notesfleet.client.order_cancel: {reason: the test is over, wait: 1}
"""
_TASK = re.compile(r"^TASK \[(\w+)\]")
_RESULT = re.compile(r"^(?:ok|changed|skipping|fatal): \[[^\]]+\](?: -> \S+| => |: FAILED! => )+(\{.*\})$")


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Module to what it is said to return."""
    home = tmp_path_factory.mktemp("doc")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    environment |= {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_HOME": str(home / "ansible")}
    words = ("-t", "module", "-j", *(f"notesfleet.client.{name}" for name in MODULES))
    done = prepared.run([str(DOC), *words], ROOT, environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return {name: said["return"] for name, said in json.loads(done.stdout).items()}


def returned(text: str) -> dict[str, list[dict[str, Any]]]:
    """Task (named as its module) to its results, of the output of the callback `default` with -v."""
    found: dict[str, list[dict[str, Any]]] = {}
    task = ""
    for line in text.splitlines():
        if match := _TASK.match(line):
            task = match[1]
        elif match := _RESULT.match(line):
            found.setdefault(task, []).append(json.loads(match[1]))
    return found


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    with virtual_fleet(demo_company(1, 14), tmp_path_factory.mktemp("keys")) as fleet:
        chosen = {name: said for name, said in fleet.variables.items() if name.partition("~")[2] in ACCOUNTS}
        assert len(chosen) == len(ACCOUNTS)
        fleet.variables = chosen
        fleet.environment["ANSIBLE_STDOUT_CALLBACK"] = "default"
        ran = fleet.playbook(fleet.written(PLAYBOOK), "-v", "--diff")
    return returned(ran.text)


@pytest.mark.parametrize("name", MODULES)
def test_every_returned_key_is_documented_and_every_promised_key_returned(
    results: dict[str, list[dict[str, Any]]], documented: dict[str, dict[str, Any]], name: str
) -> None:
    said, seen = documented[f"notesfleet.client.{name}"], results[name]
    assert seen
    for result in seen:
        assert set(result) - BY_ANSIBLE <= set(said), (name, result)
        always = {key for key, each in said.items() if each.get("returned") == "always"}
        assert always <= set(result), (name, always - set(result), result)
        for key, each in said.items():
            _compare(f"{name}.{key}", each, result.get(key))
    everything = {key for result in seen for key in result}
    assert set(said) <= everything, (name, set(said) - everything)


def _compare(path: str, said: dict[str, Any], value: Any) -> None:
    """The keys of a documented dict, or of a list's dicts, where its documentation lists them."""
    contains = said.get("contains")
    if not contains or value is None:
        return
    for each in value if isinstance(value, list) else [value]:
        assert set(each) <= set(contains), (path, set(each) - set(contains))
        for key, inner in contains.items():
            _compare(f"{path}.{key}", inner, each.get(key))
