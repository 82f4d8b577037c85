"""Why a value is unknown is a code in documents and a few words where people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notesfleet.audit.unread import WORDS, in_words

FACTS = Path(__file__).resolve().parents[3] / "docs" / "facts.md"


def test_every_code_that_the_facts_can_have_has_words() -> None:
    said = re.search(r"^Codes in an unknown value.*?\n\n", FACTS.read_text(), re.DOTALL | re.MULTILINE)
    assert said is not None
    assert set(re.findall(r"`([a-z]+_?[a-z]+)`", said[0])) - {"msg", "client_info"} == set(WORDS)


@pytest.mark.parametrize(
    ("why", "english", "french"),
    [
        ("locked_file", "another program has the file open", "un autre programme a ouvert le fichier"),
        ("notes.ini: runner_error", "notes.ini: an unexpected error", "notes.ini: une erreur inattendue"),
        (
            "the data directory is not known (not_local)",
            "the data directory is not known (it is at no path on a local disk)",
            "the data directory is not known (il n'est à aucun chemin d'un disque local)",
        ),
        (
            "files.a: locked_file; files.b: too_large",
            "files.a: another program has the file open; files.b: the file is larger than notesfleet reads",
            "files.a: un autre programme a ouvert le fichier; files.b: le fichier dépasse ce que notesfleet lit",
        ),
    ],
)
def test_a_code_is_said_in_words(why: str, english: str, french: str) -> None:
    assert in_words(why) == english
    assert in_words(why, french=True) == french


@pytest.mark.parametrize(
    "why", ["", "mail.box did not open", "notes.ini, Location: unreadable: 'a'", "x.unreadable: 1", "its locked_file"]
)
def test_what_is_no_code_by_itself_stays(why: str) -> None:
    assert in_words(why) == why
