"""`notesfleet audit`: what was read of clients, and what changed in it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import Json, Lang, language_of, the_store

if TYPE_CHECKING:
    from notesfleet.store.connection import Store

app = typer.Typer(
    help="Audits. Example: notesfleet audit show pc-0101~jdupont", no_args_is_help=True, rich_markup_mode=None
)
Client = Annotated[str, typer.Argument(help="The client, or a part of a name that only one has.")]
MOMENT = "A day such as 2026-11-26 (its end, UTC), or a moment such as 2026-11-26T08:00:00Z."


@app.command("list")
def list_audits(client: Client = "", as_json: Json = False, lang: Lang = None) -> None:
    """The readings of all clients, or of one: when, how deep, which sections.

    Example: notesfleet audit list pc-0101~jdupont
    """
    from notesfleet.reports.audit_show import print_audits
    from notesfleet.store.histories import read_audits

    language, store = language_of(lang), the_store()
    name = _client(store, client) if client else None
    with store.snapshot() as connection:
        found = read_audits(connection, name)
    if as_json:
        audits = [{**vars(each), "sections": list(each.sections)} for each in found]
        typer.echo(json.dumps({"schema": 1, "audits": audits}, indent=2))
    else:
        print_audits(found, language, sys.stdout)


@app.command()
def show(
    client: Client,
    at: Annotated[str, typer.Option(help=f"As it was known then. {MOMENT}")] = "",
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """The newest reading of each section, with its date and depth; what could not be read says why.

    Example: notesfleet audit show pc-0101~jdupont --at 2026-11-26
    """
    from notesfleet.reports.audit_show import print_sections, section_document
    from notesfleet.reports.audits import moment_of, sections_at

    language, until = language_of(lang), moment_of(at, "--at") if at else None
    store = the_store()
    name = _client(store, client)
    with store.snapshot() as connection:
        sections = sections_at(connection, name, until)
    if as_json:
        document = {section: section_document(reading) for section, reading in sorted(sections.items())}
        typer.echo(json.dumps({"schema": 1, "client": name, "sections": document}, indent=2))
    else:
        print_sections(name, sections, language, sys.stdout)


@app.command()
def diff(
    client: Client,
    since: Annotated[str, typer.Option("--from", help=f"{MOMENT} Without it: each section's reading before.")] = "",
    to: Annotated[str, typer.Option(help=f"{MOMENT} Without it: now.")] = "",
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """What changed between two readings of each section, field by field.

    Example: notesfleet audit diff pc-0101~jdupont --from 2026-11-20
    """
    from notesfleet.reports.audit_show import difference_document, print_differences
    from notesfleet.reports.audits import differences, moment_of, sections_at, sections_before

    language = language_of(lang)
    begin, end = (moment_of(text, option) if text else None for text, option in ((since, "--from"), (to, "--to")))
    store = the_store()
    name = _client(store, client)
    with store.snapshot() as connection:
        before = sections_at(connection, name, begin) if begin else sections_before(connection, name, end)
        after = sections_at(connection, name, end)
    found, sections = differences(before, after), sorted(before.keys() & after.keys())
    if as_json:
        document = [difference_document(each) for each in found]
        said = {"schema": 1, "client": name, "sections": sections, "differences": document}
        typer.echo(json.dumps(said, indent=2))
    else:
        print_differences(found, sections, language, sys.stdout)


def _client(store: Store, name: str) -> str:
    from notesfleet.reports.lookup import the_client
    from notesfleet.store.standing import read_standings

    return the_client(name, read_standings(store)).client
