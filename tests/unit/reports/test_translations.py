"""Every sentence that waves, rules and audits leave in the store is known in French."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

import pytest

from notesfleet.fleet import findings
from notesfleet.fleet.mailbox import derive
from notesfleet.reports.translations import known, translated
from notesfleet.reports.words import Language


def _sentences(function: Callable[..., object]) -> list[str]:
    """The plain texts that a function returns."""
    tree = ast.parse(inspect.getsource(function))
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return [each.value for each in returned if isinstance(each, ast.Constant) and isinstance(each.value, str)]


@pytest.mark.parametrize("function", [derive, findings._why_ended], ids=lambda function: function.__name__)
def test_every_sentence_of_the_fleet_is_translated(function: Callable[..., object]) -> None:
    found = _sentences(function)
    assert len(found) >= 4
    assert [text for text in found if translated(text, Language.FR) == text] == []


@pytest.mark.parametrize(
    ("stored", "english", "french"),
    [
        ("notes.ini: locked_file", "notes.ini: another program has", "notes.ini : un autre programme"),
        (
            "outbox.count: mail.box did not open; pc.x: no_rights",
            "outbox.count: mail.box did not open; pc.x: there is no right",
            "outbox.count : mail.box ne s'est pas ouvert ; pc.x : le droit de le lire",
        ),
        (
            "the data directory is not known (not_local)",
            "the data directory is not known (it is at no path on",
            "le dossier de données n'est pas connu (il n'est à aucun chemin",
        ),
    ],
)
def test_codes_of_unknown_values_are_words_in_both_languages(stored: str, english: str, french: str) -> None:
    assert translated(stored, Language.EN).startswith(english)
    assert translated(stored, Language.FR).startswith(french)
    assert known(stored, Language.FR)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("not read yet: mail, person", "pas encore lu : mail, person"),
        ("its day has come: 2026-12-24", "son jour est venu : 2026-12-24"),
        ("outbox.count: mail.box did not open", "outbox.count : mail.box ne s'est pas ouvert"),
        (
            "pc.x: this; outbox.count: mail.box did not open",
            "pc.x : this ; outbox.count : mail.box ne s'est pas ouvert",
        ),
        ("RoamingUser is '7'", "RoamingUser vaut '7'"),
        ("something that a PC said", "something that a PC said"),
        ("", ""),
    ],
)  # fmt: skip
def test_parts_of_a_sentence_are_translated_and_what_is_not_known_stays(english: str, french: str) -> None:
    assert translated(english, Language.FR) == french
    assert translated(english, Language.EN) == english
