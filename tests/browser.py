"""The system's Chromium for tests: one for a module, and a page for each way of looking at things; nothing fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

PROGRAMS = ("chromium-headless-shell", "chromium")
"""The first that is there: the shell is the same engine without a desktop's windows, at two thirds of the work."""
_ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
# The pages are all ours: one process draws them, or a browser starts one for each change of address. Nor is there
# a graphics card to speak to.
_ARGUMENTS += ["--renderer-process-limit=1", "--disable-site-isolation-trials", "--disable-gpu", "--in-process-gpu"]


def browser_program() -> str:
    """One of `PROGRAMS` on PATH; else the test is skipped, or fails where a browser is required."""
    for program in map(shutil.which, PROGRAMS):
        if program:
            return program
    wanted = f"none of {', '.join(PROGRAMS)} is on PATH"
    if "browser" in os.environ.get("NOTESFLEET_REQUIRE", ""):
        pytest.fail(f"a browser is required (NOTESFLEET_REQUIRE), and {wanted}")
    pytest.skip(f"{wanted}: install one")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its module: while Playwright is there, this thread has an event loop that is in other tests' way."""
    program = browser_program()
    from playwright.sync_api import sync_playwright

    # Chromium's sandbox cannot be had by root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*_ARGUMENTS, *sandbox])
        yield started
        started.close()


class Pages:
    """A page for each set of a context's options, kept for the next test: a new one costs a process of the browser.

    The window's size and its scheme of colours are no such options: a page that is there takes them on. A test that
    opens two with the same options gets two. `page.asked`: every address that it asked for since it was
    opened, `page.said`: what it said and its errors.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[str, list[Page]] = {}
        self._open: list[tuple[str, Page]] = []

    def open(self, address: str, *, viewport: ViewportSize, color_scheme: str = "light", **options: Any) -> Page:
        key = repr(sorted(options.items()))
        kept = self._kept.setdefault(key, [])
        page = kept.pop() if kept else self._new(options)
        self._open.append((key, page))
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        page.asked, page.said = [], []
        page.goto(address)
        return page

    def rest(self) -> None:
        """A test is over: its pages are left, and the next may have them."""
        while self._open:
            key, page = self._open.pop()
            page.emulate_media(media="null")
            page.goto("about:blank")
            self._kept[key].append(page)

    def close(self) -> None:
        self.rest()
        for page in [page for kept in self._kept.values() for page in kept]:
            page.context.close()

    def _new(self, options: dict[str, Any]) -> Page:
        page = self._browser.new_context(**options).new_page()
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        return page


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[Pages]:
    kept = Pages(browser)
    yield kept
    kept.close()
