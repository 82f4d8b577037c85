"""The callback fleet_progress in real runs: piped, on a terminal, with details, and when it is broken itself."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import prepared
import pytest
from fleet import PROGRAMS, ROOT, Ran, VirtualFleet, virtual_fleet
from terminal import COLUMNS, screen_of

from notesfleet.simulator.company import demo_company, one_client

MIGRATE = "playbooks/migrate.yml"
ACCOUNTS = {"jdupont", "kbenali", "lpetit", "mlambert", "afaure", "hcolin", "nfrei", "zmueller"}
"""Of the company: the first will fail, two are on one PC, one PC is off and one dark; the others wait or are done."""
SUM = re.compile(r"^(?P<total>\d+) hosts?, \d+:\d\d: (?P<parts>.*)$")
EVIL = r'"a\e[2Jb\x9b31mc\u202Ed"'
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


def sums(lines: list[str]) -> tuple[int, Counter[str]]:
    """The total of a summary and its parts by word."""
    found = next(found for line in lines if (found := SUM.match(line)))
    parts = re.sub(r" \([^)]*\)", "", found["parts"]).split(", ")
    return int(found["total"]), Counter({word: int(count) for word, count in (part.rsplit(" ", 1) for part in parts)})


def grouped(lines: list[str], word: str) -> int:
    """The hosts of all causes of a word."""
    return sum(int(found[1]) for line in lines if (found := re.match(rf"  {word} (\d+)[: ]", line)))


def notesfleet(fleet: VirtualFleet, *words: str) -> str:
    done = prepared.run([str(PROGRAMS / "notesfleet"), *words], ROOT, fleet._environment(), timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_one_that_fails(fleet: VirtualFleet) -> None:
    chosen = {name: said for name, said in fleet.variables.items() if name.partition("~")[2] in ACCOUNTS}
    fleet.variables = chosen
    assert len(chosen) == len(ACCOUNTS)
    fleet.variables["pc-0101~jdupont"]["notesfleet"]["mailbox"] = None


def assert_all_are_accounted_for(fleet: VirtualFleet, ran: Ran, lines: list[str]) -> None:
    total, parts = sums(lines)
    assert total == len(fleet.variables) == parts.total()
    assert parts["absent"] == len({record.fields["host"] for record in fleet.spooled("absent")}) > 0
    assert parts["failed"] == ran.sum("failed") == 1
    assert parts["pending"] > 0
    for word in ("absent", "failed", "pending"):
        assert grouped(lines, word) == parts[word], word


def test_a_run_that_is_piped_is_a_line_a_task_and_accounts_for_every_host(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        with_one_that_fails(fleet)
        ran = fleet.playbook(MIGRATE)
        lines = ran.text.splitlines()
        assert ran.code == 2
        assert not STEERING.search(ran.text)
        assert len(lines) < 18
        assert_all_are_accounted_for(fleet, ran, lines)
        failed = next(number for number, line in enumerate(lines) if line.startswith("failed: pc-0101~jdupont: "))
        assert "in no wave of a campaign" in lines[failed]
        assert lines[failed + 1].startswith("Migrate: Enable the local replica  6/6  done ")
        assert_the_store_knows_the_same(fleet, lines)


def assert_the_store_knows_the_same(fleet: VirtualFleet, lines: list[str]) -> None:
    (run,) = json.loads(notesfleet(fleet, "runs", "list", "--json"))
    assert (run["hosts"], run["failed"]) == (len(fleet.variables), 1)
    known = json.loads(notesfleet(fleet, "runs", "show", run["id"][:12], "--json"))
    total, parts = sums(lines)
    counts = {word: count for word, count in known["counts"].items() if count}
    done = counts.pop("done", 0) + counts.pop("changed", 0)
    assert (counts | {"done": done}, len(known["by_host"])) == (dict(parts), total)
    shown = notesfleet(fleet, "runs", "show", run["id"])
    summary = lines.index(next(line for line in lines if SUM.match(line)))
    assert lines[summary].split(": ", 1)[1] in shown
    assert all(line.rstrip() in shown for line in lines if line.startswith(("  failed", "  absent")))


def test_on_a_terminal_one_line_moves_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        with_one_that_fails(fleet)
        ran = fleet.on_terminal(MIGRATE, "--forks", "1")
        assert ran.code == 2
        assert not STEERING.search(ran.text.replace("\r", ""))
        moved = [part for line in ran.text.split("\n") for part in line.split("\r")[:-1] if part.strip()]
        assert len(moved) > 5
        assert max(len(part) for part in moved) < COLUMNS
        assert any(re.match(r"Migrate: Enable the local replica  [1-5]/6  ", part) for part in moved)
        lines = screen_of(ran.text)
        assert_all_are_accounted_for(fleet, ran, lines)
        tasks = [line for line in lines if line.startswith(("Find who is there: ", "Migrate: "))]
        assert len(tasks) == 4
        assert all(re.search(r"(\d+)/\1  .*  \d:\d\d$", line) for line in tasks)


def test_with_details_every_result_is_there_and_the_summary_too(tmp_path: Path) -> None:
    with virtual_fleet(demo_company(clients=16), tmp_path) as fleet:
        with_one_that_fails(fleet)
        ran = fleet.playbook(MIGRATE, "-v")
        assert re.search(r"^changed: \[pc-\S+\] => \{", ran.text, re.MULTILINE)
        assert "fatal: [pc-0101~jdupont]: FAILED! => {" in ran.text
        assert "PLAY RECAP" in ran.text
        assert_all_are_accounted_for(fleet, ran, ran.text.splitlines())


def test_differences_are_shown_with_their_host(tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        ran = fleet.playbook(MIGRATE, "--check", "--diff")
        assert ran.code == 0
        begin = ran.text.index("would be or is changed on pc-0001~jdupont:")
        assert "--- before: document.replace_value" in ran.text[begin:]
        assert '+    "' in ran.text[begin:]
        assert "1 host, " in ran.text
        assert "This was a look" in ran.text


PLAY = """\
- name: Local
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Tell
      ansible.builtin.debug: {{msg: [first, {evil}]}}
    - name: Show a value
      ansible.builtin.debug: {{var: answer}}
      vars: {{answer: {{a: {evil}}}}}
    - name: Look at each
      ansible.builtin.debug: {{msg: "item {{{{ item }}}}"}}
      loop: [1, 2]
    - name: Write
      ansible.builtin.lineinfile: {{line: {evil}, path: "{place}", create: true}}
    - name: Fail by item
      ansible.builtin.command: {{argv: ["false", "{{{{ item }}}}"]}}
      loop: [{evil}]
      ignore_errors: true
    - name: End
      ansible.builtin.fail: {{msg: {evil}}}
