"""`notesfleet findings`: what the rules found, and who is set aside."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from notesfleet.cli.settings import Json, Lang, language_of, the_store


def findings(
    rule: Annotated[str, typer.Option(help="Only this rule.")] = "",
    client: Annotated[str, typer.Option(help="Only this client, or a part of a name that only one has.")] = "",
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """What the rules found: it holds, or it cannot be known and why; and who is excluded, by a rule or by hand.

    Example: notesfleet findings --rule roaming_user
    """
    from notesfleet.fleet.campaign_file import BUILT_IN
    from notesfleet.reports.finding_table import check_rule, findings_document, print_findings
    from notesfleet.reports.lookup import the_client
    from notesfleet.store.histories import read_rules
    from notesfleet.store.standing import read_standings

    language, store = language_of(lang), the_store()
    standings = read_standings(store)
    if rule:
        with store.snapshot() as connection:
            known = read_rules(connection)
        check_rule(rule, [*known, *BUILT_IN])
    if client:
        standings = [the_client(client, standings)]
    if as_json:
        typer.echo(json.dumps(findings_document(standings, rule, language), indent=2))
    else:
        print_findings(standings, rule, language, sys.stdout)
