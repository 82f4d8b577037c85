"""The console in a real browser: the real process, every page in both languages, light, dark and narrow, no script."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Pages, browser, pages  # noqa: F401
from fleet import PROGRAMS
from playwright.sync_api import Browser, Locator, Page
from untidy import SCRIPT, add_stop, untidy_store

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
PASSWORD = "correct horse battery"
PAGES = {
    "campaign": "/",
    "clients": "/clients/",
    "filtered": "/clients/?state=excluded&wave=nowhere",
    "client": "/clients/pc01~done1/",
    "failed": "/clients/pc03~failed1/",
    "harm": "/clients/pc12~harm1/",
    "servers": "/servers/",
    "missing": "/clients/nobody/",
}
# Words that only English has; names, codes, paths and commands of the fleet hold none of them.
ENGLISH = r"\b(the|is|are|was|not|and|of|by|its|it|nothing|what|waits?|done|failed|excluded|until|since|reading)\b"


@dataclass(frozen=True)
class Console:
    """A running console. `state`: the cookies of somebody who is signed in."""

    address: str
    process: subprocess.Popen[str]
    state: Any = None


Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """`notesfleet console` on a free port, over the untidy fleet, with one account."""
    folder = tmp_path_factory.mktemp("console")
    home = folder / "home"
    home.mkdir()
    store = untidy_store(home)
    add_stop(store)
    store.close()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NOTESFLEET_")}
    environment |= {"NOTESFLEET_HOME": str(home), "PYTHONWARNINGS": "error"}
    (folder / "password").write_text(PASSWORD)
    program = str(PROGRAMS / "notesfleet")
    account = [program, "console", "add-user", "ann", "--password-file", str(folder / "password")]
    subprocess.run(account, env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [program, "console", "--port", "0"], env=environment, stdout=subprocess.PIPE, stderr=said, text=True
        )
    assert process.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found, (folder / "said").read_text()
    yield Console(found[0], process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()
    assert (folder / "said").read_text() == "", "a page of these tests failed, or the program ended with words"


@pytest.fixture(scope="module")
def console(browser: Browser, served: Console) -> Console:  # noqa: F811
    """With somebody who is signed in."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.address}/")
    _sign_in(page)
    state = context.storage_state()
    context.close()
    return Console(served.address, served.process, state)


@pytest.fixture
def opens(pages: Pages, console: Console) -> Iterator[Opens]:  # noqa: F811
    """Opens a page for somebody who is signed in."""

    def opened(path: str, language: str = "en", **options: Any) -> Page:
        chosen = {"viewport": WIDE, "locale": language, "storage_state": console.state} | options
        return pages.open(console.address + path, **chosen)

    yield opened
    pages.rest()


def _sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(password)
    _follow(page.get_by_role("button", name="Sign in"))


def _follow(control: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with control.page.expect_navigation():
        control.click()


def test_it_is_used_without_script_from_sign_in_to_sign_out(opens: Opens) -> None:
    page = opens("/servers/", storage_state=None, java_script_enabled=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    _sign_in(page, "wrong")
    assert page.get_by_role("alert").is_visible()
    _sign_in(page)
    assert page.get_by_role("heading", level=1).inner_text() == "What still points to each server"
    _follow(page.get_by_role("link", name="Campaign"))
    _follow(page.get_by_role("row", name="pilot").get_by_role("link", name="1").last)
    assert page.get_by_role("row").count() == 2
    _follow(page.get_by_role("link", name="Show all"))
    page.get_by_label("Name, person or PC").fill("pending1")
    _follow(page.get_by_role("button", name="Show"))
    _follow(page.get_by_role("link", name="pc02~pending1"))
    assert page.get_by_role("heading", level=1).inner_text() == "pc02~pending1"
    _follow(page.get_by_role("button", name="Français"))
    assert page.get_by_role("heading", level=1).inner_text() == "pc02~pending1"
    assert page.get_by_text("Que faire").is_visible()
    _follow(page.get_by_role("button", name="Se déconnecter"))
    assert page.get_by_label("Mot de passe").is_visible()
    page.go_back()
    assert page.get_by_role("heading", level=1).inner_text() == "Se connecter"


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_but_the_page_and_its_style_is_asked_for(opens: Opens, console: Console, path: str) -> None:
    page = opens(path)
    asked = [address.removeprefix(console.address) for address in page.asked]
    assert asked[0] == path
    assert all(re.fullmatch(r"/style\.css\?[0-9a-f]{12}|data:,", each) for each in asked[1:]), asked
    refused = ["404 (Not Found)"] if path == PAGES["missing"] else []
    assert [each for each in page.said if not any(word in each for word in refused)] == []
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_every_page_fits_its_window_and_axe_finds_nothing(
    opens: Opens, path: str, viewport: dict[str, int], scheme: str
) -> None:
    page = opens(path, "fr" if scheme == "dark" else "en", viewport=viewport, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/sign-in/", *PAGES.values()])
def test_french_pages_are_french(opens: Opens, path: str) -> None:
    page = opens(path, "fr-FR", **({"storage_state": None} if path == "/sign-in/" else {}))
    assert page.evaluate("document.documentElement.lang") == "fr"
    # What a PC or a library said is evidence: it stands as it is, marked as English.
    page.evaluate("document.querySelectorAll('[lang=en], code').forEach(e => e.remove())")
    said = re.sub(r"on leave|looked at it|mail03 is down", "", page.locator("body").inner_text())
    assert re.findall(ENGLISH, said, re.IGNORECASE) == []
    labels = page.evaluate("[...document.querySelectorAll('[aria-label]')].map(e => e.ariaLabel)")
    assert re.findall(ENGLISH, " ".join(labels), re.IGNORECASE) == []


def test_light_and_dark_differ_and_the_charts_follow(opens: Opens) -> None:
    found = []
    for scheme in ("light", "dark"):
        page = opens("/", color_scheme=scheme)
        body = page.evaluate("getComputedStyle(document.body).backgroundColor")
        bars = "[...document.querySelectorAll('.wide svg path')].map(e => getComputedStyle(e).fill).join(' ')"
        found.append((body, page.evaluate(bars)))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


def test_a_name_that_is_a_script_is_text(opens: Opens) -> None:
    page = opens("/clients/pc12~harm1/")
    assert SCRIPT in page.locator("main").inner_text()
    assert page.evaluate("window.harmed") is None


def test_the_keyboard_reaches_the_page_first(opens: Opens) -> None:
    page = opens("/clients/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"


def test_only_this_machine_can_reach_it(console: Console) -> None:
    port = int(console.address.rsplit(":", 1)[1])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [fields[1] for fields in listening if fields[1].endswith(f":{port:04X}") and fields[3] == "0A"]
    assert ours == [f"0100007F:{port:04X}"]
