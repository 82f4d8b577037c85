"""A run's spool becomes orders, reports and absences: once, however often and however cut it is imported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from recorded import AT, DONE, LATER, ORDER, OTHER, OTHER_SID, PENDING, Run, journal_of, order_of
from stores import CLIENT, SID, add_client, add_pc, new_store

from notesfleet.canonical import sha256_hex
from notesfleet.errors import InputError
from notesfleet.orders.model import Staging
from notesfleet.store.connection import Store
from notesfleet.store.imports import import_folder, import_spool
from notesfleet.store.runs import read_runs
from notesfleet.store.tables import metadata, orders, pcs, reports

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    add_pc(opened)
    add_client(opened)
    add_client(opened, OTHER, OTHER_SID)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Run:
    return Run(store, tmp_path)


def _states(store: Store) -> dict[str, tuple[str, str | None]]:
    with store.transaction() as connection:
        return {row.id: (row.state, row.reason) for row in connection.execute(sa.select(orders))}


def _everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.transaction() as connection:
        return {
            table.name: sorted(tuple(map(str, row)) for row in connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
        }


def _whole(run: Run) -> None:
    run.spool.append("play", name="migrate", hosts=[CLIENT, OTHER])
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): journal_of(ORDER, *DONE)})
    run.spool.append("absent", host="pc9~x", pc="pc9", at=AT, why="does not answer on port 5986")
    run.spool.append("aside", host=OTHER, pc="pc1", at=AT, why="not JSON", document={"x": 1})
    run.spool.append("result", host=CLIENT, task="t", action="order", at=AT, status="ok", msg="done")
    run.spool.append("end", at=AT, stats={CLIENT: {"ok": 1, "changed": 0, "failures": 0, "unreachable": 0}})


def test_a_done_order_has_its_report(store: Store, run: Run) -> None:
    _whole(run)
    run.imported()
    assert _states(store) == {ORDER.id: ("done", None)}
    with store.transaction() as connection:
        report = connection.execute(sa.select(reports.c.document)).scalar_one()
    assert (report["order"], report["state"], report["actions"][0]["status"]) == (ORDER.id, "done", "same")
    (known,) = read_runs(store)
    assert (known.playbook, known.ended, known.stats[CLIENT]["ok"]) == ("migrate.yml", AT, 1)


@pytest.mark.parametrize("attempt", ["1000000000000", "1e400"])
def test_an_attempt_that_no_database_has_room_for_is_put_aside(store: Store, run: Run, attempt: str) -> None:
    first = journal_of(ORDER)
    text = f'{{"attempt":{attempt},"k":"retry","t":"{AT}"}}'
    digits = sha256_hex(first[:16] + text.encode())[:16]
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): first + f"{digits} {text}\n".encode()})
    assert len(run.imported().asides) == 1
    assert _states(store) == {ORDER.id: ("staged", None)}


def test_imported_again_nothing_changes(store: Store, run: Run) -> None:
    _whole(run)
    assert run.imported().records == 8
    before = _everything(store)
    assert run.imported().records == 0
    assert _everything(store) == before


def test_imported_at_every_cut_it_ends_the_same(store: Store, run: Run, tmp_path: Path) -> None:
    _whole(run)
    data = run.spool.path.read_bytes()
    for cut in range(0, len(data), 97):
        run.spool.path.write_bytes(data[:cut])
        run.imported()
    run.spool.path.write_bytes(data)
    run.imported()
    cut_up = _everything(store)
    (tmp_path / "fresh").mkdir()
    fresh = new_store(tmp_path / "fresh")
    add_pc(fresh)
    add_client(fresh)
    add_client(fresh, OTHER, OTHER_SID)
    import_spool(fresh, run.spool.path, tmp_path / "aside")
    assert _everything(fresh) == cut_up
    fresh.close()


def test_an_import_that_fails_keeps_nothing_and_can_be_repeated(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _whole(run)
    before = _everything(store)
    from notesfleet.store import imports

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "_absent", cut)
    with pytest.raises(KeyboardInterrupt):
        run.imported()
    assert _everything(store) == before
    monkeypatch.undo()
    run.imported()
    assert _states(store) == {ORDER.id: ("done", None)}


def test_a_damaged_line_is_named_and_the_rest_is_taken(store: Store, run: Run) -> None:
    _whole(run)
    data = run.spool.path.read_bytes().replace(b'"why":"not JSON"', b'"why":"not json"')
    run.spool.path.write_bytes(data)
    imported = run.imported()
    assert len(imported.refused) == 1
    assert "is damaged and was not used" in imported.refused[0]
    assert _states(store) == {ORDER.id: ("done", None)}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda data: data.replace(b'"same":1', b'"same":2'), "does not fit"),
        (lambda data: journal_of(order_of(step="other"), *DONE), "is that of order"),
        (lambda data: journal_of(ORDER, {"k": "ended", "a": 7, "same": 0}), "does not fit the order"),
        (lambda data: b"\xff" * 5_000_000, "more than 4194304 bytes"),
    ],
    ids=["damaged", "of another order", "of an action that the order has not", "too large"],
)
def test_a_journal_that_cannot_be_trusted_fails_its_client_alone(
    store: Store, run: Run, damage: Any, why: str, tmp_path: Path
) -> None:
    other = order_of(OTHER, OTHER_SID)
    run.sent(ORDER, other)
    journals = {(SID, ORDER.id): damage(journal_of(ORDER, *DONE)), (OTHER_SID, other.id): journal_of(other, *DONE)}
    run.answer(journals)
    imported = run.imported()
    assert _states(store) == {ORDER.id: ("staged", None), other.id: ("done", None)}
    (sentence,) = imported.asides
    assert sentence.startswith(f"{CLIENT}: ")
    assert why in sentence
    (kept,) = (tmp_path / "aside").iterdir()
    assert json.loads(kept.read_text())["id"] == ORDER.id


def test_a_journal_cut_anywhere_is_never_taken_for_more_than_it_says(store: Store, tmp_path: Path) -> None:
    data = journal_of(ORDER, *DONE)
    for cut in range(0, len(data), 41):
        run = Run(store, tmp_path, f"cut{cut}")
        run.sent(ORDER)
        run.answer({(SID, ORDER.id): data[:cut]})
        run.imported()
        assert _states(store)[ORDER.id][0] in ("staged", "running")
    run = Run(store, tmp_path, "whole")
    run.answer({(SID, ORDER.id): data})
    run.imported()
    assert _states(store) == {ORDER.id: ("done", None)}


def test_one_clients_order_in_anothers_answer_is_put_aside(store: Store, run: Run) -> None:
    run.sent(ORDER)
    run.answer({(OTHER_SID, ORDER.id): journal_of(ORDER, *DONE)})
    (sentence,) = run.imported().asides
    assert sentence.startswith(f"{OTHER}: order {ORDER.id} was not issued to this client")
    assert _states(store) == {ORDER.id: ("staged", None)}


def test_an_order_of_the_profile_that_had_this_name_before_is_put_aside(store: Store, run: Run) -> None:
    run.sent(ORDER)
    run.answer({(OTHER_SID, ORDER.id): journal_of(ORDER, *DONE)}, names={OTHER_SID: CLIENT})
    assert "was not issued" in run.imported().asides[0]


def test_an_order_that_was_never_sent_is_put_aside(store: Store, run: Run) -> None:
    run.answer({(SID, ORDER.id): journal_of(ORDER, *DONE)})
    assert "was not issued" in run.imported().asides[0]
    assert _states(store) == {}


def test_an_order_whose_text_is_not_its_ids_is_put_aside(store: Store, run: Run) -> None:
    staging = Staging(ini="x").content
    listed = [{"client": CLIENT, "id": "0" * 32, "text": ORDER.text, "staging": staging}]
    run.spool.append("sent", host=CLIENT, pc="pc1", at=AT, orders=listed)
    assert "is not that order" in run.imported().asides[0]


@pytest.mark.parametrize("answer", ["text", None, [], {"clients": []}, {"runner": "x", "time": AT}])
def test_an_answer_of_another_form_is_put_aside(store: Store, run: Run, answer: Any) -> None:
    run.spool.append("answer", host=CLIENT, pc="pc1", at=AT, clients={}, answer=answer)
    assert run.imported().asides[0].startswith(f"{CLIENT}: ")


def test_a_done_order_does_not_move_backwards(store: Store, run: Run) -> None:
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): journal_of(ORDER, *DONE)})
    run.answer({(SID, ORDER.id): journal_of(ORDER, PENDING)}, at=LATER)
    run.answer({(SID, ORDER.id): b""}, at=LATER)
    assert len(run.imported().asides) == 1
    assert _states(store) == {ORDER.id: ("done", None)}


def test_a_failed_order_goes_on_with_a_higher_attempt(store: Store, run: Run) -> None:
    failed = (
        {"k": "failing", "a": None, "p": None, "code": "other_identity", "text": ""},
        {"k": "finished", "state": "failed", "left": []},
    )
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): journal_of(ORDER, *failed)})
    run.imported()
    assert _states(store) == {ORDER.id: ("failed", "other_identity")}
    run.sent(ORDER, attempt=2)
    run.answer({(SID, ORDER.id): journal_of(ORDER, *failed, {"k": "retry", "attempt": 2}, *DONE)}, at=LATER)
    run.imported()
    assert _states(store) == {ORDER.id: ("done", None)}


def test_where_nobody_is_logged_on_the_order_waits_for_its_user(store: Store, run: Run) -> None:
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): b""}, logged_on=False)
    run.imported()
    assert _states(store) == {ORDER.id: ("pending", "nobody_logged_on")}


def test_an_absence_lasts_until_the_pc_answers(store: Store, run: Run) -> None:
    run.sent(ORDER)
    run.spool.append("absent", host=CLIENT, pc="pc1", at=AT, why="does not answer")
    run.imported()
    assert _pc(store) == (None, AT)
    run.answer({(SID, ORDER.id): journal_of()}, at=LATER)
    run.imported()
    assert _pc(store) == (LATER, None)


def test_an_older_run_imported_late_does_not_make_a_pc_absent_again(store: Store, run: Run, tmp_path: Path) -> None:
    run.sent(ORDER)
    run.answer({(SID, ORDER.id): journal_of()}, at=LATER)
    run.imported()
    old = Run(store, tmp_path, "r0")
    old.spool.append("absent", host=CLIENT, pc="pc1", at=AT, why="does not answer")
    old.imported()
    assert _pc(store) == (LATER, None)


def _pc(store: Store) -> tuple[str | None, str | None]:
    with store.transaction() as connection:
        row = connection.execute(sa.select(pcs).where(pcs.c.name == "pc1")).one()
    return row.answered_at, row.absent_at


def test_a_file_that_is_no_spool_is_refused_and_leaves_no_run(store: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(InputError, match=r"notes\.jsonl"):
        import_spool(store, tmp_path / "notes.jsonl", tmp_path / "aside")
    assert read_runs(store) == []


def test_all_spools_of_a_folder_are_imported(store: Store, tmp_path: Path) -> None:
    for name in ("a", "b"):
        Run(store, tmp_path, name)
    assert [each.run for each in import_folder(store, tmp_path, tmp_path / "aside")] == ["a", "b"]
