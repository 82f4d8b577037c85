"""Every sentence that waves, rules and audits leave in the store is known in French."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

import pytest

from notesfleet.fleet import findings
from notesfleet.fleet.mailbox import derive
from notesfleet.reports.translations import translated
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
    ("english", "french"),
    [
        ("not read yet: mail, person", "pas encore lu : mail, person"),
        ("its day has come: 2026-12-24", "son jour est venu : 2026-12-24"),
        ("outbox.count: mail.box did not open", "outbox.count : mail.box ne s'est pas ouvert"),
        (
            "pc.x: locked_file; outbox.count: mail.box did not open",
            "pc.x : locked_file ; outbox.count : mail.box ne s'est pas ouvert",
        ),
        ("RoamingUser is '7'", "RoamingUser vaut '7'"),
        ("something that a PC said", "something that a PC said"),
        ("", ""),
    ],
)  # fmt: skip
def test_parts_of_a_sentence_are_translated_and_what_is_not_known_stays(english: str, french: str) -> None:
    assert translated(english, Language.FR) == french
    assert translated(english, Language.EN) == english
