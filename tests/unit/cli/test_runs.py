"""Runs and the store as an administrator looks at them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import Cli
from stores import CLIENT, add_client, add_order, add_pc, add_run, new_store, store_address

from notesfleet.store.imports import import_spool
from notesfleet.store.spool import Spool

pytestmark = pytest.mark.usefixtures("database")

AT, ENDED = "2026-11-26T08:00:00Z", "2026-11-26T08:01:05Z"
HOSTS = [f"pc{number}~a" for number in range(1, 8)]
ORDER = "notesfleet.client.order"
RESULTS = [
    ("localhost", "ansible.builtin.assert", "ok", ""),
    ("pc2~a", "notesfleet.client.probe", "ok", "6 of 7 hosts are there"),
    ("pc2~a", ORDER, "changed", "enable_local_replica: done"),
    ("pc2~a", ORDER, "ok", "switch_server: pending, would_ask_password: Notes is closed and ..."),
    ("pc3~a", ORDER, "changed", "enable_local_replica: done"),
    ("pc4~a", ORDER, "failed", "enable_local_replica: failed: replica.ensure (action 3): refused: \x1b[2Jit is there"),
    ("pc5~a", ORDER, "held", "held: the brake of this run is set (/x)"),
    ("pc6~a", ORDER, "failed", "it was rescued"),
    ("pc6~a", ORDER, "ok", "switch_server: done"),
]
GOOD, BAD = {"changed": 0, "failures": 0, "unreachable": 0}, {"changed": 0, "failures": 1, "unreachable": 0}
STATS = dict.fromkeys(HOSTS, GOOD) | {"pc2~a": GOOD | {"changed": 1}, "pc3~a": GOOD | {"changed": 1}, "pc4~a": BAD}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    (tmp_path / "home").mkdir()
    store = new_store(tmp_path / "home")
    for name in ("20261126T080000Z-1-aaa", "20261126T080000Z-2-bbb"):
        spool = Spool(name, tmp_path / f"{name}.jsonl")
        spool.append("run", id=name, playbook="migrate.yml", started=AT, check=False, controller="me@here")
        spool.append("play", name="Check the target", hosts=["localhost"])
        spool.append("play", name="Migrate", hosts=HOSTS)
        spool.append("absent", host="pc1~a", pc="PC1", at=AT, why="does not answer in time")
        for host, action, status, msg in RESULTS:
            spool.append("result", host=host, task="Do", action=action, at=AT, status=status, msg=msg)
        if name.endswith("aaa"):
            spool.append("end", at=ENDED, stats=STATS)
        import_spool(store, spool.path)
    store.close()
    return Cli(tmp_path)


def test_runs_are_a_table_with_sums_and_zone(cli: Cli) -> None:
    title, first, second = cli("runs", "list").stdout.splitlines()
    assert title.split() == ["run", "playbook", "started", "ended", "hosts", "changed", "failed"]
    assert first.split() == [
        *("20261126T080000Z-1-aaa", "migrate.yml", "2026-11-26", "08:00", "UTC", "2026-11-26", "08:01", "UTC"),
        *("7", "2", "1"),
    ]
    assert second.split()[5:] == ["not", "ended", "7"]
    assert "exécution" in cli("runs", "list", "--lang", "fr").stdout
    assert [run["hosts"] for run in json.loads(cli("runs", "list", "--json").stdout)] == [7, 7]


def test_of_many_runs_the_newest_are_shown(cli: Cli) -> None:
    from notesfleet.store.connection import open_store

    store = open_store(store_address(cli.folder / "home"))
    for number in range(40):
        add_run(store, f"r{number:02}")
    store.close()
    lines = cli("runs", "list").stdout.splitlines()
    assert len(lines) == 1 + 30 + 1
    assert "--all" in lines[-1]
    assert len(cli("runs", "list", "--all").stdout.splitlines()) == 1 + 42


def test_an_empty_store_says_what_makes_a_run(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    cli("store", "init")
    assert "playbooks/audit.yml" in cli("runs", "list").stdout


def test_a_run_is_shown_with_every_host_once_and_by_cause(cli: Cli) -> None:
    text = cli("runs", "show", "20261126t080000z-1").stdout
    assert "7 hosts, 1:05: done 2 (changed 1), pending 1, held 1, absent 1, failed 1, not begun 1" in text
    assert "  pending 1: Notes is closed and its ID would ask for a password (pc2~a)" in text
    assert "pc4~a  failed" in text
    assert "pc7~a  not begun" in text
    assert "pc3~a" not in text.rsplit("host ", 1)[1]
    assert "\x1b" not in text
    assert "Notes est fermé" in cli("runs", "show", "20261126T080000Z-1", "--lang", "fr").stdout


def test_a_run_for_programs_has_every_host(cli: Cli) -> None:
    found = json.loads(cli("runs", "show", "20261126T080000Z-1-aaa", "--json").stdout)
    status = {each["host"]: each["status"] for each in found["by_host"]}
    assert status == {
        **{"pc1~a": "absent", "pc2~a": "pending", "pc3~a": "changed", "pc4~a": "failed"},
        **{"pc5~a": "held", "pc6~a": "done", "pc7~a": "not_begun"},
    }
    assert sum(found["counts"].values()) == len(HOSTS)
    assert [len(play["hosts"]) for play in found["plays"]] == [1, 7]
    assert next(each["cause"] for each in found["by_host"] if each["host"] == "pc4~a") == "refused"


def test_a_run_that_did_not_end_says_so(cli: Cli) -> None:
    text = cli("runs", "show", "20261126T080000Z-2").stdout
    assert "2026-11-26 08:00 UTC - not ended" in text
    # Nobody has summed it up, so what failed counts as failed.
    assert "failed 2" in text


@pytest.mark.parametrize(
    ("beginning", "said"),
    [("2026", "several runs begin with '2026'"), ("x", "`notesfleet runs list`"), (" ", "no run")],
)
def test_an_id_that_is_none_is_refused(cli: Cli, beginning: str, said: str) -> None:
    assert said in cli.refused("runs", "show", beginning)


def test_a_store_says_what_is_in_it(tmp_path: Path, database: str) -> None:
    (tmp_path / "home").mkdir()
    store = new_store(tmp_path / "home")
    add_pc(store)
    add_client(store)
    add_run(store)
    add_order(store, "switch_server", "done")
    store.close()
    cli = Cli(tmp_path)
    said = json.loads(cli("store", "info", "--json").stdout)
    assert (said["pcs"], said["clients"], said["orders"], said["runs"]) == (1, 1, {"done": 1}, 1)
    assert said["bytes"] > 1000
    text = cli("store", "info").stdout
    for words in (database, "revision", "1 (done 1)"):
        assert words in text
    assert re.search(r"\d [kM]B", text)
    assert CLIENT not in text


def test_a_password_of_the_store_is_not_shown(tmp_path: Path) -> None:
    lines = Cli(tmp_path).refused("store", "info", NOTESFLEET_STORE="postgresql+psycopg://me:secret@127.0.0.1:1/none")
    assert "secret" not in lines
