"""The repository as AWX has it: a project whose jobs ansible-runner runs, in an environment that is described here."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fleet import PROGRAMS, ROOT, VirtualFleet, virtual_fleet

from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.clients_file import import_clients, read_clients_file
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import demo_company
from notesfleet.store.connection import Store, open_store
from notesfleet.store.standing import read_standings
from notesfleet.store.tables import orders, results, runs

# awx/main/utils/ansible.py: a YAML file with such a line, in none of these folders, is offered as a playbook.
PLAYBOOK = re.compile(r"^\s*?-?\s*?(?:hosts|(?:ansible\.builtin\.)?(?:include|import_playbook)):\s*?.*?$", re.MULTILINE)
NO_PLAYBOOKS_IN = {"roles", "tasks", "group_vars", "host_vars"}
WAVES = "wave_pilot:wave_main"
ORDER_FILE = r"\\orders\\[0-9a-f]{32}\.json$"


def test_awx_finds_the_playbooks_and_nothing_else() -> None:
    offered = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if not name.startswith(".") and name not in NO_PLAYBOOKS_IN]
        for path in (Path(folder, name) for name in files if name.endswith((".yml", ".yaml"))):
            if PLAYBOOK.search(path.read_text(encoding="utf-8")):
                offered.append(str(path.relative_to(ROOT)))
    assert sorted(offered) == sorted(f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml"))


def test_an_update_of_the_project_needs_nothing_from_outside(tmp_path: Path) -> None:
    command = ["collection", "install", "-r", "collections/requirements.yml", "-p", str(tmp_path), "--offline"]
    done = subprocess.run(
        [str(PROGRAMS / "ansible-galaxy"), *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[VirtualFleet]:
    """Sixteen audited clients in two waves."""
    with virtual_fleet(demo_company(1, 16), tmp_path, filled=False) as fleet:
        store = the_store(fleet)
        import_clients(store, read_clients_file(fleet.folder / "simulator" / "pcs.csv"))
        fleet.inventory_of_the_store()
        fleet.audit_without_ansible()
        (tmp_path / "campaign.yml").write_text((ROOT / "demo" / "campaign.yml").read_text())
        load_campaign(store, read_campaign(tmp_path / "campaign.yml"), "campaign.yml")
        store.close()
        yield fleet


def the_store(fleet: VirtualFleet) -> Store:
    return open_store(f"sqlite:///{fleet.folder / 'home' / 'store.db'}")


def job(fleet: VirtualFleet, name: str, forks: int = 10) -> subprocess.Popen[bytes]:
    """A job of AWX: the project, its inventory, variables and environment, as ansible-runner gets them."""
    data = fleet.folder / name
    (data / "env").mkdir(parents=True)
    variables = {"target": WAVES, "ansible_winrm_read_timeout_sec": 4, "ansible_winrm_operation_timeout_sec": 3}
    (data / "env" / "extravars").write_text(json.dumps(variables))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NOTESFLEET_", "ANSIBLE_"))}
    environment = kept | {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
        "ANSIBLE_HOME": str(fleet.folder / "ansible"),
        "ANSIBLE_FORKS": str(forks),
        "LC_ALL": "C.UTF-8",
        "NOTESFLEET_HOME": str(fleet.folder / "home"),
        "NOTESFLEET_CLOCK": str(fleet.folder / "simulator" / "clock"),
        "NOTESFLEET_SIMULATOR": str(fleet.folder / "simulator"),
    }
    command = [str(PROGRAMS / "ansible-runner"), "run", str(data), "--ident", "1", "--project-dir", str(ROOT)]
    command += ["-p", "playbooks/migrate.yml", "--inventory", str(ROOT / "inventories" / "demo"), "--quiet"]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)


def events(fleet: VirtualFleet, name: str) -> list[dict[str, Any]]:
    """The job's events, in their order."""
    folder = fleet.folder / name / "artifacts" / "1" / "job_events"
    found = [json.loads(path.read_text()) for path in folder.glob("*.json") if "partial" not in path.name]
    return sorted(found, key=lambda event: event["counter"])


def test_a_jobs_results_are_all_in_the_store_and_its_events_are_complete(fleet: VirtualFleet) -> None:
    with job(fleet, "whole") as process:
        assert process.wait(240) == 0
    assert (fleet.folder / "whole" / "artifacts" / "1" / "rc").read_text() == "0"
    said = events(fleet, "whole")
    assert [event["counter"] for event in said] == list(range(1, len(said) + 1))
    assert said[-1]["event"] == "playbook_on_stats"
    told = Counter(
        (event["event_data"]["host"], event["event_data"]["task"])
        for event in said
        if event["event"] in ("runner_on_ok", "runner_on_failed")
        and event["event_data"]["task_action"].startswith("notesfleet.client.order")
    )
    store = the_store(fleet)
    with store.snapshot() as connection:
        ended = connection.execute(sa.select(runs.c.ended).order_by(runs.c.started.desc())).scalars().first()
        rows = connection.execute(sa.select(results.c.host, results.c.task, results.c.action)).all()
    store.close()
    assert ended
    kept = Counter((row.host, row.task.split(" : ")[-1]) for row in rows if row.action == "notesfleet.client.order")
    assert len(kept) > 30
    assert told == kept


def test_a_job_killed_in_the_middle_is_not_ended_loses_nothing_and_the_next_goes_on(fleet: VirtualFleet) -> None:
    audits = len(fleet.spooled("sent"))
    with job(fleet, "killed", forks=2) as process:
        wait_for(lambda: len(fleet.spooled("sent")) >= audits + 5)
        kill_all(process.pid)
        process.wait(30)
    wait_for(lambda: not workers_of(fleet))
    lying = orders_on_pcs(fleet)
    assert 0 < len(lying) < 3 * 12

    with job(fleet, "next") as process:
        assert process.wait(240) == 0

    store = the_store(fleet)
    with store.snapshot() as connection:
        ends = connection.execute(sa.select(runs.c.ended).where(runs.c.playbook == "migrate.yml").order_by(runs.c.id))
        ended = [bool(each) for each in ends.scalars()]
        known = set(connection.execute(sa.select(orders.c.id)).scalars())
    assert ended == [False, True]
    assert lying <= known
    assert orders_on_pcs(fleet) <= known
    standings = {each.client: each for each in read_standings(store) if each.client}
    store.close()
    assert not [name for name, each in standings.items() if str(each.state) in ("waiting", "failed")]
    assert len([pc for pc in fleet.model.state.pcs if pc.harms]) == 0


def orders_on_pcs(fleet: VirtualFleet) -> set[str]:
    """The migration's orders that the wire brought to PCs."""
    files = [file for pc in fleet.model.state.pcs for file in pc.files if re.search(ORDER_FILE, file.path)]
    staged = {Path(file.path.replace("\\", "/")).stem: json.loads(base64.b64decode(file.base64)) for file in files}
    return {order for order, text in staged.items() if text["step"] != "audit"}


def wait_for(holds: Any, within: float = 90) -> None:
    limit = time.monotonic() + within
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def kill_all(pid: int) -> None:
    """The runner and the ansible-playbook that it started; its workers are sessions of their own."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        os.kill(each, signal.SIGKILL)


def workers_of(fleet: VirtualFleet) -> list[str]:
    """Command lines of processes that still work for this fleet's home."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            said = (path / "environ").read_bytes()
            if str(fleet.folder / "home").encode() in said and int(path.name) != os.getpid():
                found.append((path / "cmdline").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return found
