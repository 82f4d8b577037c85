"""What every page has in common: its language, that no browser keeps it, and what is said where the store is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from notesfleet.console.refusals import store_lost
from notesfleet.errors import StoreError

LANGUAGE = "language"
"""The session's key for the language that somebody chose."""
_LOG = logging.getLogger("django.console")


class PageMiddleware:
    """Speaks the language that was chosen, else that which the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.session.get(LANGUAGE) or translation.get_language_from_request(request)
        with translation.override(language):
            response = self._get_response(request)
        if not response.has_header("Cache-Control"):
            # Somebody may use the same browser after a sign-out.
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A store that fails is no defect of a page."""
        if not isinstance(error, StoreError):
            return None
        _LOG.error("%s", error)
        return store_lost(request, error)
