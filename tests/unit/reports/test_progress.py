"""A run as people follow it: its clock is moved by hand, its terminal is a text."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from notesfleet.reports.progress import Progress
from notesfleet.reports.progress_words import PROGRESS_WORDS
from notesfleet.reports.run_summary import counted, sums_of
from notesfleet.reports.screen import Screen
from notesfleet.reports.verdicts import BRAKE, EXCLUDED, ORDER_FAILED, Status, Verdict
from notesfleet.reports.words import Language

HOSTS = [f"pc{number}~a" for number in range(1, 8)]
PENDING = {"order": {"step": "s", "state": "pending"}, "pending_reason": "would_ask_password"}
DONE, CHANGED = {"changed": False}, {"changed": True}
SUM = re.compile(r"(\d+) hosts, 0:\d\d: (.*)")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Run:
    """A run whose lines are kept, on a terminal or not."""

    def __init__(self, file: io.StringIO | None = None, language: Language = Language.EN, check: bool = False) -> None:
        self.time = 100.0
        self.lines: list[str] = []
        self.file = file or io.StringIO()
        self.screen = Screen(self.file, lambda text, status: self.lines.append(text), lambda: self.time)
        self.progress = Progress(PROGRESS_WORDS[language], self.screen, check=check, now=lambda: self.time)

    def play(self, name: str = "Migrate", hosts: list[str] = HOSTS, lockstep: bool = True) -> None:
        self.progress.play(name, hosts, hosts, lockstep=lockstep)

    def task(self, name: str = "Switch", once: bool = False) -> None:
        self.progress.task(name, name, once=once)

    def result(self, host: str, said: dict[str, Any], task: str = "Switch", failed: bool = False, **how: bool) -> None:
        self.progress.result(task, host, said, failed=failed, **how)

    def probed(self, absent: dict[str, str], hosts: list[str] = HOSTS) -> None:
        self.play("Find who is there", hosts)
        self.task("Probe", once=True)
        gone = [{"host": host, "pc": host, "why": why} for host, why in absent.items()]
        self.result(
            hosts[0], {"present": [each for each in hosts if each not in absent], "absent_hosts": gone}, "Probe"
        )

    def end(self, failing: Iterable[str] = ()) -> list[str]:
        """The lines of the summary."""
        begin = len(self.lines)
        self.progress.end(set(failing))
        return self.lines[self.lines.index("", begin) + 1 :]


def numbers(line: str) -> tuple[int, int]:
    """The total that a summary names, and the sum of its parts."""
    found = SUM.fullmatch(line)
    assert found
    parts = re.sub(r" \([^)]*\)", "", found[2]).split(", ")
    return int(found[1]), sum(int(part.rsplit(" ", 1)[1]) for part in parts)


def test_every_host_is_counted_once_and_grouped_by_cause() -> None:
    run = Run()
    run.probed({"pc1~a": "does not answer in time", "pc2~a": "does not answer in time"})
    run.play(hosts=HOSTS[2:])
    run.task()
    run.result("pc3~a", CHANGED)
    run.result("pc4~a", PENDING)
    run.result("pc5~a", {"msg": "broken"}, failed=True)
    run.result("pc6~a", {"held": True, "msg": "held: the brake of this run is set (x)"}, skipped=True)
    run.time += 65
    lines = run.end({"pc5~a"})
    assert lines == [
        "7 hosts, 1:05: done 1 (changed 1), pending 1, held 1, absent 2, failed 1, not begun 1",
        "  pending 1: Notes is closed and its ID would ask for a password (pc4~a)",
        "  held 1: The brake of this run is set (pc6~a)",
        "  absent 2: The PC does not answer in time (pc1~a, pc2~a)",
        "  failed 1: broken (pc5~a)",
        "  not begun 1 (pc7~a)",
        "-v shows every result.",
    ]


@pytest.mark.parametrize("language", list(Language))
def test_the_words_are_of_one_language(language: Language) -> None:
    run = Run(language=language)
    run.play()
    run.task()
    run.result("pc1~a", PENDING)
    french = "Notes est fermé et son ID demanderait un mot de passe"
    assert any(french in line for line in run.end()) is (language is Language.FR)
    words = PROGRESS_WORDS[language]
    assert set(words.statuses) == set(Status)
    assert {BRAKE, EXCLUDED, ORDER_FAILED} < set(words.causes)
    assert words.sentence(Verdict(Status.HELD, "excluded: too old")).endswith(": too old")


def test_a_host_keeps_its_strongest_status_and_its_first_cause() -> None:
    run = Run()
    run.play(hosts=["pc1~a", "pc2~a"])
    waits = {"order": {"step": "t", "state": "pending"}, "pending_reason": "waits_for_order"}
    for task, first, second in (("1", CHANGED, waits), ("2", PENDING, PENDING), ("3", waits, DONE)):
        run.task(task)
        run.result("pc1~a", first, task)
        run.result("pc2~a", second, task)
    assert run.end()[1:] == ["  pending 2: Notes is closed and its ID would ask for a password (pc1~a, pc2~a)"]


def test_of_many_names_three_are_shown_and_rare_causes_together() -> None:
    run = Run()
    run.play(hosts=[f"pc{number}" for number in range(40)])
    run.task()
    for number in range(40):
        run.result(f"pc{number}", {"msg": f"cause {number}" if number % 2 else "often"}, failed=True)
    lines = run.end({f"pc{number}" for number in range(40)})
    assert "  failed 20: often (pc0, pc2, pc4, and 17 more)" in lines
    assert lines[-2].startswith("  failed 12: 12 other causes (")
    assert sum(int(line.split()[1].rstrip(":")) for line in lines if line.startswith("  failed")) == 40


def test_hosts_share_a_cause_that_names_each_of_them() -> None:
    run = Run()
    run.play(hosts=["pc1~a", "pc12~b"])
    run.task()
    run.result("pc1~a", {"msg": "the answer of PC1 is not used: pc1~a is too large"}, failed=True)
    run.result("pc12~b", {"msg": "the answer of PC12 is not used: pc12~b is too large"}, failed=True)
    assert "of PC1 is" in run.lines[0]
    assert "  failed 2: the answer of <PC> is not used: <PC> is too large (pc1~a, pc12~b)" in run.end(
        ["pc1~a", "pc12~b"]
    )


def test_a_failure_is_said_at_once_with_client_task_and_sentence() -> None:
    run = Run()
    run.play()
    run.task()
    action = {"error": {"code": "disk_full", "text": "x"}}
    said = {"order": {"state": "failed", "step": "s"}, "actions": [action], "msg": "s: failed: disk_full: x"}
    run.result("pc1~a", said, failed=True)
    (line,) = run.lines
    assert line.startswith("failed: pc1~a: Switch: s: failed: disk_full: x (The disk is full")


def test_a_failed_item_is_said_and_the_loop_is_not_said_again() -> None:
    run = Run()
    run.play()
    run.task()
    run.progress.item_failed("Switch", "pc1~a", "b", {"msg": "no"}, ignored=False)
    run.result("pc1~a", {"msg": "One or more items failed"}, failed=True)
    assert run.lines == ["failed: pc1~a: Switch: b: no"]
    assert "  failed 1: no (pc1~a)" in run.end({"pc1~a"})


def test_what_was_ignored_or_rescued_is_not_failed() -> None:
    run = Run()
    run.play(hosts=["pc1~a", "pc2~a"])
    run.task()
    run.result("pc1~a", {"msg": "bad"}, failed=True, ignored=True)
    run.result("pc2~a", {"msg": "worse"}, failed=True)
    run.task("Rescue")
    run.result("pc2~a", CHANGED, "Rescue")
    assert run.lines[0] == "failed and ignored: pc1~a: Switch: bad"
    assert run.end() == ["2 hosts, 0:00: done 2 (changed 1)"]


def test_without_a_terminal_a_task_is_a_line_when_it_ends_and_one_a_minute() -> None:
    run = Run()
    run.play()
    run.task()
    for second in range(0, 130, 10):
        run.time = 100.0 + second
        run.progress.goes_on("Switch")
    assert run.lines == ["Migrate: Switch  0/7  1:00", "Migrate: Switch  0/7  2:00"]
    run.result("pc1~a", CHANGED)
    run.task("Next")
    assert run.lines[2:] == ["Migrate: Switch  1/1  done 1 (changed 1)  2:00"]
    assert run.file.getvalue() == ""


def test_on_a_terminal_one_line_moves_and_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    run = Run(Terminal())
    run.play()
    run.task("A task whose name is longer than the terminal is wide")
    for host in HOSTS[:3]:
        run.time += 1
        run.result(host, CHANGED, "A task whose name is longer than the terminal is wide")
    drawn = run.file.getvalue()
    assert "\n" not in drawn
    assert "\x1b" not in drawn
    assert max(len(part) for part in drawn.split("\r")) == 39
    assert run.lines == []
    run.end()
    assert run.lines[0].endswith("3/3  done 3 (changed 3)  0:03")
    assert run.file.getvalue().endswith(f"\r{' ' * 39}\r")


def test_the_line_is_not_drawn_more_often_than_anybody_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    run = Run(Terminal())
    run.play(hosts=[f"pc{number}" for number in range(1000)])
    run.task()
    for number in range(1000):
        run.time += 0.001
        run.result(f"pc{number}", DONE)
    assert run.file.getvalue().count("Switch") < 15


def test_nothing_that_a_pc_says_steers_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    run = Run(Terminal())
    evil = "a\x1b[2Jb\x9b1mc\u202ed\re"
    run.play(evil)
    run.task(evil)
    run.result("pc1~a", {"msg": evil}, evil, failed=True)
    run.progress.tell("pc1~a", [evil])
    run.end({"pc1~a"})
    said = "".join(run.lines) + run.file.getvalue().replace("\r", "")
    assert said.isprintable()


def test_what_only_the_controller_does_is_quiet_unless_it_fails() -> None:
    run = Run()
    run.play("Check the target", ["localhost"])
    run.task("See")
    run.result("localhost", DONE, "See")
    run.task("Read")
    run.result("localhost", {"msg": "there is no such target"}, "Read", failed=True)
    run.progress.end({"localhost"})
    assert run.lines == ["failed: localhost: Read: there is no such target"]


def test_messages_of_a_playbook_are_shown() -> None:
    run = Run()
    run.progress.tell("localhost", ["one", "two"])
    run.progress.tell("pc1~a", ["three"])
    assert run.lines == ["one", "two", "pc1~a: three"]


def test_hosts_that_are_apart_end_their_tasks_together() -> None:
    run = Run()
    run.play(lockstep=False)
    for host in HOSTS:
        for task in ("First", "Second"):
            run.task(task)
            run.result(host, DONE, task)
    assert run.lines == []
    run.end()
    assert run.lines[:2] == ["Migrate: First  7/7  done 7  0:00", "Migrate: Second  7/7  done 7  0:00"]


def test_a_look_says_that_it_was_one() -> None:
    run = Run(check=True)
    run.play(hosts=HOSTS[:1])
    run.task()
    run.result("pc1~a", CHANGED)
    lines = run.end()
    assert lines[0].endswith("done 1 (would change 1)")
    assert lines[0].startswith("1 host, ")
    assert "nothing of the users' was changed" in lines[-1]


@pytest.mark.parametrize("seed", range(20))
def test_sums_add_up_whatever_happens(seed: int) -> None:
    chance = random.Random(seed)
    hosts = [f"pc{number}" for number in range(50)]
    run = Run()
    absent = {host: chance.choice(["x", "refuses the connection"]) for host in chance.sample(hosts, 9)}
    run.probed(absent, hosts)
    run.play(hosts=[host for host in hosts if host not in absent])
    said: list[Callable[[str], None]] = [
        lambda host: run.result(host, CHANGED, task),
        lambda host: run.result(host, DONE, task),
        lambda host: run.result(host, PENDING, task),
        lambda host: run.result(host, {"absent": True, "msg": f"absent: {host} is too busy"}, task),
        lambda host: run.result(host, {"msg": "m"}, task, failed=True),
        lambda host: run.result(host, {}, task, skipped=True),
        lambda host: None,
    ]
    for task in ("1", "2", "3"):
        run.task(task)
        for host in hosts:
            if host not in absent:
                chance.choice(said)(host)
    lines = run.end({host for host in hosts if chance.random() < 0.9})
    assert numbers(lines[0]) == (50, 50)
    grouped = sum(
        int(line.split()[1].rstrip(":")) for line in lines[1:] if line.startswith("  ") and "begun" not in line
    )
    begun = [int(line.split()[2]) for line in lines if line.startswith("  not begun")]
    done = sum(int(number) for number in re.findall(r"done (\d+)", lines[0]))
    assert grouped + sum(begun) + done == 50


def test_counts_that_are_zero_are_not_said() -> None:
    assert counted(sums_of({}), PROGRESS_WORDS[Language.EN], check=False) == ""
