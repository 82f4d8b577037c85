"""The addresses of the console."""

from __future__ import annotations

from django.urls import path

from notesfleet.console import pages, refusals, signing

urlpatterns = [
    path("", pages.home, name="home"),
    path("campaigns/<path:name>/", pages.campaign, name="campaign"),
    path("clients/", pages.clients, name="clients"),
    path("clients/<path:name>/", pages.client, name="client"),
    path("servers/", pages.servers, name="servers"),
    path("sign-in/", signing.SignIn.as_view(), name="sign_in"),
    path("sign-out/", signing.SignOut.as_view(), name="sign_out"),
    path("language/", signing.choose_language, name="language"),
    path("style.css", signing.style_sheet, name="style"),
]
handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.broken
