"""The system's Chromium for tests: one for a module, a new context for each page, nothing fetched beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]


def browser_program() -> str:
    """`chromium` on PATH; else the test is skipped, or fails where a browser is required."""
    program = shutil.which("chromium")
    if not program:
        if "browser" in os.environ.get("NOTESFLEET_REQUIRE", ""):
            pytest.fail("a browser is required (NOTESFLEET_REQUIRE), and there is no chromium on PATH")
        pytest.skip("no chromium on PATH: install it")
    return program


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
