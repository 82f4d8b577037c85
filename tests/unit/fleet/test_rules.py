"""Rules are checked against the facts' schema when they are read; what cannot be known is neither true nor false."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notesfleet.audit.facts import Facts
from notesfleet.audit.inside import sections_of as inside_sections
from notesfleet.errors import InputError
from notesfleet.fleet.campaign_file import read_campaign
from notesfleet.fleet.rule_facts import SECTIONS, rule_document
from notesfleet.fleet.rules import WrongExpression, compile_expression
from notesfleet.store.readings import Reading

ROOT = Path(__file__).resolve().parents[3]
STALE = "facts.files.databases.exists(d, d.replica_id == facts.mail.replica_id && d.age_days > d.cutoff_days)"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("facts.notes.majr < 9", (1, 13), "no field `majr` there; did you mean `major`?"),
        ("facts.nots.major < 9", (1, 7), "did you mean `notes`?"),
        ("facts.notes.major < 'nine'", (1, 19), "no matching overload"),
        ("facts.notes.version", (1, 1), "it gives string; a rule must give true or false"),
        ("fact.notes.major < 9", (1, 1), "there is no `fact`; expressions begin with `facts.`"),
        ("facts.notes.major <", (1, 20), "Syntax error"),
        ("1 < 2", (1, 1), "it looks at no facts"),
        ("'facts.mail' == ''", (1, 1), "it looks at no facts"),
        ("true ||\n facts.pc.driv.size() > 0", (2, 11), "did you mean `drives`?"),
        ("facts.running.prompt_free == 'x'", (1, 15), "no field `prompt_free` there"),
        ("facts.files.databases.exists(d, d.age_day > 1)", (1, 35), "did you mean `age_days`?"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_place(text: str, place: tuple[int, int], said: str) -> None:
    with pytest.raises(WrongExpression, match=re.escape(said)) as error:
        compile_expression(text)
    assert (error.value.line, error.value.column) == place


def test_an_expression_names_the_sections_that_it_rests_on() -> None:
    assert compile_expression(STALE).sections == {"files", "mail"}
    assert compile_expression('facts.ini.path == "facts.mail"').sections == {"ini"}


def test_every_section_of_an_audit_can_be_asked() -> None:
    assert set(Facts.model_fields) <= set(SECTIONS)
    assert inside_sections.__module__ == "notesfleet.audit.inside"


def _notes(version: object) -> dict[str, Reading]:
    document = {"program": "C:\\N", "version": version, "bits": 32, "installations": 1}
    return {"notes": Reading("2026-11-26T08:00:00Z", "outside", document)}


@pytest.mark.parametrize(
    ("sections", "holds"),
    [
        (_notes("8.5.30.12345"), True),
        (_notes("9.0.110.13287"), False),
        (_notes("12.0.202.22333"), False),
        (_notes({"unknown": "nlnotes.exe is not there or could not be read"}), None),
        (_notes("nine"), None),
        ({}, None),
    ],
)
def test_notes_too_old(sections: dict[str, Reading], holds: bool | None) -> None:
    assert compile_expression("facts.notes.major < 9").holds(rule_document(sections)) is holds


@pytest.mark.parametrize(
    ("modified", "replica_id", "holds"),
    [
        ("2026-08-27T07:00:00Z", "C1257D0000000001", True),
        ("2026-08-28T09:00:00Z", "C1257D0000000001", False),
        ("2026-08-27T07:00:00Z", "C1257D0000000002", False),
        ("2026-08-27T07:00:00Z", {"unknown": "locked_file"}, None),
        ("never", "C1257D0000000001", None),
    ],
)
def test_a_stale_replica_is_older_than_its_own_cut_off(modified: str, replica_id: object, holds: bool | None) -> None:
    database = {"path": "old.nsf", "size": 1, "modified": modified, "replica_id": replica_id, "cutoff_days": 90}
    sections = {
        "files": Reading("2026-11-26T08:00:00Z", "outside", {"databases": [database]}),
        "mail": Reading("2026-11-26T08:00:00Z", "inside", {"replica_id": "C1257D0000000001", "size": 5}),
    }
    assert compile_expression(STALE).holds(rule_document(sections)) is holds
    assert compile_expression(STALE).holds(rule_document({"mail": sections["mail"]})) is None


RULED = """\
schema: 1
name: consolidation
servers: [{from: CN=Old01/O=Acme, to: CN=New01/O=Acme}]
rules:
  - name: too_old
    when: facts.notes.majr < 9
    reason: Notes is too old
  - name: quoted
    when: "facts.person.roams"
    reason: {en: A roaming user, fr: Un utilisateur itinérant}
  - name: block
    when: |
      facts.mail.size > 1 &&
      facts.notes.mayor == 8
    reason: Large and old
  - name: folded
    when: >
      facts.mail.size > 1 &&
      facts.notes.mayor == 8
    reason: Large and old
  - name: mail_over_limit
    when: facts.person.roaming
    reason: x
    verdict: exlude
waves: [{name: pilot, date: 2026-11-30, sites: [Lyon]}]
"""


def _problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "campaign.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_campaign(path)
    return str(error.value).replace(f"{path}:", "").splitlines()


def test_a_campaign_s_rule_is_refused_at_the_letter(tmp_path: Path) -> None:
    assert _problems(tmp_path, RULED.replace("exlude", "exclude")) == [
        "6:23: rules.0.when: facts have no field `majr` there; did you mean `major`?",
        "9:25: rules.1.when: facts have no field `roams` there; did you mean `roaming`?",
        "14:19: rules.2.when: facts have no field `mayor` there; did you mean `major`?",
        "17:5: rules.3.when: facts have no field `mayor` there; did you mean `major`?"
        " (letter 36 of line 1 of the expression)",
        "21:5: rules.4.name: mail_over_limit is a rule of its own; take another name",
    ]


def test_a_wrong_field_of_a_rule_is_named_with_what_is_right(tmp_path: Path) -> None:
    wrong = RULED.replace("reason: x", "reasn: x")
    assert _problems(tmp_path, wrong) == [
        "24:5: rules.4.verdict: input should be 'exclude', 'treat' or 'note' ('exlude' is given)",
        "21:5: rules.4.reason: is missing",
        "23:5: rules.4.reasn: there is no such field; did you mean `reason`?",
    ]
