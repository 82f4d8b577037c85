from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesfleet.actions.names import among, folded, same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CN=Old/O=Acme", "old/ACME"),
        ("CN=Jean Dupont/OU=Lyon/O=Acme/C=FR", "Jean Dupont/Lyon/Acme/fr"),
        ("cn=Old/o=Acme", "CN=OLD/O=ACME"),
    ],
)
def test_names_are_the_same_without_labels_and_case(left: str, right: str) -> None:
    assert same(left, right, "name")


@pytest.mark.parametrize(
    ("left", "right"), [("mail/JDupont", "mail\\jdupont.nsf"), ("C:\\Notes\\Data", "c:/notes/data"), ("a.NSF", "a")]
)
def test_paths_are_the_same_without_case_slash_and_extension(left: str, right: str) -> None:
    assert same(left, right, "path")


def test_texts_are_compared_as_they_stand() -> None:
    assert not same("Old", "old", "text")
    assert among("b", ["a", "b"], "text")


def test_only_a_to_z_lose_their_case() -> None:
    """The same in both languages and in every culture: no Turkish i, no folded umlaut."""
    assert not same("CN=Zo\u00cb/O=A", "CN=Zo\u00eb/O=A", "name")
    assert folded("I\u0130", "name") == "i\u0130"


def test_a_label_inside_a_name_stays() -> None:
    assert not same("CN=xCN=Old/O=A", "xOld/A", "name")


@given(st.text(max_size=20), st.sampled_from(["text", "name", "path"]))
def test_folding_twice_is_folding_once_for_what_has_one_label(text: str, comparison: str) -> None:
    assert same(text, text, comparison)
