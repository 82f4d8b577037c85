"""The report: aligned plain text off a terminal, two languages, nothing from a PC steers the terminal."""

from __future__ import annotations

import io
import json

import pytest

from notesfleet.actions.schemas import ACTIONS
from notesfleet.codes import SENTENCES
from notesfleet.orders.model import OrderState
from notesfleet.reports.status import print_status, status_json
from notesfleet.reports.words import WORDS, Language
from notesfleet.store.standing import Standing, StepStanding
from notesfleet.store.states import STEPS, ClientState

PLACE = {"address": "127.0.0.1", "site": "Lyon", "last_seen": "2026-11-26T08:03:04Z", "wave": "pilot", "campaign": "c"}
DONE = [StepStanding(step, "0" * 32, OrderState.DONE, None, 0, step == "switch_server") for step in STEPS]
PENDING = [StepStanding(STEPS[0], "1" * 32, OrderState.PENDING, "notes_closed", 0, False)]
STANDINGS = [
    Standing(pc="pc1", client="pc1~jdupont", state=ClientState.DONE, steps=DONE, **PLACE),
    Standing(pc="pc2", client="pc2~a", state=ClientState.PENDING, reason="notes_closed", steps=PENDING, **PLACE),
    Standing(pc="pc3", address="127.0.0.3", site="Lyon"),
    Standing(pc="pc4", client="pc4~x", state=ClientState.ASIDE, reason="a [bold]\x1b[31mtext[/bold]", **PLACE),
]


def _printed(language: Language) -> str:
    file = io.StringIO()
    print_status(STANDINGS, language, file)
    return file.getvalue()


def test_a_client_is_a_line_with_state_steps_mail_left_and_time_with_its_zone() -> None:
    line = next(line for line in _printed(Language.EN).splitlines() if line.startswith("pc1~jdupont"))
    assert line.split() == ["pc1~jdupont", "done", "3/3", "not", "compared", "0", "2026-11-26", "08:03", "UTC"]


def test_a_pending_client_says_why_in_a_sentence_of_the_language() -> None:
    assert "Waits until Notes is open." in _printed(Language.EN)
    assert "Attend que Notes soit ouvert." in _printed(Language.FR)
    assert "en attente" in _printed(Language.FR)


def test_columns_are_aligned_and_a_line_is_never_broken() -> None:
    lines = _printed(Language.EN).splitlines()
    assert len(lines) == len(STANDINGS) + 2
    assert len({line.index("UTC") for line in lines if "UTC" in line and line.startswith("pc")}) == 1


def test_without_a_terminal_there_is_no_colour_and_nothing_of_a_pc_is_markup_or_control() -> None:
    text = _printed(Language.EN)
    assert "\x1b" not in text
    assert "a [bold] [31mtext[/bold]" in text


def test_a_pc_that_was_never_seen_says_so() -> None:
    line = next(line for line in _printed(Language.EN).splitlines() if line.startswith("pc3"))
    assert "not audited" in line
    assert "never" in line


def test_an_empty_store_says_what_to_do() -> None:
    file = io.StringIO()
    print_status([], Language.EN, file)
    assert "notesfleet clients import" in file.getvalue()


def test_json_has_codes_and_sentences() -> None:
    entries = json.loads(status_json(STANDINGS, Language.FR))["clients"]
    assert [entry["state"] for entry in entries] == ["done", "pending", "unaudited", "aside"]
    assert (entries[1]["reason"], entries[1]["sentence"]) == ("notes_closed", "Attend que Notes soit ouvert.")
    assert entries[0]["steps"][1]["not_compared"] is True


@pytest.mark.parametrize("language", list(Language))
def test_every_state_and_reason_has_its_words(language: Language) -> None:
    words = WORDS[language]
    assert set(words.states) == set(ClientState)
    for reason in SENTENCES:
        assert " " in words.reason(reason.value)


@pytest.mark.parametrize(
    ("value", "language"), [("fr_FR.UTF-8", Language.FR), ("en_US", Language.EN), ("C", Language.EN)]
)
def test_the_language_is_that_of_lang(monkeypatch: pytest.MonkeyPatch, value: str, language: Language) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", value)
    assert Language.of_environment() is language


def test_a_client_that_waits_for_a_condition_says_which() -> None:
    step = StepStanding(STEPS[1], "2" * 32, OrderState.PENDING, "condition", 0, False, unmet="require.outbox_empty")
    waits = Standing(pc="pc5", client="pc5~b", state=ClientState.PENDING, reason="condition", steps=[step], **PLACE)
    file = io.StringIO()
    print_status([waits], Language.EN, file)
    assert "Mail waits in the outbox" in file.getvalue()
    entry = json.loads(status_json([waits], Language.FR))["clients"][0]
    assert (entry["reason"], entry["steps"][0]["unmet"]) == ("condition", "require.outbox_empty")
    assert "boîte d'envoi" in entry["sentence"]


@pytest.mark.parametrize("language", list(Language))
def test_every_condition_and_every_absence_that_the_probe_finds_has_its_sentence(language: Language) -> None:
    words = WORDS[language]
    waits = {name for name, each in ACTIONS.items() if name.startswith("require.") and each.unmet == "pending"}
    assert set(words.conditions) == waits
    for said in ("does not answer in time", "refuses the connection", "breaks the connection off"):
        assert words.reason(said)[0] in "TL"
