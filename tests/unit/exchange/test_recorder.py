from __future__ import annotations

from pathlib import Path

import pytest
from stores import new_store, store_variables

from notesfleet.exchange.recorder import Recorder
from notesfleet.store.runs import read_runs
from notesfleet.store.spool import RUN_ERROR, read_spool


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOTESFLEET_HOME", str(tmp_path))
    monkeypatch.delenv("NOTESFLEET_STORE", raising=False)
    for name, value in store_variables(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.mark.usefixtures("database")
def test_a_run_is_spooled_and_at_its_end_in_the_store(home: Path) -> None:
    store = new_store(home)
    recorder = Recorder("migrate.yml", check=False)
    recorder.play("Migrate", ["pc1~jdupont"])
    recorder.result(host="pc1~jdupont", task="t", action="a", status="ok", msg="two\nlines")
    assert recorder.end({"pc1~jdupont": {"ok": 1}}) == []
    assert recorder.spool is not None
    kinds = [record.kind for record in read_spool(recorder.spool.path).records]
    assert kinds == ["run", "play", "result", "end"]
    [run] = read_runs(store)
    assert (run.playbook, run.stats) == ("migrate.yml", {"pc1~jdupont": {"ok": 1}})
    store.close()


def test_without_a_store_there_is_no_record_and_the_workers_hear_why(home: Path) -> None:
    recorder = Recorder("migrate.yml", check=False)
    assert recorder.environment == {RUN_ERROR: recorder.problem}
    assert "make it with `notesfleet store init`" in recorder.problem
    recorder.play("Migrate", [])
    assert recorder.end({}) == []


def test_a_home_that_cannot_be_written_is_said_in_one_line(home: Path) -> None:
    new_store(home).close()
    (home / "spool").write_text("in the way")
    problem = Recorder("migrate.yml", check=False).problem
    assert str(home / "spool") in problem
    assert "\n" not in problem


def test_a_store_that_is_lost_during_the_run_costs_a_line(home: Path) -> None:
    new_store(home).close()
    recorder = Recorder("migrate.yml", check=False)
    (home / "store.db").unlink()
    [sentence] = recorder.end({})
    assert "import it with `notesfleet store import-spool" in sentence
