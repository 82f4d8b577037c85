"""The pages' templates: Jinja2 as the report has it, and what all pages show."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment

from notesfleet.console.words import console_phrases
from notesfleet.reports import html
from notesfleet.reports.fleet_page import ORDER
from notesfleet.reports.words import Language

_STYLE = Path(__file__).parent / "templates" / "console" / "console.css"


def environment(**options: Any) -> Environment:
    """The environment of all pages, as Django's setting names it."""
    made = html.environment(**options)
    made.globals |= {"url": reverse}
    return made


def shared(request: HttpRequest) -> dict[str, Any]:
    """What every template has: words, language, who is signed in, and where we are."""
    language, user = spoken(), getattr(request, "user", None)
    return {
        "p": console_phrases(language),
        "language": language.value,
        "languages": [(each.value, name) for each, name in zip(Language, ("English", "Français"), strict=True)],
        "account": user if user is not None and user.is_authenticated else None,
        "here": request.get_full_path() if request.method == "GET" else reverse("home"),
        "page_name": request.resolver_match.view_name if request.resolver_match else "",
        "style": f"{reverse('style')}?{style_mark()}",
    }


def spoken() -> Language:
    """The language of this request."""
    return Language(translation.get_language() or Language.EN.value)


@cache
def style() -> str:
    """The report's style sheet and the console's own."""
    return html.style_sheet(str(state) for state in ORDER) + "\n" + _STYLE.read_text(encoding="utf-8")


@cache
def style_mark() -> str:
    """Differs with the style sheet, which browsers may keep."""
    return hashlib.sha256(style().encode()).hexdigest()[:12]
