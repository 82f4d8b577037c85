"""The report in a real browser: it asks for nothing, is complete without script, and everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Pages, browser, pages  # noqa: F401
from playwright.sync_api import Page
from untidy import NOW, SCRIPT, add_stop, untidy_store

from notesfleet import clock
from notesfleet.reports import charts
from notesfleet.reports.fleet_page import read_fleet
from notesfleet.reports.html import render
from notesfleet.reports.words import Language
from notesfleet.store.standing import read_standings

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
# Words that only English has; names, codes, paths and commands of the fleet hold none of them.
ENGLISH = r"\b(the|is|are|was|not|and|of|by|its|it|nothing|what|waits?|done|failed|excluded|until|since|reading)\b"

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    folder = tmp_path_factory.mktemp("report")
    store = untidy_store(folder)
    add_stop(store)
    paths = {}
    for language in Language:
        fleet = read_fleet(store, read_standings(store), language, clock.parse(NOW))
        paths[language] = folder / f"report-{language}.html"
        paths[language].write_text(render(fleet, language), encoding="utf-8")
    store.close()
    return paths


@pytest.fixture
def opens(pages: Pages, files: dict[Language, Path]) -> Iterator[Opens]:  # noqa: F811
    """Opens the report, offline."""

    def opened(language: Language = Language.EN, **options: Any) -> Page:
        return pages.open(files[language].as_uri(), **({"viewport": WIDE, "offline": True} | options))

    yield opened
    pages.rest()


def _unfold(page: Page) -> None:
    """Every row open: at once, since a click on each is what costs a browser most."""
    page.evaluate("document.querySelectorAll('details.row').forEach(row => row.open = true)")
    assert page.locator(".row .body").last.is_visible()


def test_no_request_leaves_the_file_and_the_policy_blocks_nothing_of_its_own(
    opens: Opens, files: dict[Language, Path]
) -> None:
    page = opens()
    _unfold(page)
    page.fill("#find", "pilot")
    assert page.asked == [files[Language.EN].as_uri()]
    assert page.said == []


def test_the_policy_lets_no_other_script_run_and_no_image_load(opens: Opens) -> None:
    page = opens()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"https://example.com/x.png\">')")
    page.evaluate(
        "{let s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)}"
    )
    page.wait_for_function("true")
    assert page.evaluate("window.ran") is None
    assert len(page.said) == 2
    assert all("Content Security Policy" in said for said in page.said)


def test_it_is_complete_without_script(opens: Opens) -> None:
    page = opens(java_script_enabled=False)
    assert page.locator(".row").count() == 16
    assert not page.locator(".find").is_visible()
    row = page.locator("#s-done .row").first
    assert not row.locator(".body").is_visible()
    row.locator("summary").click()
    assert row.locator(".body").is_visible()
    assert "CN=New01/O=Acme" in row.locator(".body").inner_text()


def test_what_a_pc_or_a_user_named_is_text(opens: Opens) -> None:
    page = opens()
    _unfold(page)
    text = page.locator(".row", has=page.get_by_text("pc12~harm1", exact=True)).inner_text()
    assert text.count(SCRIPT) >= 4
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert page.evaluate("window.harmed") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", list(Language))
def test_nothing_is_wider_than_the_window(
    opens: Opens, language: Language, viewport: dict[str, int], scheme: str, tmp_path: Path
) -> None:
    page = opens(language, viewport=viewport, color_scheme=scheme)
    _unfold(page)
    page.screenshot(path=tmp_path / "page.jpg", type="jpeg", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    # Nor does anything stand out of its row: only the table of waves may be scrolled by itself.
    wide = page.evaluate(
        "[...document.querySelectorAll('.row *')].filter(e => e.getClientRects().length && !e.closest('.vh')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []


def test_light_and_dark_differ_and_the_charts_follow(opens: Opens) -> None:
    found = []
    for scheme in ("light", "dark"):
        page = opens(color_scheme=scheme)
        body = page.evaluate("getComputedStyle(document.body).backgroundColor")
        bars = page.evaluate(
            "[...document.querySelectorAll('.wide svg path')].map(e => getComputedStyle(e).fill).join(' ')"
        )
        found.append((body, bars))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing(opens: Opens, viewport: dict[str, int], scheme: str) -> None:
    page = opens(viewport=viewport, color_scheme=scheme)
    _unfold(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_print_opens_every_row_on_paper_colours(opens: Opens) -> None:
    page = opens(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    bodies = page.locator(".row .body")
    heights = [bodies.nth(number).bounding_box() for number in range(bodies.count())]
    assert len(heights) == 16
    assert all(box is not None and box["height"] > 20 for box in heights)
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 35, 40)"
    assert not page.locator(".find").is_visible()


def test_the_search_box_leaves_what_fits_and_says_how_many(opens: Opens) -> None:
    page = opens()
    page.fill("#find", "excluded MAIN")
    shown = page.locator(".row:visible .name").all_inner_texts()
    assert shown == ["pc06~unknown1", "pc07~hand1"]
    assert page.locator(".group:visible").count() == 1
    assert page.locator("output").inner_text() == "2 / 16"
    assert page.locator(".row:visible").count() == 2
    french = opens(Language.FR)
    french.fill("#find", "exclu MAIN")
    assert french.locator(".row:visible .name").all_inner_texts() == shown
    page.fill("#find", "")
    assert page.locator(".row:visible").count() == 16


def test_the_french_page_is_french(opens: Opens) -> None:
    page = opens(Language.FR)
    assert page.evaluate("document.documentElement.lang") == "fr"
    _unfold(page)
    # What a PC or a library said is evidence: it stands as it is, marked as English.
    page.evaluate("document.querySelectorAll('[lang=en], code').forEach(e => e.remove())")
    text = page.locator("body").inner_text()
    # What people wrote themselves.
    said = re.sub(r"on leave|looked at it|mail03 is down", "", text)
    assert re.findall(ENGLISH, said, re.IGNORECASE) == []
    labels = page.evaluate(
        "[...document.querySelectorAll('[aria-label], [placeholder]')].map(e => e.ariaLabel + e.placeholder)"
    )
    assert re.findall(ENGLISH, " ".join(labels), re.IGNORECASE) == []


@pytest.mark.skipif(not charts.available(), reason="needs the extra `charts`")
def test_each_chart_is_named_and_has_its_table_beside_it(opens: Opens) -> None:
    page = opens()
    assert page.get_by_role("img").count() == 2
    assert page.get_by_role("img", name="Clients by wave and state").is_visible()
    page.get_by_text("As a table").click()
    assert page.get_by_role("table", name="Clients done over time").is_visible()
    assert page.get_by_role("table", name="Clients by wave and state").is_visible()