"""


@pytest.mark.parametrize("details", [False, True])
def test_what_a_playbook_says_is_shown_and_steers_no_terminal(details: bool, tmp_path: Path) -> None:
    with virtual_fleet(one_client(), tmp_path) as fleet:
        playbook = fleet.written(PLAY.format(evil=EVIL, place=tmp_path / "written"))
        options = ["--diff", *(["-v"] if details else [])]
        done = fleet.on_controller(playbook, *options)
        said = done.stdout + done.stderr
        assert done.returncode == 2, said
        assert not STEERING.search(said)
        for text in ("first", "a [2Jb 31mc d", "item 1", "item 2", "+a [2Jb 31mc d"):
            assert text in said
        if not details:
            assert "failed and ignored: localhost: Fail by item: a [2Jb 31mc d: non-zero return code" in said
            assert "failed: localhost: End: a [2Jb 31mc d" in said


def test_the_report_of_a_playbook_is_readable(tmp_path: Path) -> None:
    with virtual_fleet(one_client(), tmp_path) as fleet:
        done = fleet.on_controller("playbooks/report.yml")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[0].split()[:3] == ["client", "state", "steps"]
        assert done.stdout.splitlines()[1].startswith("pc-0001~")


BREAKS = (
    "import notesfleet.reports.progress as p\ndef result(*a, **k): raise KeyError('x')\np.Progress.result = result\n"
)
MISSING = "import sys\nsys.modules['notesfleet.reports.progress'] = None\n"


@pytest.mark.parametrize(
    ("does", "sentence"), [(BREAKS, "is broken (KeyError: 'x')"), (MISSING, "progress is shown by")]
)
def test_where_it_is_broken_the_run_goes_on_with_ansibles_own_output(does: str, sentence: str, tmp_path: Path) -> None:
    with virtual_fleet(one_client(notes_open=True, asks=True), tmp_path) as fleet:
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "sitecustomize.py").write_text(does)
        fleet.anew, fleet.environment["PYTHONPATH"] = True, str(tmp_path / "path")
        ran = fleet.playbook(MIGRATE)
        assert ran.code == 0, ran.text
        assert ran.sum("changed") == 2
        assert ran.text.count(sentence) == 1
        assert "PLAY RECAP" in ran.text


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["ansible", "localhost", "-i", "pc1,", "-m", "ansible.builtin.ping"], "SUCCESS"),
        (["ansible-inventory", "-i", "pc1,", "--list"], "_meta"),
        (["ansible-playbook", "-i", "pc1,", "--list-hosts", "playbooks/report.yml"], "localhost"),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_ansibles_other_programs_work_as_ever(command: list[str], said: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    environment |= {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_HOME": str(tmp_path / "ansible")}
    done = prepared.run([str(PROGRAMS / command[0]), *command[1:]], ROOT, environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
