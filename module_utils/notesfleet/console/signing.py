"""Signing in and out, the language, and the style sheet: the only addresses that need no sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from notesfleet.console.middleware import LANGUAGE
from notesfleet.console.refusals import bad_request
from notesfleet.console.rendering import style
from notesfleet.reports.words import Language

_YEAR = 365 * 86400


class SignIn(LoginView):
    """Django's own; pages then speak the account's language, unless another was chosen on the way."""

    template_name = "console/sign_in.html.j2"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        language = getattr(form.get_user(), "language", "")
        if language and LANGUAGE not in self.request.session:
            self.request.session[LANGUAGE] = language
        return response


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """By POST alone; also for a session that has ended meanwhile. The language that was chosen stays."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = request.session.get(LANGUAGE)
        response = super().post(request, *args, **kwargs)
        if language:
            request.session[LANGUAGE] = language
        return response


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep a language in the session, and go back to the page."""
    language, back = request.POST.get("language", ""), request.POST.get("next", "")
    if language not in list(Language):
        return bad_request(request, ValueError(language))
    request.session[LANGUAGE] = language
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if here else "home")


@login_not_required
@require_safe
def style_sheet(request: HttpRequest) -> HttpResponse:
    """The style sheet of all pages; its address changes with it."""
    headers = {"Cache-Control": f"public, max-age={_YEAR}, immutable"}
    return HttpResponse(style(), content_type="text/css; charset=utf-8", headers=headers)
