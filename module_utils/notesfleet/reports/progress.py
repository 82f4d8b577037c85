"""A run as people follow it: a line for each task, failures at once, and at the end a summary by cause.

It knows no Ansible: the callback `fleet_progress` tells it what happens. Its clock is an argument.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notesfleet.reports.progress_words import ProgressWords
from notesfleet.reports.run_summary import counted, summary, sums_of
from notesfleet.reports.screen import Screen
from notesfleet.reports.verdicts import Status, Verdict, verdict_of

CONTROLLER = ("localhost", "127.0.0.1", "::1")
"""Names of the controller itself: no hosts of a fleet, so they are not counted."""


@dataclass
class _Task:
    key: str
    play: str
    name: str
    total: int
    begun: float
    counts: Counter[Status] = field(default_factory=Counter)
    fleet: bool = False

    @property
    def done(self) -> int:
        return sum(self.counts.values())


class Progress:
    """One run of a playbook. `check`: it only looks."""

    def __init__(
        self, words: ProgressWords, screen: Screen, *, check: bool, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._words, self._screen, self._check, self._now = words, screen, check, now
        self._begun = now()
        self._play, self._batch, self._lockstep = "", [""], True
        self._tasks: dict[str, _Task] = {}
        self._items: dict[tuple[str, str], Verdict] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._failures: dict[str, Verdict] = {}

    def play(self, name: str, hosts: Iterable[str], batch: Iterable[str], *, lockstep: bool) -> None:
        """A play, or a batch of it, begins. `lockstep`: all hosts do a task before any does the next."""
        self._end_tasks()
        self._play, self._batch, self._lockstep = name, list(batch), lockstep
        for host in hosts:
            if host not in CONTROLLER:
                self._verdicts.setdefault(host, Verdict(Status.PRESENT))

    def task(self, key: str, name: str, *, once: bool) -> None:
        """A task begins on the hosts that are still in the play, or `once` for all of them."""
        if key in self._tasks:
            return
        if self._lockstep:
            self._end_tasks()
        total = 1 if once else sum(host not in self._failures for host in self._batch)
        self._tasks[key] = _Task(key, self._play, name, total, self._now())
        self.goes_on(key)

    def goes_on(self, key: str) -> None:
        """Something happens in a task: perhaps it is time for its line."""
        if task := self._tasks.get(key):
            self._screen.move(lambda: self._line(task, task.total))

    def result(
        self,
        key: str,
        host: str,
        said: Mapping[str, Any],
        *,
        failed: bool,
        skipped: bool = False,
        ignored: bool = False,
    ) -> None:
        """A task ended on a host."""
        task = self._tasks.get(key)
        if task is not None and not failed and self._probed(task, said):
            return
        verdict = self._items.pop((key, host), None) if failed else None
        if verdict is None:
            verdict = verdict_of(said, failed=failed, skipped=skipped)
            if verdict.status is Status.FAILED:
                self._say_failure(host, task, verdict, ignored=ignored)
        if ignored:
            verdict = Verdict(Status.DONE)
        if task is not None:
            task.counts[verdict.status] += 1
            task.fleet = task.fleet or host not in CONTROLLER
        verdict = verdict.without_name(host)
        if failed and not ignored:
            self._failures[host] = verdict
        elif host in self._verdicts and verdict.outweighs(self._verdicts[host]):
            self._verdicts[host] = verdict
        self.goes_on(key)

    def item_failed(self, key: str, host: str, item: str, said: Mapping[str, Any], *, ignored: bool) -> None:
        """An item of a task's loop failed on a host; the result of the whole task says nothing of why."""
        verdict = verdict_of(said, failed=True)
        self._say_failure(host, self._tasks.get(key), verdict, ignored=ignored, item=item)
        self._items.setdefault((key, host), verdict)

    def tell(self, host: str, lines: Iterable[str]) -> None:
        """What the playbook itself wants to be read."""
        begin = "" if host in CONTROLLER else f"{host}: "
        for line in lines:
            self._screen.say(begin + line)

    def differs(self, host: str, key: str) -> None:
        """The title of a difference that is printed next."""
        task = self._tasks.get(key)
        self._screen.say(f"{task.name if task else ''} {self._words.differs} {host}:".strip())

    def nobody(self) -> None:
        """The play has no hosts."""
        self._screen.say(f"{self._play}: {self._words.no_hosts}")

    def end(self, failing: set[str]) -> None:
        """The run is over. `failing`: the hosts that Ansible counts as failed; others were rescued."""
        self._end_tasks()
        hosts = dict(self._verdicts)
        hosts |= {host: each for host, each in self._failures.items() if host in hosts and host in failing}
        if hosts:
            self._screen.say("")
            for line, status in summary(hosts, self._words, elapsed=self._elapsed(self._begun), check=self._check):
                self._screen.say(line, status)
        if any(each.status is Status.FAILED for each in hosts.values()):
            self._screen.say(self._words.see_more)
        self._screen.clear()

    def _probed(self, task: _Task, said: Mapping[str, Any]) -> bool:
        """Take the result of the module `probe`, which is one for all hosts of the play."""
        present, absent = said.get("present"), said.get("absent_hosts")
        if not isinstance(present, list) or not isinstance(absent, list):
            return False
        task.fleet, task.total = True, len(present) + len(absent)
        task.counts.update({Status.PRESENT: len(present), Status.ABSENT: len(absent)})
        for each in absent:
            host, verdict = str(each["host"]), Verdict(Status.ABSENT, str(each["why"]))
            if verdict.outweighs(self._verdicts.get(host)):
                self._verdicts[host] = verdict
        return True

    def _say_failure(self, host: str, task: _Task | None, verdict: Verdict, *, ignored: bool, item: str = "") -> None:
        words = self._words
        title = words.ignored if ignored else words.statuses[Status.FAILED]
        place = ": ".join(part for part in (host, task.name if task else "", item) if part)
        sentence = words.sentence(verdict)
        told = f"{verdict.text} ({sentence})" if sentence.rstrip(".") not in verdict.text else verdict.text
        self._screen.say(f"{title}: {place}: {told}", "" if ignored else Status.FAILED)

    def _end_tasks(self) -> None:
        """The lines of the tasks that are over. Of what only the controller did, failures and messages are enough."""
        for task in self._tasks.values():
            if task.fleet and set(task.counts) != {Status.SKIPPED}:
                self._screen.say(self._line(task, task.done))
        self._screen.clear()
        self._tasks = {}

    def _line(self, task: _Task, total: int) -> str:
        there = self._words.statuses[Status.PRESENT] if task.counts[Status.PRESENT] else ""
        sums = counted(sums_of(task.counts), self._words, check=self._check, present=there)
        name = ": ".join(part for part in (task.play, task.name) if part)
        return "  ".join(
            [name, f"{task.done}/{max(total, task.done)}", *([sums] if sums else []), self._elapsed(task.begun)]
        )

    def _elapsed(self, since: float) -> str:
        seconds = int(self._now() - since)
        minutes = f"{seconds // 3600}:{seconds // 60 % 60:02}" if seconds >= 3600 else str(seconds // 60)
        return f"{minutes}:{seconds % 60:02}"
