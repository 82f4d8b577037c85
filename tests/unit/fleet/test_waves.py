"""Waves are chosen by site, PC or person, and a mailbox is never split (safety 3.6)."""

from __future__ import annotations

from datetime import date

from notesfleet.fleet.campaign_file import Campaign, ServerMove, WaveSelection
from notesfleet.fleet.mailbox import Mailbox
from notesfleet.fleet.waves import Candidate, choose

NEW = "CN=New01/O=Acme"


def _campaign(*waves: dict[str, list[str]]) -> Campaign:
    selections = [
        WaveSelection.model_validate({"name": f"w{number}", "date": date(2026, 11, 30), **wave})
        for number, wave in enumerate(waves)
    ]
    servers = [ServerMove(from_="Old01/Acme", to=NEW)]
    return Campaign(schema_=1, name="c", servers=servers, waves=selections)


def _mailbox(person: str) -> Mailbox:
    hosts = {"from_": "CN=Old01/O=Acme", "to": NEW, "from_host": "", "to_host": ""}
    files = {"mail_file": f"{person}.nsf", "to_file": f"{person}.nsf", "local_path": f"{person}.nsf"}
    return Mailbox(user=f"CN={person}/O=Acme", replica_id=f"{len(person):016X}", id_files=[], **hosts, **files)


def _candidate(pc: str, person: str, site: str) -> Candidate:
    return Candidate(f"{pc}~{person}", pc, site, f"CN={person}/O=Acme", _mailbox(person))


def _chosen(campaign: Campaign, *candidates: Candidate) -> dict[str, str]:
    return {candidate.client: wave for candidate, wave in choose(list(candidates), campaign)}


def test_site_pc_and_person_select_and_the_first_wave_wins() -> None:
    campaign = _campaign({"persons": ["Ann/Acme"]}, {"sites": ["Lyon"]}, {"pcs": ["PC3"]})
    candidates = [_candidate("pc1", "ann", "Lyon"), _candidate("pc2", "robert", "Lyon"), _candidate("pc3", "eve", "X")]
    assert _chosen(campaign, *candidates) == {"pc1~ann": "w0", "pc2~robert": "w1", "pc3~eve": "w2"}


def test_who_is_not_selected_is_in_no_wave() -> None:
    assert _chosen(_campaign({"sites": ["Lyon"]}), _candidate("pc1", "ann", "Paris")) == {}


def test_all_clients_of_a_mailbox_are_in_one_wave() -> None:
    laptop, desk = _candidate("laptop", "ann", "Home"), _candidate("desk", "ann", "Lyon")
    assert _chosen(_campaign({"sites": ["Lyon"]}), laptop, desk) == {"laptop~ann": "w0", "desk~ann": "w0"}
    both = _campaign({"sites": ["Lyon"]}, {"pcs": ["laptop"]})
    assert _chosen(both, laptop, desk) == {"laptop~ann": "w0", "desk~ann": "w0"}
