"""`notesfleet order show`: an order with its arguments, its report action by action, and its journal line by line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, Any

from notesfleet.orders.journal import journal_lines
from notesfleet.orders.model import Order, Staging
from notesfleet.reports.changes import Change, shown
from notesfleet.reports.client_page import moment
from notesfleet.reports.order_lines import ActionLine, OrderLine, order_line
from notesfleet.reports.page_words import Phrases, phrases
from notesfleet.reports.tables import Cell, Column, Styled, print_line, print_table
from notesfleet.reports.words import Language
from notesfleet.store.histories import FullOrder

_STYLES = {"failed": "red", "not_met": "yellow", "changed": "green"}


def print_order(found: FullOrder, places: dict[str, str], language: Language, now: datetime, file: IO[str]) -> None:
    """The order, then what each action came to with before and after."""
    words, order = phrases(language), Order.model_validate_json(found.text)
    staging = Staging.model_validate_json(found.record.staging)
    line = order_line(found.record, places, language, now)
    print_line(f"{words['order']} {line.id}{words['colon']}{line.state_word}", file, "bold")
    if line.sentence:
        print_line(line.sentence, file)
    print_line("", file)
    rows = [row for row in _pairs(order, staging, line, words) if row[1]]
    print_table([Column(""), Column("", breaks=True)], rows, file, titles=False)
    for number, action in enumerate(order.actions):
        said = line.actions[number] if number < len(line.actions) else None
        _print_action(number, action.name, action.with_, said, words, file)
    if line.left:
        print_line("", file)
        print_line(words["left_title"], file, "bold")
        for each in line.left:
            print_line(f"  {each}", file)


def order_document(found: FullOrder, language: Language, now: datetime) -> dict[str, Any]:
    """The order, what is staged beside it, and its report, as the store keeps them."""
    record, line = found.record, order_line(found.record, {}, language, now)
    return {
        "schema": 1,
        "id": record.id,
        "client": record.client,
        "state": line.state,
        "reason": line.reason,
        "sentence": line.sentence or None,
        "attempt": record.attempt,
        "sent_at": record.sent_at,
        "reported_at": record.reported_at,
        "cancel_at": record.cancel_at,
        "run": record.run,
        "order": json.loads(found.text),
        "staging": json.loads(record.staging),
        "report": record.report,
    }


def print_journal(found: FullOrder, language: Language, file: IO[str]) -> None:
    """The journal, a line each: whether its checksum continues the line before, the moment, the record."""
    words = phrases(language)
    if not found.journal:
        print_line(words["no_journal"], file)
        return
    rows: list[list[Cell]] = []
    for line in journal_lines(found.journal):
        verdict: Cell = words["fits"] if line.fits else Styled(words["fits_not" if line.record else "torn"], "red")
        record = dict(line.record or {})
        kind, at = record.pop("k", ""), record.pop("t", "")
        rows.append([line.number, verdict, shown(at), shown(kind), shown(record) if line.record else line.text])
    columns = [Column(words["line"], right=True), Column(words["checksum"]), Column(words["at"])]
    print_table([*columns, Column(words["record"]), Column("", breaks=True)], rows, file)


def _pairs(order: Order, staging: Staging, line: OrderLine, words: Phrases) -> list[tuple[str, str | None]]:
    mode = line.mode_word + (f" ({order.of})" if order.of else "")
    return [
        (words["client"], order.client),
        (words["step"], f"{line.title} ({order.step})"),
        (words["campaign"], order.campaign),
        (words["round"], order.round),
        (words["mode"], mode),
        (words["notes_user"], order.owner.user),
        (words["data"], order.owner.data),
        (words["attempt"], str(line.attempt)),
        (words["sent"], f"{moment(line.sent_at)}, {staging.issued_by}".removesuffix(", ")),
        (words["reported"], moment(line.reported_at)),
        (words["not_before"], moment(staging.not_before)),
        (words["not_after"], moment(staging.not_after)),
        (words["stop_file"], staging.stop_file),
        (words["prompt_free"], words["yes"] if staging.prompt_free else words["no"]),
        (words["cancel_at"], moment(line.cancel_at)),
    ]


def _print_action(
    number: int, name: str, arguments: dict[str, Any], said: ActionLine | None, words: Phrases, file: IO[str]
) -> None:
    status = said.status_word if said else words["status_not_reached"]
    notes = [status]
    if said:
        notes += [
            said.way or "",
            f"{said.seconds} s" if said.seconds else "",
            words["unproven"] if said.unproven else "",
        ]
    print_line("", file)
    title = f"{number}. {name} ({words.get(f'action_{name}', name)}){words['colon']}"
    print_line(title + ", ".join(note for note in notes if note), file, _STYLES.get(said.status, "") if said else "")
    for key, value in arguments.items():
        print_line(f"   {key}{words['colon']}{shown(value)}", file)
    for line in [said.error, said.saw] if said else []:
        if line:
            print_line(f"   => {line}", file)
    for change in said.changes if said else []:
        print_line(f"   {_change(change, words)}", file)


def _change(each: Change, words: Phrases) -> str:
    before, after = (words["nothing_there"] if value is None else value for value in (each.before, each.after))
    note = "" if each.status == "changed" else f" ({words[f'status_{each.status}']})"
    return f"{each.place}{words['colon']}{before} -> {after}{note}"
