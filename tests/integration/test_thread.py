"""The thread: the shipped runner and the Python engine bring the same sixteen clients to the same end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from migration import ALL, audit_and_load, bring_in_the_rest, end_state, hosts, migrate_waves, order_ids
from powershell import powershell_program
from stage import Stage

from notesfleet.simulator.model.comparison import differences
from notesfleet.simulator.state import World

ROOT = Path(__file__).resolve().parent.parent.parent
ABSENT = ["pc-0108", "pc-0204", "pc-0207~elang"]


@dataclass(frozen=True)
class Migrated:
    """What all PCs are after audit, wave, night and collection by the real playbooks."""

    world: World
    orders: dict[str, dict[str, str]]


@contextmanager
def migrated(engine: str, folder: Path) -> Iterator[tuple[Stage, Migrated]]:
    with Stage(ROOT, folder, engine, seed=1, clients=16) as stage:
        audit_and_load(stage)
        migrate_waves(stage)
        assert [name for name, state in stage.states().items() if state == "absent"] == ABSENT
        bring_in_the_rest(stage)
        states = list(stage.states().values())
        assert (states.count("done"), states.count("absent")) == (14, 2)
        world = end_state(stage)
        assert [pc.name for pc in world.pcs if pc.harms] == []
        yield stage, Migrated(world, order_ids(stage))


@pytest.fixture(scope="module")
def by_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Migrated]]:
    with migrated("python", tmp_path_factory.mktemp("thread") / "python") as ended:
        yield ended


@pytest.mark.timeout(2400)
def test_the_shipped_runner_leaves_what_the_python_engine_leaves(
    by_python: tuple[Stage, Migrated], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTESFLEET_POWERSHELL", powershell_program())
    with migrated("powershell", tmp_path / "powershell") as (_, by_powershell):
        assert differences(by_python[1].world, by_powershell.world) == []
        assert by_python[1].orders == by_powershell.orders


def test_an_order_keeps_its_id_after_a_later_audit_and_sent_again_changes_nothing(
    by_python: tuple[Stage, Migrated],
) -> None:
    stage, ended = by_python
    assert sum(len(each) for each in ended.orders.values()) == 14 * 3

    stage.playbook("audit", f"target={ALL}", "depth=inside")
    again = stage.playbook("migrate", f"target={ALL}")

    assert (again.changed, again.failed, again.unreachable) == (0, 0, 0)
    assert order_ids(stage) == ended.orders


def test_an_audit_from_outside_installs_and_writes_nothing_on_any_pc(tmp_path: Path) -> None:
    with Stage(ROOT, tmp_path / "outside", "python", seed=1, clients=16) as stage:
        stage.notesfleet("store", "init")
        stage.notesfleet("clients", "import", str(stage.pcs))
        before = stage.output("simulate", "state")

        stage.playbook("audit", "target=unaudited", "depth=outside")

        assert stage.output("simulate", "state") == before
        assert len([each for each in hosts(stage) if "~" in each]) == 14
