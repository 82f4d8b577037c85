"""What SQLite and PostgreSQL would do differently by themselves is the same in a store: values, order, who writes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from command_line import Cli
from recorded import AT, DONE, ORDER, Run, journal_of
from stores import SID, add_client, add_pc, add_run, new_store, store_variables

from notesfleet.errors import InputError, StoreError
from notesfleet.store import databases
from notesfleet.store.connection import Store
from notesfleet.store.exclusions import exclude
from notesfleet.store.standing import read_standings
from notesfleet.store.tables import absences, orders, pcs, reports, results, runs

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = new_store(home)
    yield opened
    opened.close()


def _one(store: Store, *columns: sa.ColumnElement[Any]) -> Any:
    with store.snapshot() as connection:
        row = connection.execute(sa.select(*columns)).one()
    return row[0] if len(row) == 1 else tuple(row)


def test_a_nul_in_a_text_is_shown_as_such_and_keeps_no_run_out(store: Store, tmp_path: Path) -> None:
    run = Run(store, tmp_path)
    run.spool.append("absent", host="pc9", pc="pc9", at=AT, why="a\0b")
    run.spool.append("end", at=AT, stats={"pc9": {"why": "c\0d"}})
    assert run.imported().refused == []
    assert _one(store, absences.c.why) == "a\N{REPLACEMENT CHARACTER}b"
    assert _one(store, runs.c.stats) == {"pc9": {"why": "c\0d"}}


def test_a_number_that_json_does_not_have_is_null(store: Store, tmp_path: Path) -> None:
    run = Run(store, tmp_path)
    run.spool.append("end", at=AT, stats={"pc9": [math.inf, math.nan, 1.5]})
    assert run.imported().refused == []
    assert _one(store, runs.c.stats) == {"pc9": [None, None, 1.5]}


def test_long_names_and_large_spools_have_room(store: Store) -> None:
    add_run(store)
    row = {"run": "r1", "host": "h" * 5000, "task": "t", "action": "a", "at": AT, "status": "s" * 100, "msg": ""}
    with store.transaction() as connection:
        connection.execute(sa.insert(results).values(position=1 << 40, **row))
        connection.execute(sa.update(runs).values(imported=1 << 41))
    assert _one(store, results.c.position, results.c.host) == (1 << 40, "h" * 5000)
    assert _one(store, runs.c.imported) == 1 << 41


def test_texts_sort_by_their_code_points_whatever_the_locale(store: Store) -> None:
    names = ["a b", "a-1", "a-b", "a.b", "a1", "a_1", "ab", "B", "ç", "z"]
    for name in names:
        add_pc(store, name)
    assert [each.pc for each in read_standings(store)] == sorted(names)


def test_who_is_not_known_hears_of_the_same_near_names(store: Store) -> None:
    add_pc(store)
    for number in range(7):
        add_client(store, f"pc1~j_{number}", f"{SID}{number}")
    add_client(store, "pc1~jx")
    with pytest.raises(InputError, match=r"did you mean pc1~j_0, pc1~j_1, pc1~j_2, pc1~j_3, pc1~j_4\?$"):
        exclude(store, "PC1~J_", reason="r", author="a")


def test_what_a_writer_has_read_is_still_so_when_it_writes(store: Store) -> None:
    def number_a_run(into: Store) -> None:
        with into.transaction() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(runs)).scalar_one()
            time.sleep(0.1)
            row = {"id": f"r{count}", "playbook": "", "started": "", "check": False, "controller": "", "imported": 0}
            connection.execute(sa.insert(runs).values(**row))

    threads = [threading.Thread(target=number_a_run, args=(store,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with store.snapshot() as connection:
        assert sorted(connection.execute(sa.select(runs.c.id)).scalars()) == ["r0", "r1", "r2"]


def test_a_reader_waits_for_no_writer_and_sees_one_moment(store: Store) -> None:
    count = sa.select(sa.func.count()).select_from(pcs)
    with store.snapshot() as reader:
        assert reader.execute(count).scalar_one() == 0
        with store.transaction() as writer:
            writer.execute(sa.insert(pcs).values(name="pc1", address="a", site="s"))
            with store.snapshot() as other:
                assert other.execute(count).scalar_one() == 0
        assert reader.execute(count).scalar_one() == 0
    assert len(read_standings(store)) == 1


def test_who_waits_too_long_for_another_writer_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 1)
    store = new_store(home)
    with (
        store.transaction(),
        pytest.raises(StoreError, match="something else has been writing to it for 1 s"),
        store.transaction(),
    ):
        pass
    store.close()


def test_processes_that_import_at_once_lose_and_double_nothing(store: Store, home: Path, tmp_path: Path) -> None:
    add_pc(store)
    add_client(store)
    spools = []
    for name in ("r1", "r2"):
        run = Run(store, tmp_path, name)
        run.sent(ORDER)
        run.answer({(SID, ORDER.id): journal_of(ORDER, *DONE)})
        for number in range(200):
            run.spool.append("result", host=f"h{number}", task="t", action="a", at=AT, status="ok", msg="")
        spools.append(run.spool.path)
    cli, at = Cli(tmp_path), store_variables(home)
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda path: cli.forked("store", "import-spool", str(path), **at), (*spools, *spools)))
    assert [each.stderr for each in ended] == [""] * 4
    said = [f"{run}: {count} new records\n" for run in ("r1", "r2") for count in (0, 203)]
    assert sorted(each.stdout for each in ended) == said
    with store.snapshot() as connection:
        counts = connection.execute(sa.select(results.c.run, sa.func.count()).group_by(results.c.run))
        assert sorted(map(tuple, counts)) == [("r1", 200), ("r2", 200)]
    assert (_one(store, orders.c.state), _one(store, reports.c.order)) == ("done", ORDER.id)
