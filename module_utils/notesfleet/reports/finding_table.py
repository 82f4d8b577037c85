"""`notesfleet findings`: what rules found, and who is set aside, as a table and as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import IO, Any

from notesfleet.errors import InputError
from notesfleet.reports.advice import excluded_by, finding_why
from notesfleet.reports.client_page import moment
from notesfleet.reports.page_words import Phrases, phrases
from notesfleet.reports.tables import Cell, Column, print_line, print_table
from notesfleet.reports.translations import translated
from notesfleet.reports.words import Language
from notesfleet.store.exclusions import Exclusion, Finding
from notesfleet.store.standing import Standing


def print_findings(standings: Iterable[Standing], rule: str, language: Language, file: IO[str]) -> None:
    """A line for each finding, and one for each open exclusion that no finding explains."""
    words = phrases(language)
    rows = [row for each in standings for row in _rows(each, rule, words, language)]
    if not rows:
        print_line(words["no_findings"], file)
        return
    columns = [Column(words[name]) for name in ("client", "rule")]
    columns += [Column(words["says"], breaks=True), *(Column(words[name]) for name in ("verdict", "since"))]
    columns += [Column(words["reading"], breaks=True), Column(words["reason"], breaks=True)]
    print_table(columns, rows, file)


def findings_document(standings: Iterable[Standing], rule: str, language: Language) -> dict[str, Any]:
    listed = list(standings)
    return {
        "schema": 1,
        "findings": [_finding(each, language) for one in listed for each in _chosen(one.findings, rule)],
        "exclusions": [_exclusion(each) for one in listed for each in _chosen(one.excluded, rule)],
    }


def check_rule(rule: str, known: Iterable[str]) -> None:
    """Raises InputError for a rule that no campaign has."""
    names = sorted(set(known))
    if rule not in names:
        close = difflib.get_close_matches(rule, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names) or 'none: load a campaign'}"
        raise InputError(f"--rule: no campaign has the rule {rule}", remedy=hint)


def _rows(each: Standing, rule: str, words: Phrases, language: Language) -> list[list[Cell]]:
    found = [_finding_row(finding, words, language) for finding in _chosen(each.findings, rule)]
    explained = {finding.rule for finding in each.findings}
    alone = [exclusion for exclusion in _chosen(each.excluded, rule) if exclusion.rule not in explained]
    return found + [_exclusion_row(exclusion, words, language) for exclusion in alone]


def _chosen(found: list[Any], rule: str) -> list[Any]:
    return [each for each in found if not rule or each.rule == rule]


def _finding_row(each: Finding, words: Phrases, language: Language) -> list[Cell]:
    says = (
        words["holds"] if each.holds else words["unknown"] + words["colon"] + translated(each.unknown or "", language)
    )
    read = "; ".join(
        f"{name} {moment(at['at'])} {words.get(at['depth'], at['depth'])}" for name, at in sorted(each.readings.items())
    )
    verdict = words[f"verdict_{each.verdict}"]
    return [each.client, each.rule, says, verdict, moment(each.since), read, each.reason[language.value]]


def _exclusion_row(each: Exclusion, words: Phrases, language: Language) -> list[Cell]:
    until = f", {words['until']} {each.until}" if each.until else ""
    verdict = words["verdict_exclude"] + until
    reason = each.reason[language.value]
    return [each.client, excluded_by(each, language), None, verdict, moment(each.begun_at), None, reason]


def _finding(each: Finding, language: Language) -> dict[str, Any]:
    return {
        "client": each.client,
        "campaign": each.campaign,
        "rule": each.rule,
        "holds": each.holds,
        "unknown": each.unknown,
        "verdict": each.verdict,
        "since": each.since,
        "readings": each.readings,
        "sentence": finding_why(each, language),
        "remedy": each.remedy,
    }


def _exclusion(each: Exclusion) -> dict[str, Any]:
    return {
        "client": each.client,
        "campaign": each.campaign,
        "rule": each.rule,
        "author": each.author,
        "reason": each.reason,
        "begun_at": each.begun_at,
        "until": each.until,
    }
