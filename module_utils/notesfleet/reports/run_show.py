"""`notesfleet runs list|show` on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from notesfleet import clock
from notesfleet.reports.client_page import moment
from notesfleet.reports.progress import CONTROLLER
from notesfleet.reports.progress_words import PROGRESS_WORDS, ProgressWords
from notesfleet.reports.run_summary import summary
from notesfleet.reports.tables import Cell, Column, Styled, print_line, print_table
from notesfleet.reports.verdicts import ORDER_FAILED, Status, Verdict, verdict_of_record
from notesfleet.reports.words import Language
from notesfleet.store.runs import FullRun, RunRecord

_STYLES = {Status.FAILED: "red", Status.ABSENT: "yellow", Status.DONE: "green", Status.CHANGED: "green"}


@dataclass(frozen=True)
class _Words:
    run: str
    started: str
    ended: str
    not_ended: str
    playbook: str
    check: str
    host: str
    hosts: str
    changed: str
    failed: str
    play: str
    status: str
    why: str
    newest: str
    nothing: str


_WORDS = {
    Language.EN: _Words(
        run="run",
        started="started",
        ended="ended",
        not_ended="not ended",
        playbook="playbook",
        check="a look",
        host="host",
        hosts="hosts",
        changed="changed",
        failed="failed",
        play="play",
        status="status",
        why="why",
        newest="The newest {shown} of {count} runs; --all shows all.",
        nothing="No run is recorded yet; `ansible-playbook playbooks/audit.yml` makes one.",
    ),
    Language.FR: _Words(
        run="exécution",
        started="début",
        ended="fin",
        not_ended="non terminée",
        playbook="playbook",
        check="simple examen",
        host="hôte",
        hosts="hôtes",
        changed="modifiés",
        failed="en échec",
        play="play",
        status="état",
        why="pourquoi",
        newest="Les {shown} dernières exécutions de {count} ; --all les montre toutes.",
        nothing="Aucune exécution n'est enregistrée ; `ansible-playbook playbooks/audit.yml` en fait une.",
    ),
}


def print_runs(found: list[RunRecord], hosts: Mapping[str, int], count: int, language: Language, file: IO[str]) -> None:
    """A line for each run. `hosts`: run to how many it had; `count`: of how many runs these are the newest."""
    words = _WORDS[language]
    if not found:
        print_line(words.nothing, file)
        return
    columns = [Column(title) for title in (words.run, words.playbook, words.started, words.ended)]
    columns += [Column(title, right=True) for title in (words.hosts, words.changed, words.failed)]
    print_table(columns, [_row(run, hosts.get(run.id), words) for run in found], file)
    if len(found) < count:
        print_line(words.newest.format(shown=len(found), count=count), file)


def run_document(run: RunRecord, hosts: int) -> dict[str, Any]:
    """A run for programs, with its sums."""
    return run.document() | {"hosts": hosts, "changed": _with(run, "changed"), "failed": _failed(run)}


def print_run(run: FullRun, language: Language, file: IO[str]) -> None:
    """When and what, its plays, its hosts by cause, and each host that is not done."""
    words, record = _WORDS[language], run.record
    look = f", {words.check}" if record.check else ""
    print_line(f"{record.id}  {record.playbook}{look}, {record.controller}", file, "bold")
    print_line(f"{moment(record.started)} - {moment(record.ended) or words.not_ended}", file)
    print_line("", file)
    print_table(
        [Column(words.play), Column(words.hosts, right=True)], [[name, len(some)] for name, some in run.plays], file
    )
    print_line("", file)
    hosts = verdicts_of(run)
    for line, _ in summary(hosts, PROGRESS_WORDS[language], elapsed=_elapsed(record, words), check=record.check):
        print_line(line, file)
    rows = [_host(host, verdict, PROGRESS_WORDS[language]) for host, verdict in _sorted(hosts) if _is_open(verdict)]
    if rows:
        print_line("", file)
        print_table([Column(words.host), Column(words.status), Column(words.why, breaks=True)], rows, file)


def full_document(run: FullRun, language: Language) -> dict[str, Any]:
    """A run for programs: its plays, and each host with its status and cause."""
    hosts, words = verdicts_of(run), PROGRESS_WORDS[language]
    counts = {status.value: 0 for status in Status if status is not Status.PRESENT} | {"not_begun": 0}
    entries = []
    for host, verdict in hosts.items():
        status = "not_begun" if verdict.status is Status.PRESENT else verdict.status.value
        counts[status] += 1
        sentence = words.sentence(verdict) or None
        entries.append({"host": host, "status": status, "cause": verdict.cause or None, "sentence": sentence})
    return {
        "schema": 1,
        **run_document(run.record, len(hosts)),
        "plays": [{"name": name, "hosts": some} for name, some in run.plays],
        "counts": counts,
        "by_host": entries,
    }


def verdicts_of(run: FullRun) -> dict[str, Verdict]:
    """How each host of a run stands after it; the controller is none of them."""
    names = [host for _, some in run.plays for host in some if host not in CONTROLLER]
    found = dict.fromkeys(names, Verdict(Status.PRESENT))
    said = [(host, Verdict(Status.ABSENT, why)) for host, why in run.absences]
    said += [
        (each.host, verdict_of_record(each.status, each.msg))
        for each in run.results
        if not each.action.endswith(".probe") or each.status == "failed"
    ]
    for host, verdict in said:
        rescued = verdict.status is Status.FAILED and not _counts_as_failed(run.record, host, verdict)
        if host in found and not rescued and verdict.outweighs(found[host]):
            found[host] = verdict.without_name(host)
    return found


def _counts_as_failed(run: RunRecord, host: str, verdict: Verdict) -> bool:
    """Whether Ansible does: a failure that was ignored or rescued is none. A run that did not end has no sums."""
    sums = run.stats.get(host)
    return verdict.cause == ORDER_FAILED or sums is None or bool(sums.get("failures") or sums.get("unreachable"))


def _is_open(verdict: Verdict) -> bool:
    return verdict.status not in (Status.SKIPPED, Status.DONE, Status.CHANGED)


def _sorted(hosts: dict[str, Verdict]) -> list[tuple[str, Verdict]]:
    return sorted(hosts.items(), key=lambda each: (-each[1].status.rank, each[1].cause, each[0]))


def _host(host: str, verdict: Verdict, words: ProgressWords) -> list[Cell]:
    status = verdict.status
    word = words.not_begun if status is Status.PRESENT else words.statuses[status]
    return [host, Styled(word, _STYLES.get(status, "")), words.sentence(verdict)]


def _row(run: RunRecord, hosts: int | None, words: _Words) -> list[Cell]:
    ended: Cell = moment(run.ended) if run.ended else Styled(words.not_ended, "yellow")
    failed = _failed(run)
    playbook = f"{run.playbook} ({words.check})" if run.check else run.playbook
    sums: list[Cell] = (
        [_with(run, "changed"), Styled(str(failed), "red") if failed else 0] if run.ended else [None, None]
    )
    return [run.id, playbook, moment(run.started), ended, hosts, *sums]


def _with(run: RunRecord, word: str) -> int:
    """On how many hosts something was so."""
    return sum(bool(sums.get(word)) for sums in run.stats.values())


def _failed(run: RunRecord) -> int:
    return sum(bool(sums.get("failures") or sums.get("unreachable")) for sums in run.stats.values())


def _elapsed(run: RunRecord, words: _Words) -> str:
    if not run.ended or not run.started:
        return words.not_ended
    seconds = int((clock.parse(run.ended) - clock.parse(run.started)).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"
