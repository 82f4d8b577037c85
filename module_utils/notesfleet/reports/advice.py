"""How a client stands in a sentence, what the user is told and what is to be done, from codes, rules and state."""

from __future__ import annotations

from dataclasses import dataclass

from notesfleet.reports import advice_words as said
from notesfleet.reports.order_lines import OrderLine
from notesfleet.reports.page_words import phrases, spaced
from notesfleet.reports.translations import translated
from notesfleet.reports.words import WORDS, Language
from notesfleet.store.exclusions import Exclusion, Finding
from notesfleet.store.standing import Standing
from notesfleet.store.states import ClientState


@dataclass(frozen=True)
class Advice:
    """`why`: the reason in one line, empty where there is none. `evidence`: what a PC or a library said, as it is."""

    sentence: str
    why: str
    evidence: str
    tell: str
    todo: list[str]


def advise(each: Standing, order: OrderLine | None, aside_path: str, wave: str, language: Language) -> Advice:
    """`order`: of the step that waits or failed. `wave`: its name with its date. `aside_path`: of what was kept."""
    number = list(Language).index(language)
    why, evidence = _bare_why(each, language), _evidence(each, order, language)
    blanks = {
        "why": "" if evidence else why.removesuffix(".") if each.state is ClientState.LEFT_OUT else why,
        "who": _who(each, language),
        "wave": wave,
        "step": order.title if order else "",
    }
    form = said.ENDED if _called_off(each, order) else said.SENTENCE[each.state]
    sentence = form[number].format(**blanks).strip()
    todo = [spaced(line, language) for line in _todo(each, order, aside_path, language)]
    return Advice(
        spaced(sentence, language),
        why_of(each, language),
        evidence,
        spaced(_tell(each, order, number), language),
        todo,
    )


def _called_off(each: Standing, order: OrderLine | None) -> bool:
    """It ended without a failure: cancelled, taken back, or not begun in time."""
    return each.state is ClientState.FAILED and order is not None and order.state in said.TODO_ENDED


def why_of(each: Standing, language: Language) -> str:
    """Why it stands so, in one line; empty for states that need none. An exclusion says by what rule or by whom."""
    if each.state is ClientState.EXCLUDED and each.excluded:
        return f"{_who(each, language)}{phrases(language)['colon']}{_bare_why(each, language)}"
    return _bare_why(each, language)


def _bare_why(each: Standing, language: Language) -> str:
    if each.state is ClientState.EXCLUDED and each.excluded:
        return excluded_why(each.excluded[0], each.findings, language)
    if each.state is ClientState.PENDING and each.recalled:
        return WORDS[language].recalled
    return translated(WORDS[language].reason(each.reason, each.unmet), language)


def excluded_why(exclusion: Exclusion, findings: list[Finding], language: Language) -> str:
    """Its reason; where the rule cannot be decided, what is not known, in the language."""
    finding = next((each for each in findings if each.rule == exclusion.rule and not each.holds), None)
    return finding_why(finding, language) if finding else exclusion.reason[language.value]


def finding_why(finding: Finding, language: Language) -> str:
    """The rule's reason; where it cannot be known whether it holds, why not."""
    reason = finding.reason[language.value]
    if finding.holds:
        return reason
    cannot = said.CANNOT_KNOW[list(Language).index(language)]
    return cannot.format(unknown=translated(finding.unknown or "", language)) + reason


def excluded_by(exclusion: Exclusion, language: Language) -> str:
    """The rule, or by hand and who did it."""
    return exclusion.rule or f"{phrases(language)['by_hand']}, {exclusion.author}"


def _who(each: Standing, language: Language) -> str:
    return excluded_by(each.excluded[0], language) if each.excluded else ""


def _evidence(each: Standing, order: OrderLine | None, language: Language) -> str:
    if each.state is ClientState.FAILED:
        return order.error if order else ""
    if each.state is ClientState.ASIDE:
        return each.reason or ""
    known = each.state is not ClientState.ABSENT or each.reason in WORDS[language].absences
    return "" if known else each.reason or ""


def _tell(each: Standing, order: OrderLine | None, number: int) -> str:
    reason = order.reason if order and each.state in (ClientState.PENDING, ClientState.FAILED) else None
    if each.state is ClientState.PENDING and each.recalled:
        return said.TELL[ClientState.LEFT_OUT][number]
    if _called_off(each, order):
        return said.TELL_ENDED[number]
    return said.HELPDESK[number].get(reason or "") or said.TELL[each.state][number]


def _todo(each: Standing, order: OrderLine | None, aside_path: str, language: Language) -> list[str]:
    number = list(Language).index(language)
    blanks = {
        "client": each.client,
        "wave": each.wave or "",
        "campaign": each.campaign or "",
        "order": order.id[:12] if order else "",
        "path": aside_path,
    }
    found = [said.TODO[each.state][number].format(**blanks)]
    if each.state is ClientState.EXCLUDED:
        found = [*_remedies(each, language), *found]
    elif each.state is ClientState.PENDING and each.recalled:
        found = [said.TODO_RECALLED[number]]
    elif each.state is ClientState.PENDING:
        for key in (each.unmet, each.reason):
            if key in said.TODO_PENDING:
                return [said.TODO_PENDING[key][number].format(**blanks)]
    elif order and _called_off(each, order):
        found = [said.TODO_ENDED[order.state][number]]
    elif each.state is ClientState.FAILED and order and order.sentence:
        found = [order.sentence, *found]
    elif each.state is ClientState.DONE and each.not_compared:
        found = [said.UNCOMPARED[number]]
    return found


def _remedies(each: Standing, language: Language) -> list[str]:
    rules = {exclusion.rule for exclusion in each.excluded}
    return [finding.remedy[language.value] for finding in each.findings if finding.rule in rules and finding.remedy]
