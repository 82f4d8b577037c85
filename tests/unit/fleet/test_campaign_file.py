"""The campaign file: each mistake is one line with file, line, field and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesfleet.errors import InputError
from notesfleet.fleet.campaign_file import read_campaign

GOOD = """\
schema: 1
name: consolidation
round: 2026-11
servers:
  - from: CN=Old01/O=Acme
    to: CN=New01/O=Acme
    to_host: new01.acme.example
waves:
  - name: pilot
    date: 2026-11-30
    sites: [Lyon, NO]
"""


def _read(tmp_path: Path, text: str) -> None:
    (tmp_path / "campaign.yml").write_text(text, encoding="utf-8")
    read_campaign(tmp_path / "campaign.yml")


def test_a_good_campaign_is_read_with_its_defaults(tmp_path: Path) -> None:
    (tmp_path / "campaign.yml").write_text(GOOD)
    campaign = read_campaign(tmp_path / "campaign.yml")
    assert (campaign.round, campaign.not_after_days, campaign.wait, campaign.stop_file) == ("2026-11", 3, 40, None)
    assert campaign.waves[0].sites == ["Lyon", "NO"]
    assert campaign.servers[0].from_host == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("schema: 1", "schema: 2", 1, "schema: input should be 1"),
        ("name: consolidation", "name: Big One", 2, "name: "),
        ("name: consolidation", "nam: consolidation", 2, "did you mean `name`?"),
        ("    to: CN=New01/O=Acme\n", "", 5, "servers.0.to: is missing"),
        ("    to: CN=New01/O=Acme", "    to: Old01/Acme", 5, "are the same server"),
        ("    to: CN=New01/O=Acme", "    to: New01", 6, "servers.0.to: "),
        ("    date: 2026-11-30", "    date: 2026-11-31", 10, "waves.0.date: "),
        ("    date: 2026-11-30", "    datee: 2026-11-30", 10, "did you mean `date`?"),
        ("    sites: [Lyon, NO]", "    sites: Lyon", 11, "waves.0.sites: input should be a valid list"),
        ("    sites: [Lyon, NO]", "    sites: []", 9, "it selects nobody"),
        ("    sites: [Lyon, NO]", "    sites: [Lyon", 12, "it is not YAML"),
        ("    sites: [Lyon, NO]", "    sites: [!!python/name:os.system x]", 11, "is not allowed"),
        ("    sites: [Lyon, NO]", "    sites: &x [*x]", 11, "aliases are not allowed"),
        ("name: pilot", "name: pilot\n    name: pilot", 10, "name is there twice"),
        ("waves:", "wait: 6000\nwaves:", 8, "wait: input should be less than or equal to 600"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as error:
        _read(tmp_path, GOOD.replace(old, new))
    place = f"{tmp_path / 'campaign.yml'}:{line}:"
    assert [each for each in str(error.value).splitlines() if each.startswith(place) and said in each]


def test_a_mistake_is_named_with_its_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"campaign\.yml:10:5: waves\.0\.datee: there is no such field"):
        _read(tmp_path, GOOD.replace("    date: 2026", "    datee: 2026"))


def test_a_wave_or_server_that_stands_twice_is_named(tmp_path: Path) -> None:
    text = GOOD + "  - {name: pilot, date: 2026-12-01, pcs: [pc1]}\n"
    with pytest.raises(InputError, match=r"campaign\.yml:12:6: waves\.1\.name: pilot is there already"):
        _read(tmp_path, text)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        _read(tmp_path, GOOD.replace("schema: 1", "schema: 2").replace("date:", "day:"))
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text", "\x00", "a: [1, 2", "{" * 2000])
def test_what_is_no_campaign_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as error:
        _read(tmp_path, text)
    assert "\n" not in str(error.value)
