"""What a run came to: every host counted once, and those that are not done grouped by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from notesfleet.reports.progress_words import ProgressWords
from notesfleet.reports.verdicts import Status, Verdict

_NAMES = 3
_CAUSES = 10
_GOOD = (Status.SKIPPED, Status.DONE, Status.CHANGED)
_GROUPED = (Status.PENDING, Status.HELD, Status.ABSENT, Status.FAILED)


@dataclass(frozen=True)
class Sums:
    """Hosts by how they stand: `done` (of them `changed`), the statuses that need a cause, and `not_begun`."""

    done: int
    changed: int
    waiting: dict[Status, int]
    not_begun: int

    @property
    def total(self) -> int:
        return self.done + sum(self.waiting.values()) + self.not_begun


def sums_of(counts: Mapping[Status, int]) -> Sums:
    """The sums of hosts by status; a host of which nothing but its presence is known is not begun."""
    return Sums(
        done=sum(counts.get(status, 0) for status in _GOOD),
        changed=counts.get(Status.CHANGED, 0),
        waiting={status: counts[status] for status in _GROUPED if counts.get(status)},
        not_begun=counts.get(Status.PRESENT, 0),
    )


def counted(sums: Sums, words: ProgressWords, *, check: bool, present: str = "") -> str:
    """The sums in one line, without those that are zero. `present`: the word where presence is what was asked."""
    parts = []
    if sums.done:
        changes = f" ({words.would_change if check else words.changed} {sums.changed})" if sums.changed else ""
        parts.append(f"{words.statuses[Status.DONE]} {sums.done}{changes}")
    if present and sums.not_begun:
        parts.append(f"{present} {sums.not_begun}")
    parts += [f"{words.statuses[status]} {count}" for status, count in sums.waiting.items()]
    if sums.not_begun and not present:
        parts.append(f"{words.not_begun} {sums.not_begun}")
    return ", ".join(parts)


def summary(
    hosts: Mapping[str, Verdict], words: ProgressWords, *, elapsed: str, check: bool
) -> Iterator[tuple[str, str]]:
    """The lines of the summary, each with the status that it is about (empty for all)."""
    sums = sums_of(Counter(verdict.status for verdict in hosts.values()))
    line = counted(sums, words, check=check)
    yield f"{sums.total} {words.host if sums.total == 1 else words.hosts}, {elapsed}: {line}", ""
    for status in _GROUPED:
        for cause, names in _causes(hosts, status, words):
            yield (
                f"  {words.statuses[status]} {len(names)}{f': {cause}' if cause else ''} ({_few(names, words)})",
                status,
            )
    if unknown := [name for name, verdict in hosts.items() if verdict.status is Status.PRESENT]:
        yield f"  {words.not_begun} {len(unknown)} ({_few(unknown, words)})", ""
    if check:
        yield words.check_mode, ""


def _causes(hosts: Mapping[str, Verdict], status: Status, words: ProgressWords) -> list[tuple[str, list[str]]]:
    """The causes of a status and who has them, the most frequent first; the rare ones together."""
    found: dict[str, list[str]] = {}
    for name, verdict in hosts.items():
        if verdict.status is status:
            found.setdefault(words.sentence(verdict), []).append(name)
    causes = sorted(found.items(), key=lambda each: -len(each[1]))
    if len(causes) <= _CAUSES:
        return causes
    rest = causes[_CAUSES - 1 :]
    names = [name for _, some in rest for name in some]
    return [*causes[: _CAUSES - 1], (words.other_causes.format(count=len(rest)), names)]


def _few(names: list[str], words: ProgressWords) -> str:
    kept = names if len(names) <= _NAMES + 1 else names[:_NAMES]
    return ", ".join([*kept, *([words.more.format(count=len(names) - len(kept))] if len(kept) < len(names) else [])])
