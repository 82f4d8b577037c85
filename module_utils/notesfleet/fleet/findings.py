"""Findings: what a campaign's rules say of each client now, and the exclusions that begin and end by them.

A rule sees each section's newest reading, so an older reading that arrives late changes nothing, and neither does one
that does not have the section. Where the newest readings cannot tell, what the last ones that could tell saw still
holds: not knowing is never "no" (design section 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from notesfleet import clock
from notesfleet.audit.unread import in_words
from notesfleet.fleet.campaign_file import Campaign, LocalText, Rule, Verdict
from notesfleet.fleet.mailbox import Mailbox
from notesfleet.fleet.rule_facts import rule_document, unknown_of
from notesfleet.fleet.rules import Expression, compile_expression
from notesfleet.store import exclusions
from notesfleet.store.exclusions import Exclusion, Finding
from notesfleet.store.readings import Reading, states_of
from notesfleet.store.tables import findings

AUTHOR = "notesfleet"
"""Who begins and ends exclusions by rule."""
Sections = Mapping[str, Reading]
Past = Callable[[str, frozenset[str]], list[dict[str, Reading]]]
"""How some sections of a client stood, newest first: `readings.states_of`."""


@dataclass(frozen=True)
class Evaluated:
    """A rule ready to be evaluated."""

    rule: Rule
    expression: Expression


def rules_of(campaign: Campaign) -> list[Evaluated]:
    """The campaign's rules, and the one that guards plain replicas: large mail files need managed ones (safety 3.4)."""
    limit = Rule(
        name="mail_over_limit",
        when=f"facts.mail.size > {campaign.replica_limit_mb * (1 << 20)}",
        reason=LocalText(
            en=f"Its mail file is larger than {campaign.replica_limit_mb} MB.",
            fr=f"Son fichier de courrier dépasse {campaign.replica_limit_mb} Mo.",
        ),
        remedy=LocalText(
            en="It waits for managed replicas; archive mail, or raise replica_limit_mb in the campaign.",
            fr="Il attend les répliques gérées ; archiver du courrier ou relever replica_limit_mb dans la campagne.",
        ),
    )
    return [Evaluated(rule, compile_expression(rule.when)) for rule in (limit, *campaign.rules)]


def find(
    rules: list[Evaluated], client: str, campaign: str, sections: Sections, past: Past, before: Mapping[str, Finding]
) -> list[Finding]:
    """What the rules find for one client. `before`: its findings so far, by rule."""
    document = rule_document(sections)
    found: list[Finding] = []
    for each in rules:
        holds, seen = each.expression.holds(document), sections
        if holds is None and (last := _last_known(each.expression, client, sections, past)) is not None:
            holds, seen = True, last
        if holds is not False:
            old = before.get(each.rule.name)
            since = old.since if old is not None and old.holds == (holds is True) else clock.text(clock.now())
            found.append(_finding(each, client, campaign, seen, holds is True, since))
    return found


def _last_known(expression: Expression, client: str, sections: Sections, past: Past) -> Sections | None:
    """The last readings that could tell, where the rule held in them."""
    if not expression.sections <= sections.keys():
        return None
    for state in past(client, expression.sections):
        holds = expression.holds(rule_document(state))
        if holds is not None:
            return state if holds else None
    return None


def _finding(each: Evaluated, client: str, campaign: str, seen: Sections, holds: bool, since: str) -> Finding:
    rule, used = each.rule, each.expression.sections
    return Finding(
        client=client,
        campaign=campaign,
        rule=rule.name,
        holds=holds,
        verdict=(rule.verdict if holds else rule.if_unknown).value,
        since=since,
        readings={name: {"at": seen[name].at, "depth": seen[name].depth} for name in sorted(used) if name in seen},
        unknown=None if holds else unknown_of(seen, used, rule.when),
        reason=rule.reason.model_dump(),
        remedy=rule.remedy.model_dump() if rule.remedy else None,
    )


