"""A client's mail as its audits saw it: the facts that a mailbox is derived from."""

from __future__ import annotations

from collections.abc import Mapping

from notesfleet.fleet.mailbox import MailFacts
from notesfleet.store.readings import Reading


def mail_facts(sections: Mapping[str, Reading]) -> MailFacts:
    """What the newest readings say of the client's mail."""
    return MailFacts(user=None, id_file="", locations=None)
