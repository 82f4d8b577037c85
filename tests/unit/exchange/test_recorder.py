from __future__ import annotations

from pathlib import Path

import pytest
from stores import new_store, store_variables

from notesfleet.exchange.recorder import Recorder
from notesfleet.store.connection import Store
from notesfleet.store.runs import read_run, read_runs
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


@pytest.mark.usefixtures("database")
def test_a_killed_run_is_known_as_not_ended_and_the_next_run_brings_in_what_it_left(home: Path) -> None:
    store = new_store(home)
    killed = Recorder("migrate.yml", check=False)
    assert [run.ended for run in read_runs(store)] == [None]
    killed.result(host="pc1~jdupont", task="t", action="a", status="ok", msg="")

    following = Recorder("migrate.yml", check=False)

    assert [run.ended for run in read_runs(store)] == [None, None]
    assert killed.spool is not None
    assert hosts_of(store, killed.spool.run) == ["pc1~jdupont"]
    killed.result(host="pc2~jdupont", task="t", action="a", status="ok", msg="a worker that outlived its run")
    assert following.end({}) == []
    assert Recorder("migrate.yml", check=False).problem == ""
    assert hosts_of(store, killed.spool.run) == ["pc1~jdupont", "pc2~jdupont"]
    store.close()


def hosts_of(store: Store, run: str) -> list[str]:
    [record] = [each for each in read_runs(store) if each.id == run]
    return [each.host for each in read_run(store, record).results]


@pytest.mark.usefixtures("database")
def test_a_file_that_is_no_spool_stops_no_run_and_is_named(home: Path) -> None:
    new_store(home).close()
    (home / "spool").mkdir()
    (home / "spool" / "notes.jsonl").write_text("not a record\n")
    recorder = Recorder("migrate.yml", check=False)
    assert recorder.problem == ""
    [sentence] = recorder.end({})
    assert "notes.jsonl: no line of it is a record of a spool" in sentence


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
