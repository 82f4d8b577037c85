"""A mailbox follows from a client's own Locations only (safety 3.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notesfleet.fleet.campaign_file import ServerMove
from notesfleet.fleet.mailbox import LocationFacts, Mailbox, MailFacts, derive

SERVERS = [ServerMove(from_="Old01/Acme", to="CN=New01/O=Acme", from_host="old01", to_host="new01")]
OWN = LocationFacts("CN=Old01/O=Acme", "mail/jdupont", "C:\\Notes\\user.id")
FACTS = MailFacts("CN=Jean Dupont/O=Acme", "C:/Notes/USER.ID", [OWN], {"mail\\jdupont": "C1257000003A1B2C"})


def _derived(facts: MailFacts) -> Mailbox:
    mailbox = derive(facts, SERVERS)
    assert isinstance(mailbox, Mailbox)
    return mailbox


def test_the_mailbox_has_all_that_the_roles_need() -> None:
    assert _derived(FACTS).document() == {
        "user": "CN=Jean Dupont/O=Acme",
        "mail_file": "mail/jdupont.nsf",
        "replica_id": "C1257000003A1B2C",
        "from": "CN=Old01/O=Acme",
        "to": "CN=New01/O=Acme",
        "from_host": "old01",
        "to_host": "new01",
        "to_file": "mail/jdupont.nsf",
        "id_files": ["C:\\Notes\\user.id"],
        "local_path": "mail\\jdupont.nsf",
    }


@pytest.mark.parametrize(
    "other",
    [
        LocationFacts("CN=Old01/O=Acme", "mail/other", "C:\\Notes\\other.id"),
        LocationFacts("CN=Elsewhere/O=Acme", "mail/jdupont", "C:\\Notes\\user.id"),
        LocationFacts("", "", ""),
    ],
    ids=["another person's", "a server that stays", "an island"],
)
def test_other_locations_do_not_count(other: LocationFacts) -> None:
    assert _derived(replace(FACTS, locations=[other, OWN])) == _derived(FACTS)


def test_all_spellings_of_its_id_file_are_kept() -> None:
    locations = [OWN, replace(OWN, user_id=""), replace(OWN, mail_file="mail\\jdupont.nsf")]
    assert _derived(replace(FACTS, locations=locations)).id_files == ["", "C:\\Notes\\user.id"]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(FACTS, locations=None), "needs an inside audit"),
        (replace(FACTS, user=None), "needs an inside audit"),
        (replace(FACTS, locations=[]), "no Location of its own"),
        (replace(FACTS, locations=[OWN, replace(OWN, mail_file="mail/old")]), "several mail files"),
        (replace(FACTS, replica_ids={}), "replica id"),
    ],
)
def test_a_client_without_a_clear_mailbox_is_left_out_with_its_reason(facts: MailFacts, why: str) -> None:
    sentence = derive(facts, SERVERS)
    assert isinstance(sentence, str)
    assert why in sentence
