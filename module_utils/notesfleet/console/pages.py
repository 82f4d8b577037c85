"""The pages: each reads the store once, and shows what `reports` made of it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from notesfleet import clock
from notesfleet.console.opened import the_store
from notesfleet.console.rendering import spoken
from notesfleet.console.words import console_phrases
from notesfleet.reports import charts, client_list, server_page
from notesfleet.reports.client_list import ClientFilter
from notesfleet.reports.client_page import read_pages
from notesfleet.reports.fleet_page import count_states, read_campaign, state_titles
from notesfleet.reports.html import Drawn, draw
from notesfleet.store.connection import Store
from notesfleet.store.histories import CampaignRecord, last_run, read_campaigns
from notesfleet.store.standing import Standing, read_standings

PER_PAGE = 50
_LONGEST = 300


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The campaign; where there are several, or none, which there are."""
    store = the_store()
    with store.snapshot() as connection:
        campaigns = read_campaigns(connection)
    if len(campaigns) == 1:
        return _campaign(request, store, campaigns[0])
    standings = read_standings(store)
    members = {each.name: sum(standing.campaign == each.name for standing in standings) for each in campaigns}
    context = {"campaigns": campaigns, "members": members, **_states(standings)}
    return render(request, "console/home.html.j2", context)


@require_safe
def campaign(request: HttpRequest, name: str) -> HttpResponse:
    """One campaign: its waves in numbers, and how it goes on."""
    store = the_store()
    with store.snapshot() as connection:
        record = next((each for each in read_campaigns(connection) if each.name == name), None)
    if record is None:
        raise Http404(console_phrases(spoken())["no_such_campaign"].format(name=name))
    return _campaign(request, store, record)


def _campaign(request: HttpRequest, store: Store, record: CampaignRecord) -> HttpResponse:
    words, now = console_phrases(spoken()), _this_minute()
    standings = read_standings(store)
    with store.snapshot() as connection:
        page, run = read_campaign(connection, record, standings, now), last_run(connection)
    titles = state_titles(spoken())
    drawn = draw(page, titles, words, now) if charts.available() else Drawn()
    context: dict[str, object] = {"campaign": page, "run": run, "drawn": drawn, "no_charts": not charts.available()}
    context |= {"address": _wave_address, "at": clock.now(), **_states(standings)}
    return render(request, "console/campaign.html.j2", context)


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """The clients that the address asks for, fifty a page."""
    language, store = spoken(), the_store()
    asked = {each.name: request.GET.get(each.name, "").strip()[:_LONGEST] for each in fields(ClientFilter)}
    wanted, standings = ClientFilter(**asked), read_standings(store)
    servers, pointing = server_page.known_servers(standings), set[str]()
    if wanted.server:
        with store.snapshot() as connection:
            pointers = server_page.read_pointers(connection)
        servers = sorted({*servers, *pointers.spelled.values()})
        pointing = pointers.to(wanted.server)
    options = client_list.options_of(standings, language, servers)
    found = client_list.chosen_clients(standings, wanted, pointing)
    page = _page_of(found, request.GET.get("page", "1"))
    context = {
        "wanted": wanted,
        "options": options,
        "unknown": client_list.unknown_values(wanted, options, language),
        "page": page,
        "lines": [client_list.client_line(each, language) for each in page.object_list],
        "address": lambda number: f"?{urlencode({**wanted.chosen(), 'page': number})}",
    }
    return render(request, "console/clients.html.j2", context)


@require_safe
def client(request: HttpRequest, name: str) -> HttpResponse:
    """Everything that is known of one client, or of a PC that was not audited."""
    store = the_store()
    standings = read_standings(store, name)
    if not standings:
        raise Http404(console_phrases(spoken())["no_such_client"].format(name=name))
    (page,) = read_pages(store, standings, spoken(), clock.now(), name)
    return render(request, "console/client.html.j2", {"page": page})


@require_safe
def servers(request: HttpRequest) -> HttpResponse:
    """The servers, and what still points to them as far as audits know."""
    store = the_store()
    standings = read_standings(store)
    with store.snapshot() as connection:
        page = server_page.read_servers(connection, standings)
    context = {"page": page, "places": server_page.PLACES, "address": _server_address}
    return render(request, "console/servers.html.j2", context)


def _states(standings: list[Standing]) -> dict[str, object]:
    """All clients and PCs in numbers."""
    counts = count_states(client_list.state_of(each) for each in standings)
    return {"counts": counts, "titles": state_titles(spoken())}


def _page_of(found: list[Standing], number: str) -> Any:
    paginator = Paginator(found, PER_PAGE)
    try:
        return paginator.page(number)
    except InvalidPage as error:
        said = console_phrases(spoken())["no_such_page"]
        raise Http404(said.format(number=number[:20], last=paginator.num_pages)) from error


def _wave_address(wave: str, state: str) -> str:
    return f"{reverse('clients')}?{urlencode(ClientFilter(wave=wave, state=state).chosen())}"


def _server_address(server: str) -> str:
    return f"{reverse('clients')}?{urlencode({'server': server})}"


def _this_minute() -> datetime:
    """Charts are drawn once a minute, not at each look."""
    return clock.now().replace(second=0)
