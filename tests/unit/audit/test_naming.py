"""Names of clients: a known profile keeps its own, a new one never takes another's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from notesfleet.audit.naming import client_names, fold
from notesfleet.orders.model import ClientName

LOW, MIDDLE, HIGH = "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001", "S-1-5-21-9-9-9-1001"


def test_letters_digits_point_and_hyphen_stay_and_the_rest_becomes_a_line() -> None:
    assert fold("J.Dupont-2") == "j.dupont-2"
    assert fold("Zoë Müller@x") == "zo__m_ller_x"
    assert client_names("PC-0001", {LOW: "JDupont"}, {}) == {LOW: "pc-0001~jdupont"}


def test_a_name_that_is_taken_gets_the_rid() -> None:
    assert client_names("pc1", {LOW: "ann", MIDDLE: "ANN"}, {}) == {LOW: "pc1~ann", MIDDLE: "pc1~ann-1001"}


def test_a_new_profile_with_a_lower_sid_does_not_take_the_name_of_a_known_one() -> None:
    known = {MIDDLE: "pc1~ann"}
    assert client_names("pc1", {LOW: "ann", MIDDLE: "ann"}, known) == {MIDDLE: "pc1~ann", LOW: "pc1~ann-1000"}


def test_the_name_of_a_profile_that_is_gone_is_not_given_again() -> None:
    assert client_names("pc1", {LOW: "ann"}, {HIGH: "pc1~ann"}) == {LOW: "pc1~ann-1000"}


def test_where_the_rid_is_taken_too_a_number_follows() -> None:
    accounts = {LOW: "ann", MIDDLE: "ann", HIGH: "ann"}
    assert client_names("pc1", accounts, {})[HIGH] == "pc1~ann-1001-2"
    assert client_names("pc1", {LOW: "ann"}, {MIDDLE: "pc1~ann", HIGH: "pc1~ann-1000"})[LOW] == "pc1~ann-1000-2"


def test_a_renamed_account_keeps_its_clients_name() -> None:
    assert client_names("pc1", {LOW: "ann.married"}, {LOW: "pc1~ann"}) == {LOW: "pc1~ann"}


accounts = st.dictionaries(
    st.integers(0, 40).map(lambda number: f"S-1-5-21-{number % 3}-1-1-{number % 7}-{number}"),
    st.sampled_from(["ann", "ANN", "bob", "ann-1", "ann-2", "ann-1-2", "", "é", "x" * 300]),
    max_size=8,
)


@given(st.lists(accounts, max_size=6))
def test_names_are_never_shared_and_never_change(surveys: list[dict[str, str]]) -> None:
    known: dict[str, str] = {}
    for seen in surveys:
        names = client_names("PC1", seen, known)
        assert names == client_names("PC1", dict(reversed(seen.items())), dict(reversed(known.items())))
        assert names.keys() == seen.keys()
        assert {sid: name for sid, name in names.items() if sid in known} == {s: known[s] for s in seen if s in known}
        known |= names
        assert len(set(known.values())) == len(known)
        for name in names.values():
            TypeAdapter(ClientName).validate_python(name)
