"""A client's page: how it stands in a sentence, what to say and do, and nothing lost of what was done."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from untidy import LATER, NEW, NOW, OLD, UNID, untidy_store

from notesfleet import clock
from notesfleet.codes import SENTENCES
from notesfleet.orders.model import ActionStatus, Mode, OrderState
from notesfleet.orders.report import Part
from notesfleet.reports.advice import advise
from notesfleet.reports.advice_words import HELPDESK, SENTENCE, TELL, TODO
from notesfleet.reports.changes import changes_of
from notesfleet.reports.client_page import ClientPage, read_pages
from notesfleet.reports.client_show import print_client
from notesfleet.reports.lookup import find_clients, near_names
from notesfleet.reports.page_words import phrases
from notesfleet.reports.words import Language
from notesfleet.store.connection import Store
from notesfleet.store.standing import read_standings
from notesfleet.store.states import ClientState
from notesfleet.store.tables import orders, pcs

AT = clock.parse(NOW)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = untidy_store(tmp_path_factory.mktemp("store"))
    yield opened
    opened.close()


def _page(store: Store, name: str, language: Language = Language.EN, later: timedelta = timedelta()) -> ClientPage:
    standings = [each for each in read_standings(store) if name in (each.client, each.pc)]
    return read_pages(store, standings[:1], language, AT + later, name)[0]


SAYS = {
    "pc01~done1": ("All steps are done.", "mail has moved", "Keep the mail file on the old server"),
    "pc02~pending1": ("New mail server waits: Mail waits in the outbox", "Goes on by itself", "goes on by itself"),
    "pc03~failed1": ("Local replica failed.", "A Notes file was in use", "The file is in use by another program"),
    "pc04~aside1": ("refused and kept aside.", "the administrators look", "/srv/aside/pc04~aside1.json"),
    "pc05~rule1": ("set aside (roaming_user): A roaming user.", "stays where it is", "Move his roaming files first."),
    "pc06~unknown1": ("(roaming_user): It cannot be known (not read yet: person) whether: A roaming", "stays", "Move"),
    "pc07~hand1": ("set aside (by hand, jdoe): on leave", "stays where it is", "notesfleet include pc07~hand1"),
    "pc08~waived1": ("planned in wave main (2026-12-07)", "begins by itself", "target=wave_main"),
    "pc09~absent1": ("absent. The PC refuses the connection.", "Switch the PC on", "Run the wave again"),
    "pc10~leftout1": ("left out: needs an inside audit.", "nothing changes", "audit it inside again"),
    "pc11~audited1": ("in no wave", "Nothing is planned", "takes it by site"),
    "pc12~harm1": ("Local replica waits: It is cancelled on the PC", "stays where it is", "fetches how it ended"),
    "pc90": ("not audited yet", "log on", "target=unaudited"),
    "pc91": ("absent. The PC does not answer in time.", "Switch the PC on", "Run the wave again"),
    "pc92": ("refused and kept aside.", "the administrators look", "/srv/aside/pc92.json"),
}


@pytest.mark.parametrize("name", SAYS)
def test_each_state_says_how_it_stands_what_to_tell_and_what_to_do(store: Store, name: str) -> None:
    page = _page(store, name)
    sentence, tell, todo = SAYS[name]
    assert sentence in page.sentence
    assert tell in page.tell
    assert todo in page.todo[0]


def test_what_a_pc_said_is_beside_the_sentence_and_not_in_it(store: Store) -> None:
    assert _page(store, "pc03~failed1").evidence == "locked_file: notes.ini is open elsewhere"
    assert _page(store, "pc92", Language.FR).evidence == "profiles.0.sid: Field required"
    assert _page(store, "pc09~absent1").evidence == ""


def test_a_failure_without_a_report_has_its_remedy_and_one_that_was_called_off_is_none(store: Store) -> None:
    order = _page(store, "pc03~failed1").orders[0]
    refused = dataclasses.replace(order, reason="bad_order", sentence="Stage it again.", actions=[])
    standing = next(each for each in read_standings(store) if each.client == "pc03~failed1")
    assert advise(standing, refused, "", "pilot", Language.EN).todo[0] == "Stage it again."
    expired = dataclasses.replace(order, state="expired", reason=None, sentence="", actions=[])
    said = advise(dataclasses.replace(standing, reason="expired"), expired, "", "pilot", Language.EN)
    assert said.sentence.startswith("Local replica ended without being done: Its time was over")
    assert "called off" in said.tell
    assert said.todo == ["Run the wave again: the order is sent with the next attempt."]


def test_what_was_done_has_its_before_and_after_by_the_name_of_the_place(store: Store) -> None:
    page = _page(store, "pc01~done1")
    changes = [change for step in page.steps if step.order for change in step.order.changes]
    assert [(each.place, each.before, each.after, each.status) for each in changes] == [
        ("local replica mail\\x.nsf", None, "replica_id: C12584EFFD0332B8", "changed"),
        ("Location Office: MailServer", OLD, NEW, "changed"),
        ("notes.ini: mailserver", OLD, NEW, "changed"),
        ("replicator page of Office: server", OLD, NEW, "unsupported"),
    ]
    switch = page.steps[1].order
    assert switch is not None
    assert switch.checked == ["the server opens the mail file"]
    assert switch.unproven == ["replace a value in documents"]
    assert switch.left == ["mail was switched; the local replica was not compared with the new server"]
    assert page.steps[2].order is not None
    assert page.steps[2].order.left == ["replicator page of Office: no interface of Notes can change it"]
    assert (page.done, page.of, page.left, page.finished) == (3, 3, 1, LATER)


def test_a_client_that_is_not_done_has_no_day_of_being_done(store: Store) -> None:
    assert [_page(store, name).finished for name in ("pc02~pending1", "pc11~audited1", "pc90")] == [None] * 3


def test_a_condition_that_is_not_met_shows_what_it_saw(store: Store) -> None:
    step = _page(store, "pc02~pending1").steps[1].order
    assert step is not None
    unmet = next(action for action in step.actions if action.status == ActionStatus.NOT_MET)
    assert '"count": 2' in unmet.saw
    assert step.not_reached == ["set in notes.ini"]


def test_an_order_whose_time_is_over_is_expired_and_goes_on_with_the_next_run(store: Store) -> None:
    page = _page(store, "pc02~pending1", later=timedelta(days=36600))
    assert page.steps[1].order is not None
    assert page.steps[1].order.state == "expired"
    assert page.steps[1].order.reason is None


def test_an_order_that_is_cancelled_on_its_pc_says_since_when(store: Store) -> None:
    page = _page(store, "pc12~harm1")
    assert page.orders[0].cancel_at == NOW
    assert page.orders[0].state == "pending"


def test_exclusions_findings_and_waivers_have_their_author_reading_and_end(store: Store) -> None:
    hand = _page(store, "pc07~hand1").exclusions[0]
    assert (hand.who, hand.until, hand.ended_at) == ("by hand, jdoe", "2026-12-24", None)
    waived = _page(store, "pc08~waived1", Language.FR)
    assert waived.exclusions[0].ended_by == "notesfleet"
    assert waived.exclusions[0].ended_why == "la campagne n'a plus cette règle"
    assert [(each.rule, each.author) for each in waived.waivers] == [("roaming_user", "jdoe")]
    finding = _page(store, "pc06~unknown1", Language.FR).findings[0]
    assert (finding.holds, finding.unknown) == (False, "pas encore lu : person")
    assert _page(store, "pc05~rule1").findings[0].readings["person"]["depth"] == "inside"


def test_json_has_an_order_once_and_a_step_names_it(store: Store) -> None:
    document = json.loads(json.dumps(_page(store, "pc01~done1").document()))
    assert document["schema"] == 1
    assert [step["order"] for step in document["steps"]] == [order["id"] for order in document["orders"]]
    assert document["state"] == "done"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", [*SAYS])
def test_the_terminal_shows_every_page_and_nothing_steers_it(store: Store, name: str, language: Language) -> None:
    file = io.StringIO()
    page = _page(store, name, language)
    print_client(page, language, file)
    text = file.getvalue()
    assert page.sentence.replace("\N{NO-BREAK SPACE}", " ") in text
    assert page.tell.replace("\N{NO-BREAK SPACE}", " ") in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    for order in page.orders:
        assert order.id[:12] in text


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pc01~done1", ["pc01~done1"]),
        ("PC01", ["pc01~done1"]),
        ("done1 person", ["pc01~done1"]),
        ("CN=Done1 Person/O=Acme", ["pc01~done1"]),
        ("wait", ["pc13~waiting1"]),
        ("pc90", ["pc90"]),
        ("pc9", ["pc90", "pc91", "pc92"]),
        ("nobody", []),
        ("  ", []),
    ],
)
def test_a_client_is_found_by_any_of_its_names_or_a_part_of_one(store: Store, name: str, found: list[str]) -> None:
    assert [each.client or each.pc for each in find_clients(name, read_standings(store))] == found


def test_the_near_names_of_a_slip(store: Store) -> None:
    assert near_names("pc01~dnoe1", read_standings(store))[0] == "pc01~done1"


def test_a_stranger_on_the_same_pc_is_another_page(store: Store) -> None:
    with store.transaction() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(pcs)).scalar_one() == 16
        mine = connection.execute(sa.select(orders.c.id).where(orders.c.client == "pc01~done1")).scalars().all()
    assert {order.id for order in _page(store, "pc01~done1").orders} == set(mine)


@pytest.mark.parametrize("number", [0, 1])
def test_every_state_has_its_words_and_every_code_a_sentence_for_the_helpdesk(number: int) -> None:
    states = {*ClientState, None}
    for table in (SENTENCE, TELL, TODO):
        assert set(table) == states
        assert all(text[number] for text in table.values())
    assert set(HELPDESK[number]) == {code.value for code in SENTENCES}


@pytest.mark.parametrize("language", list(Language))
def test_every_status_state_and_mode_has_its_word(language: Language) -> None:
    words = phrases(language)
    wanted = [f"status_{each}" for each in ActionStatus] + [f"state_{each}" for each in OrderState]
    wanted += [f"mode_{each}" for each in Mode]
    assert [name for name in wanted if name not in words] == []


@pytest.mark.parametrize(
    ("at", "before", "after"),
    [
        ({"unid": {"a": 1}}, {"items": "none"}, {"items": [1, {"name": 2, "values": 3}]}),
        ({"ini": ["x"]}, {"values": 5}, {"values": [None, 1.5]}),
        ({"location": 7}, None, {}),
        ({}, None, None),
        ({"path": [], "x": 1}, {"a": {"b": [1]}}, {"a": {"b": [2]}}),
    ],
)
def test_a_journal_of_any_form_is_shown_and_breaks_nothing(at: dict, before: object, after: object) -> None:
    part = Part.model_construct(at=at, before=before, after=after, status=ActionStatus.CHANGED)
    assert changes_of(part, phrases(Language.EN), {UNID: "Office"})
