"""A step is what its role says, with the types that Ansible gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from notesfleet.errors import InputError
from notesfleet.exchange.role_step import read_role

ROLES = Path(__file__).resolve().parents[3] / "roles"
MAILBOX = {
    "user": "CN=Jean Dupont/O=ACME",
    "mail_file": "mail\\jdupont.nsf",
    "to_file": "mail\\jdupont.nsf",
    "replica_id": "C12584EFFD0332B8",
    "from": "CN=MAIL01/O=ACME",
    "to": "CN=CLU1/O=ACME",
    "from_host": "mail01.acme.example",
    "to_host": "clu1.acme.example",
    "local_path": "mail\\jdupont.nsf",
    "id_files": ["", "jdupont.id"],
}


def rendered(role: str, **known: Any) -> dict[str, Any]:
    tasks, defaults = ((ROLES / role / name / "main.yml").read_text() for name in ("tasks", "defaults"))
    return read_role(tasks, defaults, f"roles/{role}").rendered({"notesfleet": {"mailbox": MAILBOX}, **known})


def of(arguments: str, defaults: str = "", **known: Any) -> dict[str, Any]:
    tasks = f"- name: A step\n  notesfleet.client.order:\n    {arguments}\n"
    return read_role(tasks, defaults, "roles/own").rendered(known)


@pytest.mark.parametrize("role", ["enable_local_replica", "switch_server", "update_replicator"])
def test_every_shipped_step_is_read_without_ansible(role: str) -> None:
    assert rendered(role)["step"] == role


def test_expressions_keep_their_types_and_defaults_may_name_each_other() -> None:
    said = rendered("switch_server")
    assert said["after"] == ["enable_local_replica"]
    moved = next(each for each in said["actions"] if each["name"] == "document.replace_value")["with"]
    assert moved["match"] == [
        {"item": "MailFile", "as": "path", "any_of": ["mail\\jdupont.nsf"]},
        {"item": "UserID", "as": "path", "any_of": ["", "jdupont.id"]},
    ]
    assert (
        next(each for each in said["actions"] if each["name"] == "require.replica_complete")["with"]["tolerance"] == 0
    )


def test_a_variable_of_the_site_goes_before_the_roles_default() -> None:
    actions = rendered("switch_server", switch_server_tolerance=7)["actions"]
    assert next(each for each in actions if each["name"] == "require.replica_complete")["with"]["tolerance"] == 7


def test_what_a_variable_holds_is_data_and_never_a_template() -> None:
    assert of("{step: x, actions: '{{ given }}'}", given="{{ 1 + 1 }}")["actions"] == "{{ 1 + 1 }}"


def test_text_around_an_expression_makes_a_text() -> None:
    assert of("{step: 'a_{{ given }}', actions: []}", given=3)["step"] == "a_3"


def test_a_client_without_a_mailbox_is_told_what_the_role_says() -> None:
    with pytest.raises(InputError, match="this client is in no wave of a campaign; name it in the file"):
        rendered("switch_server", notesfleet={"mailbox": None})


@pytest.mark.parametrize(
    ("arguments", "defaults", "says"),
    [
        ("{step: x, actions: '{{ nobody }}'}", "", "roles/own: 'nobody' is undefined"),
        ("{step: x, actions: '{{ [dict(a=given.b)] }}'}", "given: {a: 1}", "has no attribute 'b'"),
        ("{step: x, actions: '{{ a }}'}", "a: '{{ b }}'\nb: '{{ a }}'\n", "the variable a needs itself"),
        ("{step: x, actions: '{{ 1 + }}'}", "", "roles/own: "),
        ("{step: x, actions: '{{ ().__class__ }}'}", "", "roles/own: "),
        ("{step: [", "", "roles/own/tasks/main.yml: it is not YAML"),
    ],
)
def test_what_cannot_be_evaluated_is_one_sentence(arguments: str, defaults: str, says: str) -> None:
    with pytest.raises(InputError) as raised:
        of(arguments, defaults)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("tasks", ["[]", "- name: x\n  ansible.builtin.debug: {}\n", "- {}\n- {}\n", "a: b"])
def test_a_role_that_is_not_one_order_is_refused(tasks: str) -> None:
    with pytest.raises(InputError, match=r"roles/own/tasks/main\.yml: "):
        read_role(tasks, "", "roles/own")
