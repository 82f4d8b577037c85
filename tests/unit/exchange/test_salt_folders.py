"""Salt finds the adapters wherever notesfleet was installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesfleet.exchange import salt_folders
from notesfleet.exchange.salt_folders import folders

SALT = Path(__file__).resolve().parents[3] / "salt"


def test_a_checkout_that_is_installed_in_place_has_its_own() -> None:
    assert folders() == {kind: [str(SALT / f"_{kind}")] for kind in ("modules", "states", "returners", "pillar")}
    assert all(list(Path(found[0]).glob("*.py")) for found in folders().values())


def test_where_pip_put_all_into_one_folder_they_lie_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salt_folders, "__file__", str(tmp_path / "notesfleet" / "exchange" / "salt_folders.py"))
    place = tmp_path / "share" / "notesfleet" / "salt" / "_modules"
    place.mkdir(parents=True)
    (place / "notesfleet.py").touch()
    assert folders()["modules"] == [str(place)]
