"""What a whole run of tests shares: its PostgreSQL, and the databases that a test of the store is run on."""

from __future__ import annotations

from collections.abc import Iterator

import postgresql as server
import pytest
import stores
from postgresql import postgresql

__all__ = ["database", "postgresql"]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        server.choose_place()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        server.leave_place()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The test is run on each; stores that it makes with `stores` lie there."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    with stores.Databases(request.getfixturevalue("postgresql")) as databases:
        monkeypatch.setattr(stores, "_databases", databases)
        yield "postgresql"
