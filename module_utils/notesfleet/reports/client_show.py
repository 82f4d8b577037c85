"""`notesfleet client show`: the helpdesk's one page of a client, on a terminal."""

from __future__ import annotations

from typing import IO

from notesfleet.reports.client_page import ClientPage, ExclusionLine, FindingLine, StepLine, common_name, moment
from notesfleet.reports.order_lines import OrderLine
from notesfleet.reports.page_words import Phrases, phrases
from notesfleet.reports.tables import Cell, Column, print_line, print_table
from notesfleet.reports.words import Language
from notesfleet.store.standing import Standing

_STYLES = {"done": "green", "failed": "red", "aside": "red", "excluded": "yellow", "absent": "yellow"}


def print_client(page: ClientPage, language: Language, file: IO[str]) -> None:
    """Who and where, how it stands, what to say and to do; then what was done and what is known."""
    words = phrases(language)
    print_line(f"{page.name}{words['colon']}{page.state_word}", file, f"bold {_STYLES.get(page.state, '')}")
    print_line(" ".join(filter(None, (page.sentence, page.evidence))), file)
    said = [(words["tell"], page.tell), *((words["todo"], line) for line in page.todo)]
    _pairs([*said, *_who(page, words)], file)
    if page.steps:
        _title(words["done_steps"], file)
        columns = [Column(words[name]) for name in ("step", "state", "at")]
        print_table([*columns, Column(words["reason"], breaks=True)], [_step(each, words) for each in page.steps], file)
    _changes(page, words, file)
    if page.exclusions or page.findings or page.waivers:
        _title(f"{words['exclusions']}, {words['findings'].lower()}", file)
        _why(page, words, file)
    if page.asides:
        _title(words["kept_aside"], file)
    for each in page.asides:
        print_line(f"{moment(each.at)}{words['colon']}{each.why} ({words['kept_in']} {each.path})", file)
    if page.audits:
        _title(words["audits"], file)
        rows = [(moment(each.at), words[each.depth], ", ".join(each.sections)) for each in page.audits]
        print_table([Column(words["at"]), Column(words["depth"]), Column(words["sections"], breaks=True)], rows, file)
    if page.orders:
        _title(words["orders"], file)
        columns = [Column(words[name]) for name in ("order", "step", "mode", "state", "sent", "reported")]
        print_table([*columns, Column("", breaks=True)], [_order(each, words) for each in page.orders], file)


def print_matches(found: list[Standing], language: Language, file: IO[str]) -> None:
    """Who fits a name that more than one has."""
    words = phrases(language)
    columns = [Column(words[name]) for name in ("client", "person", "site", "wave")]
    rows = [
        (each.client or each.pc, common_name(each.person or each.user or ""), each.site, each.wave) for each in found
    ]
    print_table(columns, rows, file)


def _who(page: ClientPage, words: Phrases) -> list[tuple[str, str | None]]:
    mailbox = page.mailbox or {}
    moved = f"{mailbox['from']} -> {mailbox['to']}" if mailbox else None
    wave = f"{page.wave} ({page.wave_date})" if page.wave_date else page.wave
    return [
        (words["person"], page.user or page.person),
        (words["pc"], f"{page.pc} ({page.address}), {page.site}"),
        (words["account"], page.account),
        (words["data"], page.data),
        (words["servers"], moved),
        (words["wave"], wave or words["no_wave"]),
        (words["seen"], moment(page.last_seen) or words["never"]),
        (words["absent_since"], moment(page.absent_since)),
    ]


def _pairs(rows: list[tuple[str, str | None]], file: IO[str]) -> None:
    print_line("", file)
    print_table([Column(""), Column("", breaks=True)], [row for row in rows if row[1]], file, titles=False)


def _title(text: str, file: IO[str]) -> None:
    print_line("", file)
    print_line(text, file, "bold")


def _step(each: StepLine, words: Phrases) -> list[Cell]:
    if each.order is None:
        return [each.title, words["not_begun"], None, None]
    order = each.order
    said = "; ".join([order.error or order.sentence, *order.left])
    return [each.title, order.state_word, moment(order.ended or order.started or order.sent_at), said.strip("; ")]


def _changes(page: ClientPage, words: Phrases, file: IO[str]) -> None:
    rows: list[list[Cell]] = []
    unproven: list[str] = []
    for step in page.steps:
        for change in step.order.changes if step.order else []:
            note = "" if change.status == "changed" else words[f"status_{change.status}"]
            values = [words["nothing_there"] if value is None else value for value in (change.before, change.after)]
            rows.append([step.title, change.place, f"{values[0]} -> {values[1]}", note])
        unproven += step.order.unproven if step.order else []
    if rows:
        _title(words["changes"], file)
        columns = [Column(words["step"]), Column(words["place"])]
        both = Column(f"{words['before']} -> {words['after']}", breaks=True)
        print_table([*columns, both, Column("")], rows, file)
    if unproven:
        print_line(f"{words['unproven_title']}{words['colon']}{'; '.join(unproven)}", file)


def _why(page: ClientPage, words: Phrases, file: IO[str]) -> None:
    rows = [_exclusion(each, words) for each in page.exclusions]
    rows += [_finding(each, words) for each in page.findings]
    rows += [[each.rule, words["waivers"], moment(each.at), f"{each.reason} ({each.author})"] for each in page.waivers]
    columns = [Column(words[name]) for name in ("rule", "state", "since")]
    print_table([*columns, Column(words["reason"], breaks=True)], rows, file)


def _exclusion(each: ExclusionLine, words: Phrases) -> list[Cell]:
    if each.ended_at:
        ended = f"{words['ended']} {moment(each.ended_at)}, {words['by']} {each.ended_by}"
        return [each.who, ended, moment(each.begun_at), f"{each.why} ({each.ended_why})"]
    until = f", {words['until']} {each.until}" if each.until else ""
    return [each.who, f"{words['open']}{until}", moment(each.begun_at), each.why]


def _finding(each: FindingLine, words: Phrases) -> list[Cell]:
    says = f"{words['holds'] if each.holds else words['unknown']}, {words[f'verdict_{each.verdict}']}"
    return [each.rule, says, moment(each.since), each.why]


def _order(each: OrderLine, words: Phrases) -> list[Cell]:
    note = f"{words['cancel_at']} {moment(each.cancel_at)}" if each.cancel_at else ""
    return [
        each.id[:12],
        each.title,
        each.mode_word,
        each.state_word,
        moment(each.sent_at),
        moment(each.reported_at),
        note,
    ]
