"""`notesfleet stop` and what `campaign` says of a stop file."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Cli

pytestmark = pytest.mark.usefixtures("database")

CAMPAIGN = """\
schema: 1
name: consolidation
servers: [{from: CN=Old01/O=Acme, to: CN=New01/O=Acme}]
waves: [{name: pilot, date: 2026-11-30, sites: [Lyon]}]
"""
PC = "\\\\acme.example\\netlogon\\c.stop"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    ready = Cli(tmp_path)
    assert ready("store", "init").returncode == 0
    (tmp_path / "netlogon").mkdir()
    stop_file = f"stop_file: {{pc: '{PC}', write: '{tmp_path}/netlogon/c.stop'}}\n"
    (tmp_path / "campaign.yml").write_text(CAMPAIGN + stop_file)
    (tmp_path / "bare.yml").write_text(CAMPAIGN)
    (tmp_path / "unwritten.yml").write_text(CAMPAIGN + f"stop_file: {{pc: '{PC}'}}\n")
    loaded = ready("campaign", "load", "campaign.yml")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    return ready


def test_stop_and_lift(cli: Cli) -> None:
    path = cli.folder / "netlogon" / "c.stop"
    stopped = cli("stop", "consolidation", "--reason", "mail03 is down")
    assert stopped.returncode == 0
    first, second = stopped.stdout.splitlines()
    assert first == f"consolidation is stopped: {path} is written, which PCs see as {PC}."
    assert second.startswith("0 open orders of it begin no further stage")
    assert path.read_text().endswith(": mail03 is down\n")
    again = cli("stop", "consolidation", "--reason", "once more")
    assert again.stdout.startswith("consolidation is stopped already, since 20")
    assert again.stdout.splitlines()[0].endswith(": mail03 is down")
    lifted = cli("stop", "consolidation", "--lift", "--reason", "it is up")
    assert lifted.returncode == 0
    assert lifted.stdout.startswith(f"consolidation goes on: {path} is removed. It was stopped since 20")
    assert not path.exists()
    nothing = cli("stop", "consolidation", "--lift", "--reason", "it is up")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr == "notesfleet: consolidation is not stopped, so there is nothing to lift\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stop", "consolidation"), "--reason"),
        (("stop", "consolidation", "--reason", " "), "one sentence of at most 500 printable characters"),
        (("stop", "other", "--reason", "r"), "there is no campaign other; there are consolidation"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(cli: Cli, words: tuple[str, ...], said: str) -> None:
    line = cli.refused(*words)
    assert said in line
    assert len(line.splitlines()) == 1
    assert list((cli.folder / "netlogon").iterdir()) == []


def test_a_campaign_that_cannot_be_stopped_is_warned_about_in_one_line(cli: Cli) -> None:
    for command in ("check", "load"):
        for file, said in (("bare.yml", "has no stop_file"), ("unwritten.yml", "has no `write`")):
            done = cli("campaign", command, file)
            assert done.returncode == 0, done.stderr
            (line,) = done.stderr.splitlines()
            assert line.startswith(f"notesfleet: warning: {file}: ")
            assert said in line
    assert cli("campaign", "check", "campaign.yml").stderr == ""


def test_a_campaign_that_is_stopped_is_not_loaded_with_another_file(cli: Cli) -> None:
    cli("stop", "consolidation", "--reason", "r")
    assert "lift that first" in cli.refused("campaign", "load", "bare.yml")
    assert cli("campaign", "load", "campaign.yml").returncode == 0
