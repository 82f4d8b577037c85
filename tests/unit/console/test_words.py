"""The console's words: each in both languages, none that a template cannot reach."""

from __future__ import annotations

import re

import pytest

from notesfleet.console.words import _PHRASES, console_phrases
from notesfleet.reports.page_words import phrases
from notesfleet.reports.words import Language


def test_no_word_of_the_report_is_said_twice() -> None:
    assert not _PHRASES.keys() & phrases(Language.EN).keys()


@pytest.mark.parametrize("key", _PHRASES)
def test_both_languages_have_the_same_blanks(key: str) -> None:
    english, french = (sorted(re.findall(r"\{(\w+)\}", text)) for text in _PHRASES[key])
    assert english == french
    assert all(_PHRASES[key])


def test_no_word_is_hidden_by_a_method_of_its_mapping() -> None:
    words = console_phrases(Language.EN)
    assert [key for key in words if hasattr(words, key)] == []
