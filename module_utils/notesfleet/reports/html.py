"""The report as one HTML file: it opens from disk, asks for nothing, and is complete without script."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from notesfleet.reports import charts
from notesfleet.reports.client_page import as_of, common_name, moment
from notesfleet.reports.fleet_page import CampaignPage, FleetPage, WaveCount
from notesfleet.reports.order_lines import worth_a_line
from notesfleet.reports.page_words import Phrases, phrases
from notesfleet.reports.words import WORDS, Language

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Drawn:
    """The charts of a campaign, each wide and narrow; None where there is nothing to draw, or nothing to draw with."""

    bars: tuple[str, str] | None = None
    progress: tuple[str, str] | None = None


def render(fleet: FleetPage, language: Language, *, with_charts: bool | None = None) -> str:
    """The page. `with_charts` None: where the extra `charts` is installed."""
    words = phrases(language)
    draws = charts.available() if with_charts is None else with_charts
    style, script = _style(fleet, words), _read("report.js")
    return (
        environment(loader=FileSystemLoader(TEMPLATES))
        .get_template("report.html.j2")
        .render(
            fleet=fleet,
            p=words,
            language=language.value,
            nobody=WORDS[language].nobody,
            charts={
                each.record.name: draw(each, fleet.titles, words, fleet.at) if draws else Drawn()
                for each in fleet.campaigns
            },
            no_charts=not draws,
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )


def environment(**options: Any) -> Environment:
    """Jinja2 for pages: everything is escaped, a name that is not there is an error. `options`: its loader and more."""
    ours = {"undefined": StrictUndefined, "finalize": _visible, "trim_blocks": True, "lstrip_blocks": True}
    options = {name: value for name, value in options.items() if name != "autoescape"}
    made = Environment(autoescape=True, **(options | ours))
    made.globals |= {"moment": moment, "as_of": as_of, "worth_a_line": worth_a_line}
    made.filters |= {"person": common_name, "sum_of": _sum_of, "capitalize": _capital}
    return made


def _visible(value: Any) -> Any:
    """Without control characters and marks that turn the direction of writing: names and values come from PCs."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(letter if _is_text(letter) else "\N{REPLACEMENT CHARACTER}" for letter in value)


def _is_text(letter: str) -> bool:
    """Printable, or a blank of any width."""
    return letter.isprintable() or unicodedata.category(letter) == "Zs"


def _sum_of(waves: Iterable[WaveCount], state: str) -> int:
    return sum(wave.counts.get(state, 0) for wave in waves)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def style_sheet(states: Iterable[str]) -> str:
    """The style sheet of all pages, with a colour for each state."""
    return "\n".join([_read("report.css"), *(f".s-{state} {{ --c: var(--s-{state}); }}" for state in states)])


def _style(fleet: FleetPage, words: Phrases) -> str:
    """With the labels that narrow screens need."""
    labels = [f'.{name}::before {{ content: "{words[name]}{words["colon"]}"; }}' for name in ("left", "seen")]
    return "\n".join([style_sheet(fleet.titles), *labels])


def _policy(style: str, script: str) -> str:
    """Nothing is loaded; only this style sheet and this script count."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def draw(campaign: CampaignPage, titles: dict[str, str], words: Phrases, now: datetime) -> Drawn:
    """The charts of a campaign. `titles`: state to its word."""
    if not campaign.total:
        return Drawn()
    wide, narrow = (charts.bars(campaign, titles, words, width) for width in (charts.WIDE, charts.NARROW))
    if not campaign.points:
        return Drawn(bars=(wide, narrow))
    lines = [charts.burn_up(campaign, words, now, width) for width in (charts.WIDE, charts.NARROW)]
    return Drawn(bars=(wide, narrow), progress=(lines[0], lines[1]))


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
