"""Exclusions begin with a finding and end by themselves, with a newer reading of the section that their rule uses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from stores import add_client, add_order, add_pc, new_store

from notesfleet import clock
from notesfleet.audit import facts, inside
from notesfleet.audit.facts import Section, Unknown
from notesfleet.errors import InputError
from notesfleet.fleet.campaign_file import BUILT_IN, Campaign
from notesfleet.fleet.waves import Wave, load_campaign, resolve
from notesfleet.store import readings
from notesfleet.store.connection import Store
from notesfleet.store.exclusions import Exclusion, exclude, include, read_exclusions, read_findings
from notesfleet.store.standing import read_standings
from notesfleet.store.states import STEPS, ClientState
from notesfleet.store.tables import clients

pytestmark = pytest.mark.usefixtures("database")

A, B = "pc1~ann", "pc2~ann"
T1, T2, T3 = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z"
ROAMING = {"name": "roaming_user", "when": "facts.person.roaming", "reason": {"en": "roams", "fr": "itinérant"}}
OLD = {"name": "too_old", "when": "facts.notes.major < 9", "reason": "too old", "if_unknown": "note"}


def _campaign(*rules: dict[str, Any], **fields: Any) -> Campaign:
    document = {
        "schema": 1,
        "name": "c",
        "servers": [{"from": "CN=Old01/O=Acme", "to": "CN=New01/O=Acme"}],
        "rules": list(rules),
        "waves": [{"name": "pilot", "date": "2026-11-30", "sites": ["Lyon"]}],
    }
    return Campaign.model_validate(document | fields)


def _person(roaming: bool | None) -> dict[str, Section]:
    unknown = Unknown(unknown="the directory did not open")
    value = unknown if roaming is None else roaming
    server = unknown if roaming is None else "CN=Old01/O=Acme"
    return {"person": inside.Person(mail_server=server, mail_file=server, roaming=value)}


def _notes(version: str | None) -> dict[str, Section]:
    said = version if version else Unknown(unknown="nlnotes.exe is not there or could not be read")
    return {"notes": facts.NotesFacts(program="C:\\N", version=said, bits=32, installations=1)}


def _mail(client: str, size: int = 1000) -> dict[str, Section]:
    """What a mailbox is derived from, as an inside audit gives it."""
    unid = client.encode().hex().upper().ljust(32, "0")[:32]
    location = inside.Location(
        unid=unid, name="Office", mail_server="CN=Old01/O=Acme", mail_file="mail\\ann.nsf", mail_type="0", user_id=""
    )
    return {
        "identity": inside.Identity(user="CN=Ann/O=Acme", data="C:\\D", notes_started=None),
        "locations": inside.Locations(locations=[location]),
        "mail": inside.Mail(server="CN=Old01/O=Acme", path="mail\\ann.nsf", replica_id="C1257D0000000001", size=size),
    }


def _read(store: Store, client: str, at: str, sections: dict[str, Section], depth: readings.Depth = "inside") -> None:
    with store.transaction() as connection:
        readings.keep(connection, client, at, depth, sections)
    resolve(store)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    for client in (A, B):
        add_pc(opened, client.split("~")[0])
        add_client(opened, client)
        with opened.transaction() as connection:
            connection.execute(sa.update(clients).where(clients.c.name == client).values(user="CN=Ann/O=Acme"))
            readings.keep(connection, client, T1, "inside", _mail(client) | _person(False) | _notes("12.0.1"))
    yield opened
    opened.close()


def _load(store: Store, campaign: Campaign) -> Wave:
    (wave,) = load_campaign(store, campaign, "campaign.yml")
    return wave


def _exclusions(store: Store, client: str = A) -> list[Exclusion]:
    with store.transaction() as connection:
        return read_exclusions(connection, client)


def _open(store: Store, client: str = A) -> list[str | None]:
    return [each.rule for each in _exclusions(store, client) if each.open]


def _state(store: Store, client: str = A) -> ClientState | None:
    return next(each.state for each in read_standings(store) if each.client == client)


def test_a_client_that_has_it_is_excluded_with_the_rule_s_reason(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    assert _open(store) == []
    _read(store, A, T2, _person(True))
    (exclusion,) = _exclusions(store)
    assert (exclusion.rule, exclusion.author, exclusion.reason["fr"]) == ("roaming_user", "notesfleet", "itinérant")
    assert _state(store) is ClientState.EXCLUDED


def test_an_exclusion_ends_with_a_newer_reading_of_its_section(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T2, _person(True))
    _read(store, A, T3, _person(False))
    (exclusion,) = _exclusions(store)
    assert (exclusion.open, exclusion.ended_by) == (False, "notesfleet")
    assert "newer reading" in str(exclusion.ended_why)
    assert _state(store) is ClientState.WAITING


def test_an_older_reading_that_arrives_late_ends_nothing(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T3, _person(True))
    _read(store, A, T2, _person(False))
    assert _open(store) == ["roaming_user"]


def test_an_audit_that_cannot_see_the_section_ends_nothing(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T2, _person(True))
    _read(store, A, T3, _notes("12.0.1"), depth="outside")
    assert _open(store) == ["roaming_user"]


@pytest.mark.parametrize("if_unknown", ["exclude", "note"])
def test_a_newer_reading_that_cannot_tell_ends_nothing(store: Store, if_unknown: str) -> None:
    _load(store, _campaign(ROAMING | {"if_unknown": if_unknown}))
    _read(store, A, T2, _person(True))
    _read(store, A, T3, _person(None))
    assert _open(store) == ["roaming_user"]
    with store.transaction() as connection:
        (finding,) = read_findings(connection, A)
    assert (finding.holds, finding.readings) == (True, {"person": {"at": T2, "depth": "inside"}})


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
def test_the_order_in_which_readings_arrive_does_not_matter(store: Store, order: tuple[int, ...]) -> None:
    _load(store, _campaign(ROAMING | {"if_unknown": "note"}))
    said = [(T1, _person(False)), (T2, _person(True)), (T3, _person(None))]
    for number in order:
        _read(store, A, *said[number])
    assert _open(store) == ["roaming_user"]


def test_a_code_of_an_unknown_value_is_words_in_an_exclusion_s_reason_and_stays_a_code_in_the_finding(
    store: Store,
) -> None:
    _load(store, _campaign(ROAMING))
    held = _person(None)["person"].model_copy(update={"roaming": Unknown(unknown="locked_file")})
    _read(store, A, T2, {"person": held})
    reason = _exclusions(store)[0].reason
    assert "(person.roaming: another program has the file open)" in reason["en"]
    assert "(person.roaming: un autre programme a ouvert le fichier)" in reason["fr"]
    with store.transaction() as connection:
        assert [each.unknown for each in read_findings(connection, A)] == ["person.roaming: locked_file"]


def test_what_cannot_be_known_takes_the_verdict_for_that(store: Store) -> None:
    _load(store, _campaign(ROAMING, OLD))
    _read(store, A, T2, _person(None) | _notes(None))
    assert _open(store) == ["roaming_user"]
    assert "cannot be known (person.roaming: the directory did not open)" in _exclusions(store)[0].reason["en"]
    with store.transaction() as connection:
        found = {each.rule: each for each in read_findings(connection, A)}
    assert [(rule, each.holds, each.verdict) for rule, each in found.items()] == [
        ("roaming_user", False, "exclude"),
        ("too_old", False, "note"),
    ]
    assert found["too_old"].unknown == "notes.version: nlnotes.exe is not there or could not be read"


def test_who_has_no_inside_audit_is_left_out_for_that_and_not_excluded(store: Store) -> None:
    add_pc(store, "pc3")
    add_client(store, "pc3~bob")
    wave = _load(store, _campaign(ROAMING))
    assert wave.left_out == [("pc3~bob", "needs an inside audit")]
    assert _open(store, "pc3~bob") == []


def test_a_mail_file_over_the_limit_is_excluded_until_it_is_smaller(store: Store) -> None:
    _load(store, _campaign(replica_limit_mb=10))
    _read(store, A, T2, _mail(A, size=11 << 20))
    assert _open(store) == ["mail_over_limit"]
    with pytest.raises(InputError, match="nobody can waive"):
        include(store, A, reason="trust me", author="ann", never_waived=BUILT_IN)
    _read(store, A, T3, _mail(A, size=9 << 20))
    assert _open(store) == []


def test_a_mailbox_is_set_aside_and_let_in_with_all_its_clients(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T2, _person(True))
    assert _open(store, B) == ["mailbox_apart"]
    _read(store, A, T3, _person(False))
    assert _open(store, B) == []


def test_by_hand_it_lasts_until_it_is_let_in_by_hand(store: Store) -> None:
    _load(store, _campaign())
    exclude(store, A, reason="on leave", author="eve")
    _read(store, A, T3, _person(False))
    assert (_open(store), _open(store, B)) == ([None], ["mailbox_apart"])
    assert include(store, A, reason="back", author="bob", never_waived=BUILT_IN) == ["by hand: on leave"]
    resolve(store)
    assert (_open(store), _open(store, B)) == ([], [])
    assert (_exclusions(store)[0].ended_by, _exclusions(store)[0].ended_why) == ("bob", "back")


def test_by_hand_with_a_day_it_ends_on_that_day(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    _load(store, _campaign())
    exclude(store, A, reason="on leave", author="eve", until=clock.now().date())
    assert _open(store) == [None]
    (tmp_path / "clock").write_text("86400")
    resolve(store)
    assert _open(store) == []


def test_a_rule_that_was_waived_by_hand_comes_back_when_it_is_found_anew(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T2, _person(True))
    include(store, A, reason="his roaming is switched off tonight", author="eve", never_waived=BUILT_IN)
    resolve(store)
    assert _open(store) == []
    _read(store, A, T3, _person(False))
    _read(store, A, "2026-11-23T08:00:00Z", _person(True))
    assert _open(store) == ["roaming_user"]


def test_a_rule_that_the_campaign_drops_ends_its_exclusions(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    _read(store, A, T2, _person(True))
    wave = _load(store, _campaign())
    assert (_open(store), wave.clients, wave.excluded) == ([], 2, [])
    assert "no such rule" in str(_exclusions(store)[0].ended_why)


def test_who_is_done_is_set_aside_from_nothing(store: Store) -> None:
    _load(store, _campaign(ROAMING))
    for step in STEPS:
        add_order(store, step, "done", client=A)
    _read(store, A, T2, _person(True))
    assert (_open(store), _open(store, B)) == ([], [])
    assert _state(store) is ClientState.DONE


def test_nobody_unknown_is_excluded_or_included(store: Store) -> None:
    with pytest.raises(InputError, match=r"no client ann; did you mean pc1~ann, pc2~ann\?"):
        exclude(store, "ann", reason="x", author="eve")
    with pytest.raises(InputError, match="is not excluded"):
        include(store, A, reason="x", author="eve")
