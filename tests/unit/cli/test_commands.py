"""The command line as an administrator meets it: its own process, its exit code, its lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import MAIN, Cli
from typer.main import get_command

from notesfleet.cli.main import app

CAMPAIGN = """\
schema: 1
name: consolidation
servers: [{from: CN=Old01/O=Acme, to: CN=New01/O=Acme}]
waves: [{name: pilot, date: 2026-11-30, sites: [Lyon]}]
"""


def _all_commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every group and command, by its words."""
    yield words
    for name, each in getattr(command, "commands", {}).items():
        yield from _all_commands(each, (*words, name))


COMMANDS = list(_all_commands(get_command(app)))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def ready(cli: Cli) -> Cli:
    """With a store that has one PC."""
    assert cli("store", "init").returncode == 0
    (cli.folder / "pcs.csv").write_text("pc,address,site\nPC1,127.0.0.1,Lyon\n")
    assert cli("clients", "import", "pcs.csv").returncode == 0
    return cli


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "notesfleet")
def test_every_command_has_help_with_an_example(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words, "--help", COLUMNS="60")
    assert done.returncode == 0
    examples = [line.strip() for line in done.stdout.splitlines() if line.startswith("  Example: ")]
    assert examples, done.stdout
    (example,) = examples
    rest = example.removeprefix("Example: ").removeprefix("NOTESFLEET_HOME=/srv/notesfleet ")
    assert rest.startswith(" ".join(["notesfleet", *words])), "an example that is of another command, or broken"
    assert example.count('"') % 2 == 0


def test_there_are_many_commands() -> None:
    assert {("simulate", "advance"), ("client", "show"), ("stop",)} <= set(COMMANDS)


def test_ctrl_c_ends_a_command_without_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    assert cli("store", "init").returncode == 0
    monkeypatch.setattr("notesfleet.store.standing.read_standings", interrupted)
    done = cli("report")
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr


def test_ctrl_c_while_the_commands_are_loaded_is_quiet_too() -> None:
    program = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from notesfleet.cli.start import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_group_without_a_command_shows_its_help(cli: Cli) -> None:
    done = cli("runs")
    assert (done.returncode, done.stdout) == (2, "")
    assert "\nCommands:\n  list " in done.stderr


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    much = "import typer, notesfleet.cli.show as s; s.the_store = lambda: [typer.echo('x' * 100) for _ in range(9999)]"
    command = f'{sys.executable} -c "{much}; {MAIN}" inventory | head -1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("x" * 100 + "\n", "")


def test_a_table_that_nobody_reads_gets_no_complaint_of_python(cli: Cli) -> None:
    assert cli("store", "init").returncode == 0
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", MAIN, "audit", "list"]
    with open(writer, "w") as gone:
        done = subprocess.run(command, env=cli.environment({}), stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_help_loads_none_of_the_heavy_libraries() -> None:
    heavy = [
        "sqlalchemy",
        "alembic",
        "ruamel.yaml",
        "aiohttp",
        "jinja2",
        "rich",
        "vl_convert",
        "cel_expr_python",
        "django",
    ]
    program = (
        "import contextlib, sys\n"
        "from notesfleet.cli.main import app\n"
        f"for words in {COMMANDS!r}:\n"
        "    with contextlib.suppress(SystemExit): app([*words, '--help'])\n"
        f"print([name for name in {[*heavy, 'google.protobuf']!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("Example: ") == len(COMMANDS)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frobnicate"], "No such command"),
        (["runs", "lst"], "Did you mean 'list'?"),
        (["report", "--wavee", "x"], "--wave)"),
        (["simulate", "--client", "3"], "--clients"),
        (["report", "--format", "hmtl"], "'html'. Did you mean 'html'? (notesfleet report --help)"),
        (["report", "--wave"], "requires an argument"),
        (["report", "--format", "pdf"], "'pdf' is not one of"),
        (["clients", "import"], "Missing argument"),
    ],
)
def test_wrong_usage_is_one_line(cli: Cli, words: list[str], said: str) -> None:
    lines = cli.refused(*words)
    assert len(lines.splitlines()) == 1
    assert said in lines


@pytest.mark.parametrize(
    "words",
    [["report"], ["inventory"], ["runs", "list"], ["clients", "import", "x"], ["store", "migrate"]],
    ids=lambda words: " ".join(words),
)
def test_a_missing_store_is_said_with_its_remedy_and_not_made(cli: Cli, words: list[str]) -> None:
    assert "notesfleet store init" in cli.refused(*words)
    assert not (cli.folder / "home").exists()


def test_a_store_is_made_once(cli: Cli) -> None:
    assert "is made" in cli("store", "init").stdout
    assert "is there already" in cli("store", "init").stdout
    assert (cli.folder / "home" / "store.db").is_file()


def test_a_wrong_store_address_is_one_line(cli: Cli) -> None:
    assert "NOTESFLEET_STORE" in cli.refused("store", "init", NOTESFLEET_STORE="not an address")


