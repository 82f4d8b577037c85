"""Clients set aside and let in by hand, as an administrator meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Cli
from stores import CLIENT, add_client, add_pc, add_target, new_store

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    (tmp_path / "home").mkdir()
    store = new_store(tmp_path / "home")
    add_pc(store)
    add_client(store)
    add_target(store)
    store.close()
    return Cli(tmp_path)


def test_a_client_is_excluded_and_included_with_a_reason(cli: Cli) -> None:
    done = cli("exclude", CLIENT, "--reason", "on leave", "--until", "2999-12-24")
    assert (done.returncode, done.stdout) == (0, f"{CLIENT} is excluded until 2999-12-24: on leave\n")
    assert '"state_excluded"' in cli("inventory").stdout
    done = cli("include", CLIENT, "--reason", "back")
    assert (done.returncode, done.stdout) == (0, f"{CLIENT} is let in; ended: by hand: on leave\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exclude", "pc1~jdupon", "--reason", "x"], "did you mean pc1~jdupont?"),
        (["exclude", "nobody", "--reason", "x"], "`notesfleet report` lists all"),
        (["exclude", CLIENT, "--reason", "  "], "--reason: one sentence"),
        (["exclude", CLIENT, "--reason", "a\x1bb"], "--reason: one sentence"),
        (["exclude", CLIENT, "--reason", "x", "--until", "24.12.2026"], "is no day such as 2026-12-24"),
        (["exclude", CLIENT], "Missing option '--reason'"),
        (["include", CLIENT, "--reason", "x"], "is not excluded"),
    ],
)
def test_a_mistake_is_one_line_and_sets_nobody_aside(cli: Cli, words: list[str], said: str) -> None:
    assert said in cli.refused(*words)
    assert "on leave" not in cli("inventory").stdout
