"""The pages that say no: what is wrong, and where to go on. None of them shows what needs a sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.utils import translation

from notesfleet.console.words import console_phrases
from notesfleet.errors import StoreError
from notesfleet.reports.words import Language

_BROKEN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>notesfleet</title></head><body><h1>notesfleet</h1>
<p>Something went wrong here. The console's own log says what.</p>
<p lang="fr">Une erreur s'est produite. Le journal de la console dit laquelle.</p></body></html>
"""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. Django's own exceptions name our addresses; only what a view said is shown."""
    said = exception.args[0] if exception.args else None
    return _refusal(request, 404, "no_page", said if isinstance(said, str) else "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address, a host or a form that nobody can have sent from here."""
    return _refusal(request, 400, "bad_request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _refusal(request, 403, "forbidden")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without this session's token: a page that stood open too long, or somebody else's."""
    return _refusal(request, 403, "forged")


def broken(request: HttpRequest) -> HttpResponse:
    """500. It needs nothing that may be what is broken."""
    return HttpResponseServerError(_BROKEN)


def store_lost(request: HttpRequest, error: StoreError) -> HttpResponse:
    """503: the store is not there, or not as it should be."""
    return _refusal(request, 503, "store_lost", str(error))


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """429: too many wrong passwords for this name."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return _refusal(request, 429, "locked_out", blanks={"minutes": minutes})


def _refusal(
    request: HttpRequest, status: int, key: str, said: str = "", blanks: dict[str, object] | None = None
) -> HttpResponse:
    words = console_phrases(Language(translation.get_language() or "en"))
    context = {"title": words[f"{key}_title"], "sentence": words[key].format(**(blanks or {})), "said": said}
    return render(request, "console/refusal.html.j2", context, status=status)