def test_pcs_are_imported_and_imported_again(ready: Cli) -> None:
    (ready.folder / "pcs.csv").write_text("pc;address;site\npc1;127.0.0.1;Lyon\npc2;127.0.0.2;Paris\n")
    assert ready("clients", "import", "pcs.csv").stdout == "1 PCs are new, 0 changed, 1 are as they were.\n"
    (ready.folder / "pcs.csv").write_text("pc;address;site\npc1;127.0.0.9;Lyon\n")
    assert ready("clients", "import", "pcs.csv").stdout == "0 PCs are new, 1 changed, 0 are as they were.\n"
    hosts = json.loads(ready("inventory").stdout)["hosts"]
    assert [(host["name"], host["variables"]["ansible_host"]) for host in hosts] == [
        ("pc1", "127.0.0.9"),
        ("pc2", "127.0.0.2"),
    ]


def test_with_one_wrong_line_no_pc_is_imported(ready: Cli) -> None:
    (ready.folder / "more.csv").write_text("pc,address,site\npc2,127.0.0.2,Paris\npc3,not an address,Paris\n")
    assert "more.csv:3: address: " in ready.refused("clients", "import", "more.csv")
    assert len(json.loads(ready("inventory").stdout)["hosts"]) == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (CAMPAIGN.replace("schema: 1", "schema: 9"), ["campaign.yml:1:1: schema: "]),
        (CAMPAIGN.replace("date: 2026-11-30", "date: soon"), ["campaign.yml:4:23: waves.0.date: "]),
        (CAMPAIGN.replace("name: pilot", "nam: pilot"), ["campaign.yml:4:9: waves.0.name: ", "waves.0.nam: "]),
        (CAMPAIGN.replace("to:", "too:"), ["campaign.yml:3:11: servers.0.to: ", "servers.0.too: "]),
        ("a: [", ["campaign.yml:"]),
        ("a: 1\na: 2\n", ["campaign.yml:2:1: the field a"]),
    ],
)
def test_a_wrong_campaign_is_refused_and_nothing_is_written(ready: Cli, text: str, places: list[str]) -> None:
    (ready.folder / "campaign.yml").write_text(text)
    before = ready("inventory").stdout
    for command in ("check", "load"):
        lines = ready.refused("campaign", command, "campaign.yml")
        assert all(place in lines for place in places), lines
        assert "Traceback" not in lines
    assert ready("inventory").stdout == before


def test_a_file_that_is_not_there_is_one_line(ready: Cli) -> None:
    for words in (["campaign", "load", "x.yml"], ["clients", "import", "x.csv"], ["store", "import-spool", "x.jsonl"]):
        lines = ready.refused(*words)
        assert words[-1] in lines
        assert len(lines.splitlines()) == 1


def test_a_campaign_is_loaded_before_anything_is_audited(ready: Cli) -> None:
    (ready.folder / "campaign.yml").write_text(CAMPAIGN)
    said = ready("campaign", "load", "campaign.yml").stdout
    assert said == "wave pilot (2026-11-30): 0 clients, 0 excluded, 0 left out\n"


def test_a_wave_name_of_another_campaign_is_refused(ready: Cli) -> None:
    (ready.folder / "campaign.yml").write_text(CAMPAIGN)
    ready("campaign", "load", "campaign.yml")
    (ready.folder / "other.yml").write_text(CAMPAIGN.replace("consolidation", "other"))
    assert "pilot is a wave of consolidation already" in ready.refused("campaign", "load", "other.yml")


def test_the_report_is_a_plain_table_in_the_language_of_lang(ready: Cli) -> None:
    assert "not audited" in ready("report").stdout
    assert "non audité" in ready("report", LANG="fr_FR.UTF-8").stdout
    assert "non audité" in ready("report", "--lang", "fr").stdout
    assert json.loads(ready("report", "--format", "json").stdout)["clients"][0]["state"] == "unaudited"


def test_a_wave_that_is_not_there_is_refused(ready: Cli) -> None:
    assert "no wave nowhere" in ready.refused("report", "--wave", "nowhere")


def test_simulate_without_its_extra_says_which_to_install(cli: Cli) -> None:
    program = f"import sys; sys.modules['aiohttp'] = None; {MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", program, "simulate", "--clients", "4"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        "notesfleet: simulate needs the extra `simulator`; install it: pip install 'notesfleet[simulator]'\n"
    )


def test_as_a_process_of_its_own_it_says_the_same(cli: Cli) -> None:
    assert cli.process("store", "init").returncode == 0
    (cli.folder / "pcs.csv").write_text("pc,address,site\npc1,127.0.0.1,Lyon\n")
    assert cli.process("clients", "import", "pcs.csv").stdout == "1 PCs are new, 0 changed, 0 are as they were.\n"
    wrong, here = cli.process("report", "--wave", "x"), cli("report", "--wave", "x")
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (here.returncode, here.stdout, here.stderr)
    assert wrong.returncode == 2
