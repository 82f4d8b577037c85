"""What a whole run of tests shares: its clock, its PostgreSQL, its PowerShell, and the databases of a store's tests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import postgresql as server
import pytest
import stores
from postgresql import postgresql
from powershell import powershell
from scheduling import OneWithPowerShell
from xdist.remote import Producer

from notesfleet import clock

YEARS_AHEAD = 20

__all__ = ["database", "postgresql", "powershell"]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        server.choose_place()


def pytest_collection_finish() -> None:
    # The tests themselves, and all that they import, stay to the end: to look through them for garbage, again and
    # again, is a tenth of a worker's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        server.leave_place()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWithPowerShell:
    return OneWithPowerShell(config, log)


@pytest.fixture(scope="session", autouse=True)
def _years_ahead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests' clock is years ahead: one that holds only until some day fails today, and not on that day."""
    offset = tmp_path_factory.mktemp("clock") / "offset"
    offset.write_text(str(YEARS_AHEAD * 365 * 24 * 3600), encoding="ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.VARIABLE, str(offset))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The test is run on each; stores that it makes with `stores` lie there."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    with stores.Databases(request.getfixturevalue("postgresql")) as databases:
        monkeypatch.setattr(stores, "_databases", databases)
        yield "postgresql"
