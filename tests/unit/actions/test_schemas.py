from __future__ import annotations

from typing import Any

import pytest

from notesfleet.actions.conditions import TESTS
from notesfleet.actions.desired import DESIRED, KINDS
from notesfleet.actions.schemas import ACTIONS, runner_table, validate
from notesfleet.canonical import canonical_text
from notesfleet.errors import InputError

INI = {"name": "ini.set", "with": {"name": "MailServer", "value": "1"}}


def test_a_number_and_its_text_are_the_same_argument() -> None:
    """Ansible delivers `"{{ 1 + 1 }}"` as one or the other, by its version: the order's id must not change."""
    texts = validate([{"name": "ini.set", "with": {"name": "KitType", "value": "2"}}])
    numbers = validate([{"name": "ini.set", "with": {"name": "KitType", "value": 2}}])
    assert texts == numbers
    given: dict[str, Any] = {"server": "CN=S", "server_path": "m", "replica_id": "C1257D0000112233", "path": "m"}
    tolerances = [
        validate([{"name": "require.replica_complete", "with": given | {"tolerance": value}}]) for value in ("5", 5)
    ]
    assert tolerances[0] == tolerances[1]


def test_defaults_are_filled_in_so_that_the_runner_needs_none() -> None:
    (action,) = validate([{"name": "require.outbox_empty"}])
    assert action.with_ == {"path": "mail.box"}
    (action,) = validate(
        [
            {
                "name": "document.replace_value",
                "with": {"db": "names.nsf", "form": "Location", "item": "M", "from": "a", "to": "b"},
            }
        ]
    )
    assert (action.with_["as"], action.with_["at_least"], action.with_["match"]) == ("name", 1, [])


def test_a_replica_id_is_taken_with_its_colon_and_in_any_case() -> None:
    given = {"path": "m.nsf", "replica_id": "c1257d00:00112233"}
    assert validate([{"name": "verify.opens", "with": given}])[0].with_["replica_id"] == "C1257D0000112233"


def test_every_wrong_field_is_named_with_its_path_in_one_error() -> None:
    with pytest.raises(InputError) as error:
        validate(
            [
                {"name": "ini.set", "with": {"name": "Mail Server", "valu": "x"}},
                {"name": "ini.explode"},
                INI | {"must": True},
                {"name": "verify.value", "with": {"kind": "entry", "find": {"replica_id": "12"}}},
            ]
        )
    text = str(error.value)
    for path in (
        "actions.0.with.name",
        "actions.0.with.value",
        "actions.0.with.valu",
        "actions.1.name",
        "actions.2.must",
        "actions.3.with.find.replica_id",
    ):
        assert f"{path}:" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "path", ["C:\\mail.nsf", "\\mail.nsf", "..\\mail.nsf", "mail\\..\\..\\x.nsf", "mail/../x.nsf", ""]
)
def test_a_path_stays_under_the_data_directory(path: str) -> None:
    with pytest.raises(InputError, match=r"actions\.0\.with\.path"):
        validate([{"name": "require.outbox_empty", "with": {"path": path}}])


def test_an_item_that_is_set_and_matched_is_matched_by_its_new_value_too() -> None:
    """Else the action would not find again what it has changed (action-engine section 2)."""
    items = [{"name": "MailType", "values": ["1"]}]
    wanted = {"db": "names.nsf", "form": "Location", "items": items, "match": [{"item": "MailType", "any_of": ["0"]}]}
    with pytest.raises(InputError, match=r"actions\.0\.with.*MailType"):
        validate([{"name": "document.set_items", "with": wanted}])
    validate([{"name": "document.set_items", "with": wanted | {"match": [{"item": "mailtype", "any_of": ["0", "1"]}]}}])


@pytest.mark.parametrize("wrong", [None, 1, "ini.set", [], {"name": "ini.set", "with": [1]}, {"with": {}}])
def test_an_action_of_another_shape_is_an_input_error(wrong: Any) -> None:
    with pytest.raises(InputError, match=r"actions\.0"):
        validate([wrong])


def test_every_action_has_its_code() -> None:
    for name, schema in ACTIONS.items():
        assert (name in DESIRED) == (schema.kind == "resource")
        assert (name in TESTS) == (schema.kind == "condition")
        assert schema.part_kind in KINDS if schema.kind == "resource" else schema.unmet in ("pending", "failed")


def test_the_runners_table_is_canonical() -> None:
    assert canonical_text(runner_table()) == canonical_text(runner_table())
    assert [action["name"] for action in runner_table()["actions"]] == sorted(ACTIONS)
