"""The commands that show: client, audit, findings, order, and the report as a file; exit codes and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Cli
from untidy import SCRIPT, add_exclusion, add_reading, untidy_store

from notesfleet.store.standing import read_standings

COMMANDS = [
    "client",
    "client show",
    "audit",
    "audit list",
    "audit show",
    "audit diff",
    "findings",
    "order",
    "order show",
]


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "home").mkdir()
    store = untidy_store(folder / "home")
    add_reading(store, "pc01~done1", "2026-11-28T08:00:00Z", "outside", notes={"version": "14.5.1", "bits": 64})
    store.close()
    return Cli(folder)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_help_with_an_example(cli: Cli, words: str) -> None:
    done = cli(*words.split(), "--help")
    assert done.returncode == 0
    assert "Example: notesfleet " in done.stdout


def test_a_client_is_shown_by_person_pc_or_part_of_a_name(cli: Cli) -> None:
    for name in ("pc01~done1", "PC01", "Done1 Person", "done1"):
        done = cli("client", "show", name)
        assert done.returncode == 0
        assert done.stdout.startswith("pc01~done1: done\nAll steps are done.\n")
    assert "Toutes les étapes sont terminées." in cli("client", "show", "pc01", "--lang", "fr").stdout
    page = json.loads(cli("client", "show", "pc03", "--json").stdout)
    assert (page["state"], page["evidence"]) == ("failed", "locked_file: notes.ini is open elsewhere")


def test_a_name_that_several_have_lists_them_and_is_a_no(cli: Cli) -> None:
    done = cli("client", "show", "pc9")
    assert done.returncode == 1
    assert "3 fit 'pc9'; name one of them" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["pc90", "pc91", "pc92"]
    matches = json.loads(cli("client", "show", "pc9", "--json").stdout)["matches"]
    assert matches == ["pc90", "pc91", "pc92"]


def test_a_name_that_nobody_has_names_who_is_near(cli: Cli) -> None:
    assert "did you mean pc01~done1, " in cli.refused("client", "show", "pc01~dnoe1")
    assert "`notesfleet report` lists all" in cli.refused("client", "show", "zzzzzz")


def test_readings_are_listed_with_their_depth(cli: Cli) -> None:
    lines = cli("audit", "list", "done1").stdout.splitlines()
    assert len(lines) == 4
    assert lines[1].split() == ["pc01~done1", "2026-11-26", "08:00", "UTC", "inside", "locations,", "outbox"]
    assert len(json.loads(cli("audit", "list", "--json").stdout)["audits"]) == 27


def test_an_audit_is_the_newest_reading_of_each_section_and_says_what_is_unknown(cli: Cli) -> None:
    assert "version  14.5.1" in cli("audit", "show", "done1").stdout
    then = cli("audit", "show", "done1", "--at", "2026-11-27").stdout
    assert "version  14.0.0" in then
    assert "bits     unknown: another program has the file open" in then
    assert "outbox (2026-11-26 08:00 UTC, inside)" in then
    document = json.loads(cli("audit", "show", "done1", "--json").stdout)
    assert document["sections"]["notes"]["at"] == "2026-11-28T08:00:00Z"


def test_what_changed_between_readings_is_no_failure(cli: Cli) -> None:
    done = cli("audit", "diff", "done1")
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [["notes", "bits"], ["notes", "version"]]
    found = json.loads(cli("audit", "diff", "done1", "--from", "2026-11-26", "--json").stdout)["differences"]
    assert found[0] == {
        "section": "notes",
        "field": "bits",
        "before": {"unknown": "locked_file"},
        "after": {"value": 64},
    }
    assert "no two readings" in cli("audit", "diff", "done1", "--to", "2026-11-27").stdout


def test_a_wrong_moment_client_rule_or_order_is_one_line(cli: Cli) -> None:
    assert "--at: 'soon'" in cli.refused("audit", "show", "done1", "--at", "soon")
    assert "16 clients fit" not in cli.refused("audit", "show", "nobody at all")
    assert "13 clients fit 'pc'" in cli.refused("audit", "show", "pc")
    assert "did you mean mail_over_limit?" in cli.refused("findings", "--rule", "mail_over_limt")
    assert "no order begins with 'ffff'" in cli.refused("order", "show", "ffff")
    assert "several orders begin with ''" not in cli.refused("order", "show", "")


def test_a_pc_that_was_not_audited_is_not_called_unknown(cli: Cli) -> None:
    assert "pc90 has no client yet: it was not audited; ansible-playbook" in cli.refused("audit", "show", "pc90")


def test_who_is_set_aside_by_hand_beside_a_finding_has_both_lines(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    store = untidy_store(tmp_path / "home")
    add_exclusion(store, "pc05~rule1", rule=None, author="jdoe")
    store.close()
    lines = Cli(tmp_path)("findings", "--client", "rule1").stdout.splitlines()[1:]
    assert [line.split()[1:3] for line in lines] == [["roaming_user", "holds"], ["by", "hand,"]]


def test_findings_say_what_holds_what_cannot_be_known_and_who_is_set_aside(cli: Cli) -> None:
    lines = cli("findings").stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["pc05~rule1", "pc06~unknown1", "pc07~hand1"]
    assert "holds" in lines[0]
    assert "person 2026-11-26 08:00 UTC inside" in lines[0]
    assert "cannot be known: not read yet: person" in lines[1]
    assert "by hand, jdoe" in lines[2]
    assert len(cli("findings", "--client", "rule1").stdout.splitlines()) == 2
    document = json.loads(cli("findings", "--json").stdout)
    assert len(document["findings"]) == 2
    assert len(document["exclusions"]) == 3


def test_an_order_is_shown_by_the_beginning_of_its_id(cli: Cli) -> None:
    store = untidy_store_of(cli)
    order = next(each for each in read_standings(store) if each.client == "pc01~done1").steps[1].order
    store.close()
    text = cli("order", "show", order[:10].upper())
    assert text.returncode == 0
    assert "notes.ini: mailserver: CN=Old01/O=Acme -> CN=New01/O=Acme" in text.stdout
    assert "Location Office" in text.stdout
    assert json.loads(cli("order", "show", order, "--format", "json").stdout)["id"] == order
    assert len(cli("order", "show", order, "--format", "journal").stdout.splitlines()) == 13


def untidy_store_of(cli: Cli):
    from notesfleet.store.connection import open_store

    return open_store(f"sqlite:///{cli.folder / 'home' / 'store.db'}")


def test_the_report_is_written_as_one_html_file(cli: Cli) -> None:
    file = cli.folder / "report.html"
    done = cli("report", "--format", "html", "--output", str(file), "--lang", "fr")
    assert done.returncode == 0
    assert done.stdout == f"{file} is written: 16 clients and PCs.\n"
    assert file.read_text().startswith("<!DOCTYPE html>")
    assert 'lang="fr"' in file.read_text()
    assert SCRIPT not in cli("report", "--format", "html").stdout


def test_a_report_that_cannot_be_written_is_one_line(cli: Cli) -> None:
    assert "--output /nowhere/r.html: it cannot be written" in cli.refused(
        "report", "--format", "html", "--output", "/nowhere/r.html"
    )


def test_any_report_can_be_written_to_a_file(cli: Cli) -> None:
    cli("report", "--output", "report.txt")
    assert "pc05~rule1" in Path(cli.folder / "report.txt").read_text()
    cli("report", "--format", "json", "--output", "report.json")
    clients = json.loads((cli.folder / "report.json").read_text())["clients"]
    assert len(clients) == 16
    excluded = next(each for each in clients if each["client"] == "pc05~rule1")
    assert excluded["sentence"] == "roaming_user: A roaming user."
    assert excluded["exclusions"][0]["rule"] == excluded["findings"][0]["rule"] == "roaming_user"


def test_the_table_says_by_what_rule_or_by_whom_and_has_pcs_aside(cli: Cli) -> None:
    text = cli("report").stdout
    assert "by hand, jdoe: on leave" in text
    assert "roaming_user: It cannot be known (not read yet: person) whether: A roaming user." in text
    assert next(line for line in text.splitlines() if line.startswith("pc92")).split()[1] == "aside"