def evaluate(
    connection: sa.Connection,
    campaign: Campaign,
    sections: Mapping[str, Sections],
    mailboxes: Mapping[str, Mailbox | str],
    done: frozenset[str],
) -> None:
    """Evaluate the rules for clients of the campaign's waves; note findings, begin and end exclusions.

    `sections`: client to its newest readings. `mailboxes`: the clients that are judged, and their mail, or why they
    are left out. `done`: those that nothing is to be done for any more, so they are not set aside from anything.
    """
    rules = rules_of(campaign)
    before: dict[str, dict[str, Finding]] = {}
    for finding in exclusions.read_findings(connection):
        if finding.campaign == campaign.name:
            before.setdefault(finding.client, {})[finding.rule] = finding

    def past(client: str, names: frozenset[str]) -> list[dict[str, Reading]]:
        return states_of(connection, client, names)

    found = [
        finding
        for client in mailboxes
        for finding in find(rules, client, campaign.name, sections.get(client, {}), past, before.get(client, {}))
    ]
    connection.execute(sa.delete(findings).where(findings.c.campaign == campaign.name))
    if found:
        connection.execute(sa.insert(findings), [asdict(each) for each in found])
    _forget_waivers(connection, campaign, {(each.client, each.rule) for each in found})
    waived = {
        (each.client, each.rule) for each in exclusions.read_waivers(connection) if each.campaign == campaign.name
    }
    excluding = [
        each
        for each in found
        if each.verdict == Verdict.EXCLUDE
        and each.client not in done
        and (each.client, each.rule) not in waived
        # Who is left out has his reason already, mostly the very reading that the rule lacks.
        and (each.holds or isinstance(mailboxes[each.client], Mailbox))
    ]
    _settle(connection, campaign, excluding, {name: each for name, each in mailboxes.items() if name not in done})


def _forget_waivers(connection: sa.Connection, campaign: Campaign, found: set[tuple[str, str]]) -> None:
    """What was let pass by hand is over with its finding; found again, it has to be looked at again."""
    for each in exclusions.read_waivers(connection):
        if each.campaign == campaign.name and (each.client, each.rule) not in found:
            exclusions.end_waiver(connection, each)


def _settle(
    connection: sa.Connection, campaign: Campaign, excluding: list[Finding], mailboxes: Mapping[str, Mailbox | str]
) -> None:
    """Begin and end exclusions, so that they are those of the findings and of mailboxes that stay together."""
    now = clock.now()
    open_now = [each for each in exclusions.read_exclusions(connection) if each.open]
    by_hand = [each for each in open_now if each.rule is None]
    over = [each for each in by_hand if each.until is not None and each.until <= f"{now:%Y-%m-%d}"]
    for each in over:
        exclusions.end(connection, each.id, at=clock.text(now), by=AUTHOR, why=f"its day has come: {each.until}")
    wanted = {(each.client, each.rule): _reason(each) for each in excluding}
    excluded = {client for client, _ in wanted} | {each.client for each in by_hand if each not in over}
    wanted |= _apart(excluded, mailboxes)
    mine = [each for each in open_now if each.campaign == campaign.name and each.rule is not None]
    for each in mine:
        if (each.client, each.rule) not in wanted:
            why = _why_ended(each, campaign, mailboxes)
            exclusions.end(connection, each.id, at=clock.text(now), by=AUTHOR, why=why)
    known = {(each.client, each.rule) for each in mine}
    row = {"campaign": campaign.name, "author": AUTHOR, "begun_at": clock.text(now), "until": None}
    new = sorted(key for key in wanted if key not in known)
    exclusions.begin(
        connection, [row | {"client": client, "rule": rule, "reason": wanted[client, rule]} for client, rule in new]
    )


def _reason(finding: Finding) -> dict[str, str]:
    if finding.holds:
        return finding.reason
    why = finding.unknown or ""
    return {
        "en": f"It cannot be known ({in_words(why)}) whether this holds: {finding.reason['en']}",
        "fr": f"On ne peut pas savoir ({in_words(why, french=True)}) si ceci est vrai : {finding.reason['fr']}",
    }


def _apart(excluded: set[str], mailboxes: Mapping[str, Mailbox | str]) -> dict[tuple[str, str], dict[str, str]]:
    """The other clients of an excluded client's mailbox: a mailbox moves with all its clients (safety 3.6)."""
    by_mailbox: dict[tuple[str, str], list[str]] = {}
    for client, mailbox in mailboxes.items():
        if isinstance(mailbox, Mailbox):
            by_mailbox.setdefault(mailbox.key, []).append(client)
    apart: dict[tuple[str, str], dict[str, str]] = {}
    for together in by_mailbox.values():
        first = next((each for each in together if each in excluded), None)
        for each in together:
            if first is not None and each not in excluded:
                apart[each, "mailbox_apart"] = {
                    "en": f"Its mailbox is also that of {first}, which is excluded; a mailbox moves as a whole.",
                    "fr": f"Sa boîte sert aussi à {first}, qui est exclu ; une boîte part en entier.",
                }
    return apart


def _why_ended(each: Exclusion, campaign: Campaign, mailboxes: Mapping[str, Mailbox | str]) -> str:
    if each.rule == "mailbox_apart":
        return "no other client of its mailbox is excluded any more"
    if each.client not in mailboxes:
        return "it is in no wave of the campaign any more"
    if each.rule != "mail_over_limit" and each.rule not in {rule.name for rule in campaign.rules}:
        return "the campaign has no such rule any more"
    return "a newer reading, or a change of the campaign, no longer gives the finding"
