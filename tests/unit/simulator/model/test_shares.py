"""What PCs see by UNC paths, and who may look."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesfleet.errors import ActionFailure
from notesfleet.simulator.company import one_client
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams
from notesfleet.simulator.model.shares import NETLOGON
from notesfleet.simulator.model.world import ModelWorld

NAME = "PC-0001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    share = tmp_path / "netlogon"
    (share / "Notes").mkdir(parents=True)
    (share / "Notes" / "C.stop").write_bytes(b"stopped")
    (tmp_path / "outside").write_bytes(b"secret")
    return share


@pytest.fixture
def world(folder: Path) -> ModelWorld:
    made = ModelWorld(one_client())
    made.mount(NETLOGON, folder)
    return made


def runner(world: ModelWorld) -> ModelRunnerSeams:
    return world.runner_seams(NAME, world.state.pcs[0].clients[0].sid, 0)


def test_a_runner_reads_a_share_as_windows_does(world: ModelWorld) -> None:
    seams = runner(world)
    assert seams.get_client_file(f"{NETLOGON}\\Notes\\C.stop", 4) == b"stop"
    assert seams.get_client_file(r"\\ACME.EXAMPLE\NetLogon/notes\c.STOP", 100) == b"stopped"
    for missing in ("Notes\\d.stop", "Elsewhere\\C.stop", "Notes", "..\\outside"):
        assert seams.get_client_file(f"{NETLOGON}\\{missing}", 4) is None


def test_a_share_that_cannot_be_reached_is_not_one_without_the_file(world: ModelWorld, folder: Path) -> None:
    seams, path = runner(world), f"{NETLOGON}\\Notes\\C.stop"
    with pytest.raises(ActionFailure, match="runner_error"):
        seams.get_client_file(r"\\elsewhere\share\C.stop", 1)
    world.state.pcs[0].shares = False
    with pytest.raises(ActionFailure, match="runner_error"):
        seams.get_client_file(path, 1)
    world.state.pcs[0].shares = True
    folder.rename(folder.with_name("gone"))
    with pytest.raises(ActionFailure, match="runner_error"):
        seams.get_client_file(path, 1)


def test_users_do_not_write_there(world: ModelWorld, folder: Path) -> None:
    with pytest.raises(ActionFailure, match="no_rights"):
        runner(world).set_client_file(f"{NETLOGON}\\Notes\\C.stop", b"")
    assert (folder / "Notes" / "C.stop").read_bytes() == b"stopped"


def test_session_0_never_reads_a_share_and_where_it_does_that_is_a_harm(world: ModelWorld) -> None:
    assert world.system_seams(NAME).get_client_file(f"{NETLOGON}\\Notes\\C.stop", 1) is None
    assert world.state.pcs[0].harms == [f"session 0 read {NETLOGON}\\Notes\\C.stop"]
