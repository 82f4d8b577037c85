"""The charts: what they show is what was counted."""

from __future__ import annotations

import re

import pytest

from notesfleet import clock
from notesfleet.reports import charts
from notesfleet.reports.fleet_page import Member, count_campaign
from notesfleet.reports.page_words import phrases
from notesfleet.reports.words import Language
from notesfleet.store.histories import CampaignRecord, WaveRecord

pytestmark = pytest.mark.skipif(not charts.available(), reason="needs the extra `charts`")


@pytest.mark.parametrize("now", ["2026-12-01T08:00:30Z", "2026-12-01T08:01:00Z", "2026-12-02T08:00:00Z"])
def test_progress_reaches_the_total_and_no_more_whenever_the_last_one_was_done(now: str) -> None:
    record = CampaignRecord("c", "1", "2026-11-30T08:00:00Z", [WaveRecord("pilot", "2026-12-01")], None)
    campaign = count_campaign(record, [Member("pilot", "done", "2026-12-01T08:00:30Z")], clock.parse(now))
    svg = charts.burn_up(campaign, phrases(Language.EN), clock.parse(now), charts.WIDE)
    (line,) = re.findall(r'fill="none"[^>]* d="([^"]+)"|d="([^"]+)"[^>]*stroke="var\(--s-done\)"', svg)
    heights = [float(y) for y in re.findall(r"[ML][-0-9.]+,([-0-9.]+)", "".join(line))]
    assert min(heights) == 0
    assert max(heights) == 200
