from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.canonical import LARGEST_INTEGER, NotCanonical, canonical_text, equal

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.text().filter(lambda text: not text.startswith("/Date(")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_a_value_is_read_back_from_its_text(value: object) -> None:
    text = canonical_text(value)
    assert json.loads(text) == value
    assert canonical_text(json.loads(text)) == text


@given(values)
def test_the_text_is_printable_ascii_without_blanks_between_marks(value: object) -> None:
    text = canonical_text(value)
    assert all(" " <= letter <= "~" or letter == "\x7f" for letter in text)
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_keys_are_sorted_and_escapes_are_lower_case() -> None:
    assert canonical_text({"b": "\u00c9\n", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"\\u00c9\\n"}'.lower()


def test_equal_does_not_ignore_case_and_tells_a_number_from_its_text() -> None:
    assert not equal({"a": "X"}, {"a": "x"})
    assert not equal({"a": 1}, {"a": "1"})
    assert not equal({"a": ["x"]}, {"a": "x"})


@pytest.mark.parametrize(
    "value", [1.0, LARGEST_INTEGER + 1, "/Date(0)/", {"a": ["/Date("]}, {1: "a"}, b"x", {"a": {2}}]
)
def test_what_windows_powershell_would_read_otherwise_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_text(value)
