"""Charts as SVG from Vega-Lite specifications: colours are CSS variables of the page, nothing is loaded or run.

vl-convert carries a JavaScript engine and comes with the extra `charts`: it is loaded only when a chart is drawn.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from notesfleet import clock
from notesfleet.reports.fleet_page import CampaignPage
from notesfleet.reports.page_words import Phrases

WIDE, NARROW = 620, 300
_FONT = "system-ui, sans-serif"
_DAY = 86400
_CONFIG = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 12,
        "labelSeparation": 10,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": "var(--ink)", "titleColor": "var(--muted)", "labelFontSize": 12, "orient": "bottom"},
    "text": {"color": "var(--muted)", "fontSize": 12},
}


def available() -> bool:
    """Whether charts can be drawn: the extra `charts` is installed."""
    return importlib.util.find_spec("vl_convert") is not None


def bars(campaign: CampaignPage, titles: dict[str, str], words: Phrases, width: int) -> str:
    """Clients of each wave, stacked by state."""
    states = campaign.states
    rows = [
        {"wave": wave.name, "state": titles[state], "place": number, "clients": wave.counts[state]}
        for wave in campaign.waves
        for number, state in enumerate(states)
        if state in wave.counts
    ]
    colours = {"domain": [titles[state] for state in states], "range": [f"var(--s-{state})" for state in states]}
    legend = {"title": None, "columns": 3 if width == NARROW else 5, "symbolType": "square"}
    specification = {
        "width": width - 90,
        "height": {"step": 34},
        "data": {"values": rows},
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {
            "y": {"field": "wave", "type": "nominal", "title": None, "sort": [wave.name for wave in campaign.waves]},
            "x": {"field": "clients", "type": "quantitative", "title": words["clients_count"], **_whole(rows)},
            "color": {"field": "state", "type": "nominal", "scale": colours, "legend": legend},
            "order": {"field": "place", "type": "quantitative"},
        },
    }
    return _drawn(specification, words["by_wave"])


def burn_up(campaign: CampaignPage, words: Phrases, now: datetime, width: int) -> str:
    """Clients done over time against the total; the waves' dates are dashed."""
    first, last = campaign.points[0].at, max(campaign.points[-1].at, clock.text(now))
    steps = [{"at": point.at, "done": point.done} for point in campaign.points]
    steps.append({"at": last, "done": campaign.points[-1].done})
    dates = [{"at": f"{wave.date}T00:00:00Z", "wave": wave.name} for wave in campaign.record.waves]
    first, last = min([first, *(each["at"] for each in dates)]), max([last, *(each["at"] for each in dates)])
    seconds = (clock.parse(last) - clock.parse(first)).total_seconds()
    axis = {"format": "%m-%d" if seconds > 5 * _DAY else "%m-%d %H:%M", "tickCount": 3 if width == NARROW else 6}
    scale = {"type": "utc", "domain": [first, last]}
    along = {"field": "at", "type": "temporal", "title": None, "scale": scale, "axis": axis}
    # Not stacked: two values of one moment are not added to each other.
    upward: dict[str, Any] = {"type": "quantitative", "title": words["clients_count"], "stack": None}
    upward["scale"] = {"domain": [0, campaign.total]}
    upward["axis"] = {"tickMinStep": 1, "format": "d", "tickCount": 5}
    line = {"type": "area", "interpolate": "step-after", "color": "var(--s-done)", "fillOpacity": 0.25}
    total = {"type": "text", "align": "right", "baseline": "bottom", "dy": -3, "x": {"expr": "width"}}
    specification = {
        "width": width - 60,
        "height": 200,
        "layer": [
            {
                "data": {"values": steps},
                "mark": line | {"line": {"color": "var(--s-done)", "strokeWidth": 2}},
                "encoding": {"x": along, "y": {"field": "done", **upward}},
            },
            {
                "data": {"values": [{"total": campaign.total}]},
                "layer": [
                    {"mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1}},
                    {"mark": total, "encoding": {"text": {"value": f"{words['total']}: {campaign.total}"}}},
                ],
                "encoding": {"y": {"field": "total", **upward}},
            },
            {
                "data": {"values": dates},
                "layer": [
                    {"mark": {"type": "rule", "color": "var(--muted)", "strokeDash": [4, 4]}},
                    {
                        "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 4, "y": 4},
                        "encoding": {"text": {"field": "wave"}},
                    },
                ],
                "encoding": {"x": along},
            },
        ],
    }
    return _drawn(specification, words["progress"])


def _whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """An axis of whole numbers."""
    return {"axis": {"tickMinStep": 1, "format": "d", "tickCount": 6}, "scale": {"zero": True}}


def _drawn(specification: dict[str, Any], title: str) -> str:
    """The SVG, named for those who do not see it."""
    return _svg(json.dumps(specification | {"config": _CONFIG, "padding": 4}, sort_keys=True), title)


@lru_cache(maxsize=64)
def _svg(specification: str, title: str) -> str:
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))
    start, rest = svg.split(">", 1)
    return f'{start} role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{rest}'
