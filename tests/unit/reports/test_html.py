"""The HTML report as text: the same for the same store and moment, escaped, and with its charts or without them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from markupsafe import escape
from stores import new_store
from untidy import NOW, SCRIPT, add_stop, untidy_store

from notesfleet import clock
from notesfleet.reports import charts
from notesfleet.reports.fleet_page import FleetPage, _points, read_fleet
from notesfleet.reports.html import TEMPLATES, common_name, render
from notesfleet.reports.page_words import _PHRASES, phrases
from notesfleet.reports.words import Language
from notesfleet.store.connection import Store
from notesfleet.store.standing import read_standings
from notesfleet.store.tables import campaigns

AT = clock.parse(NOW)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = untidy_store(tmp_path_factory.mktemp("store"))
    yield opened
    opened.close()


def _fleet(store: Store, language: Language = Language.EN) -> FleetPage:
    return read_fleet(store, read_standings(store), language, AT)


def test_the_same_store_and_moment_give_the_same_page(store: Store) -> None:
    assert render(_fleet(store), Language.EN) == render(_fleet(store), Language.EN)


def test_counts_are_those_of_the_clients_by_wave_and_state(store: Store) -> None:
    fleet = _fleet(store)
    assert fleet.total == 16
    assert sum(fleet.counts.values()) == 16
    pilot, main = fleet.campaigns[0].waves
    assert pilot.counts == {"failed": 1, "aside": 1, "excluded": 1, "pending": 1, "done": 1}
    assert (pilot.total, main.total) == (5, 7)
    assert [group.state for group in fleet.groups][:3] == ["failed", "aside", "excluded"]


def test_progress_ends_with_as_many_as_are_done_and_never_after_now(store: Store) -> None:
    points = _fleet(store).campaigns[0].points
    assert (points[0].done, points[-1].done) == (0, 1)
    many = sorted(f"2026-{month:02}-{day:02}T10:0{day % 10}:00Z" for month in range(1, 12) for day in range(1, 28))
    points = _points(many, "2026-01-01T00:00:00Z", AT)
    assert len(points) < 130
    assert points[-1].done == len(many) == sum(point.new for point in points)
    assert all(point.at <= NOW for point in points)
    assert _points([], NOW, AT) == []


def test_a_stopped_campaign_has_its_banner(store: Store, tmp_path: Path) -> None:
    assert "banner" not in re.sub(r"<style>.*?</style>", "", render(_fleet(store), Language.EN), flags=re.DOTALL)
    other = untidy_store(tmp_path)
    add_stop(other, SCRIPT)
    page = render(_fleet(other), Language.EN)
    other.close()
    assert f"</strong> c: {escape(SCRIPT)}" in page
    assert "Stopped by jdoe" in page


def test_no_text_of_a_pc_is_markup(store: Store) -> None:
    page = render(_fleet(store), Language.EN)
    assert SCRIPT not in page
    assert page.count(str(escape(SCRIPT))) >= 5
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert page.count("<script>") == 1


def test_the_policy_allows_the_pages_own_style_and_script_alone(store: Store) -> None:
    page = render(_fleet(store), Language.EN)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r'\s(style|on[a-z]+)="', page)
    assert not re.search(r'(src|href)="(?!#)', page)


def test_without_the_extra_the_tables_are_there_and_a_line_says_what_to_install(store: Store) -> None:
    page = render(_fleet(store), Language.EN, with_charts=False)
    assert "<svg" not in page
    assert "pip install &#39;notesfleet[charts]&#39;" in page
    assert page.count("<caption>Clients done over time") == 1
    assert '<details class="data" open>' in page


def test_the_extra_is_looked_for_and_loaded_only_for_a_chart(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert not charts.available()
    assert "<svg" not in render(_fleet(store), Language.EN)


@pytest.mark.skipif(not charts.available(), reason="needs the extra `charts`")
def test_charts_take_their_colours_from_the_page_and_have_names(store: Store) -> None:
    page = render(_fleet(store), Language.FR)
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 4
    for svg in drawn:
        assert 'role="img"' in svg
        assert re.search(r"<title>[^<]+</title>", svg)
        assert "var(--s-" in svg
        assert not re.search(r"<style|<script|#[0-9a-f]{6}", svg)


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    page = render(_fleet(store), Language.EN)
    store.close()
    assert "notesfleet clients import" in page
    assert "notesfleet campaign load" in page
    assert "no run yet" in page


def test_a_campaign_that_nobody_is_in_yet_is_there_with_its_waves(tmp_path: Path) -> None:
    store = untidy_store(tmp_path)
    standings = [each for each in read_standings(store) if each.client == "pc11~audited1"]
    page = render(read_fleet(store, standings, Language.EN, AT), Language.EN)
    store.close()
    assert "No client is done yet." in page
    assert ">pilot</th><td>2026-11-30</td>" in page


def test_a_report_of_one_wave_has_no_other_clients(store: Store) -> None:
    standings = [each for each in read_standings(store) if each.wave == "pilot"]
    page = render(read_fleet(store, standings, Language.EN, AT), Language.EN)
    assert "pc01~done1" in page
    assert "pc07~hand1" not in page


def test_every_word_of_the_templates_is_in_both_languages() -> None:
    text = "".join(path.read_text() for path in TEMPLATES.glob("*.j2"))
    used = set(re.findall(r"\bp\.([a-z_]+)", text))
    assert used <= set(_PHRASES)
    same = {key for key, (english, french) in _PHRASES.items() if english == french}
    # Words that are the same in both.
    assert same <= {
        "total",
        "date",
        "clients_count",
        "clients",
        "client",
        "pc",
        "site",
        "exclusions",
        "audits",
        "verdict",
        "sections",
        "mode",
        "seconds",
        "section",
        "place_document",
        "step_audit",
        "at",
    }
    assert phrases(Language.FR)["colon"] == "\N{NO-BREAK SPACE}: "


@pytest.mark.parametrize(
    ("name", "person"), [("CN=Jean Dupont/OU=x/O=ACME", "Jean Dupont"), ("Jean/ACME", "Jean"), ("", "")]
)
def test_a_person_is_shown_by_the_common_name(name: str, person: str) -> None:
    assert common_name(name) == person


def test_a_campaign_that_nobody_is_in_is_not_shown_beside_one_with_clients(tmp_path: Path) -> None:
    store = untidy_store(tmp_path)
    with store.transaction() as connection:
        document = {"name": "d", "rules": []}
        connection.execute(sa.insert(campaigns).values(name="d", round="1", loaded_at=NOW, document=document))
    fleet = _fleet(store)
    store.close()
    assert [each.record.name for each in fleet.campaigns] == ["c"]
