from __future__ import annotations

import pytest

from notesfleet.errors import InputError
from notesfleet.exchange.arguments import ClientInfoArguments, OrderArguments, read_arguments

GOOD = {"step": "switch_server", "actions": [{"name": "require.outbox_empty"}]}


def problem(**given: object) -> str:
    with pytest.raises(InputError) as caught:
        read_arguments(OrderArguments, "notesfleet.client.order", GOOD | given)
    return str(caught.value)


def test_all_wrong_arguments_are_named_at_once_with_what_is_right() -> None:
    sentence = problem(step="Switch server", wait=900, stepp="x")
    assert sentence.startswith("notesfleet.client.order: ")
    assert "step: " in sentence
    assert "wait: input should be less than or equal to 600" in sentence
    assert "stepp: there is no such argument; did you mean `step`?" in sentence
    assert "\n" not in sentence


def test_a_missing_argument_is_said_to_be_missing() -> None:
    with pytest.raises(InputError, match="actions: is missing"):
        read_arguments(OrderArguments, "notesfleet.client.order", {"step": "s"})


def test_a_moment_is_utc() -> None:
    assert "'tomorrow' is no moment in UTC such as 2026-11-27T08:00:00Z" in problem(not_before="tomorrow")


def test_texts_that_ansible_delivers_for_numbers_and_lists_are_taken() -> None:
    given = read_arguments(OrderArguments, "order", GOOD | {"wait": "15", "after": "a, b", "round": 7, "retry": "yes"})
    assert (given.wait, given.after, given.round, given.retry) == (15, ["a", "b"], "7", True)


def test_a_depth_is_inside_or_outside() -> None:
    with pytest.raises(InputError, match="depth: input should be 'outside' or 'inside'"):
        read_arguments(ClientInfoArguments, "client_info", {"depth": "deep"})
