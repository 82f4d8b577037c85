"""Who may see pages: nobody without a sign-in, for as long as the session lasts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from untidy import PEOPLE

NAMES = [f"pc{number:02}~{account}" for number, account in enumerate(PEOPLE, start=1)]
OPEN = {"sign_in", "sign_out", "language", "style"}
PASSWORD = "correct horse battery"


def _addresses() -> dict[str, str]:
    """Every address of the console, with names of the fleet where it takes one."""
    from django.urls import reverse

    from notesfleet.console.urls import urlpatterns

    taken = {"client": ["pc01~done1"], "campaign": ["c"]}
    return {each.name: reverse(each.name, args=taken.get(each.name)) for each in urlpatterns}


def _token(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def _sign_in(visitor: Any, name: str, password: str = PASSWORD, **fields: str) -> Any:
    page = visitor.get("/sign-in/")
    form = {"username": name, "password": password, "csrfmiddlewaretoken": _token(page)}
    return visitor.post("/sign-in/", form | fields)


def test_without_a_sign_in_every_page_leads_to_it_and_shows_nothing(visitor: Any) -> None:
    closed = {name: address for name, address in _addresses().items() if name not in OPEN}
    assert set(closed) == {"home", "campaign", "clients", "client", "servers"}
    for address in closed.values():
        answer = visitor.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=/")
        assert answer.content == b""


def test_the_open_pages_and_what_is_not_there_show_nothing_of_the_fleet(visitor: Any) -> None:
    for address in (*_addresses().values(), "/nowhere/", "/clients/x/y/../z", "/admin/"):
        text = visitor.get(address).content.decode()
        assert not [name for name in [*NAMES, "CN=Old01", "pilot"] if name in text], address


def test_name_and_password_lead_to_the_page_that_was_asked_for(visitor: Any, someone: str) -> None:
    answer = _sign_in(visitor, someone, next="/servers/")
    assert (answer.status_code, answer["Location"]) == (302, "/servers/")
    assert visitor.get("/servers/").status_code == 200


def test_nobody_is_sent_elsewhere_after_a_sign_in(visitor: Any, someone: str) -> None:
    assert _sign_in(visitor, someone, next="//example.com/")["Location"] == "/"


def test_a_sign_in_gets_a_new_session_and_a_new_token(visitor: Any, someone: str) -> None:
    visitor.post("/language/", {"language": "fr", "csrfmiddlewaretoken": _token(visitor.get("/sign-in/"))})
    before, token = visitor.cookies["notesfleet_session"].value, visitor.cookies["notesfleet_csrf"].value
    _sign_in(visitor, someone)
    assert visitor.cookies["notesfleet_session"].value != before
    assert visitor.cookies["notesfleet_csrf"].value != token
    assert "Se déconnecter" in visitor.get("/").content.decode()


def test_cookies_are_of_no_use_to_scripts_and_other_sites(visitor: Any, someone: str) -> None:
    _sign_in(visitor, someone)
    for cookie in visitor.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] in ("Lax", "Strict")
    assert visitor.cookies["notesfleet_session"]["expires"] == "", "it ends with the browser"


def test_a_wrong_password_is_said_without_saying_whether_the_name_is_there(visitor: Any, someone: str) -> None:
    known, unknown = _sign_in(visitor, someone, "wrong"), _sign_in(visitor, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 200
    for answer in (known, unknown):
        assert "No account has this name and password." in answer.content.decode()
    assert "notesfleet_session" not in visitor.cookies


def test_five_wrong_passwords_lock_the_name_out_also_with_the_right_one(visitor: Any, someone: str) -> None:
    answers = [_sign_in(visitor, someone, f"wrong {number}").status_code for number in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = _sign_in(visitor, someone)
    assert locked.status_code == 429
    assert "Try again in 15 minutes." in locked.content.decode()
    assert visitor.get("/").status_code == 302


def test_no_password_is_kept_of_a_wrong_attempt(visitor: Any, someone: str) -> None:
    from axes.models import AccessAttempt

    _sign_in(visitor, someone, "my-other-password")
    kept = AccessAttempt.objects.get(username=someone)
    assert "my-other-password" not in f"{kept.post_data} {kept.get_data} {kept.path_info}"
    assert not re.search(r"csrfmiddlewaretoken=\w{20}", kept.post_data)


def test_a_form_without_its_token_does_nothing(reader: Any, someone: str) -> None:
    for address in ("/sign-in/", "/sign-out/", "/language/"):
        answer = reader.post(address, {"username": someone, "password": PASSWORD, "language": "fr"})
        assert answer.status_code == 403
        assert "Nothing was done" in answer.content.decode()
    assert reader.get("/").status_code == 200


def test_signing_out_takes_a_form_and_ends_the_session_for_good(reader: Any) -> None:
    session = reader.cookies["notesfleet_session"].value
    assert reader.get("/sign-out/").status_code == 405
    token = _token(reader.get("/clients/"))
    assert reader.post("/sign-out/", {"csrfmiddlewaretoken": token})["Location"] == "/sign-in/"
    reader.cookies["notesfleet_session"] = session
    assert reader.get("/").status_code == 302


def test_a_session_ends_after_eight_hours(reader: Any) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    row = Session.objects.get(session_key=reader.cookies["notesfleet_session"].value)
    assert timedelta(hours=7, minutes=59) < row.expire_date - timezone.now() <= timedelta(hours=8)
    row.expire_date = timezone.now() - timedelta(seconds=1)
    row.save()
    assert reader.get("/").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(reader: Any, someone: str) -> None:
    from notesfleet.console.accounts import change_password

    for _ in range(5):
        _sign_in(Client(SERVER_NAME="127.0.0.1"), someone, "wrong")
    assert reader.get("/").status_code == 200, "a lock-out is of those who sign in, not of who is there"
    change_password(someone, "another correct horse")
    assert reader.get("/").status_code == 302
    assert _sign_in(reader, someone).status_code == 200, "the old one is wrong now"
    assert _sign_in(reader, someone, "another correct horse")["Location"] == "/"


def test_the_sessions_of_a_removed_account_end(reader: Any, someone: str) -> None:
    from notesfleet.console.accounts import remove_account

    remove_account(someone)
    assert reader.get("/").status_code == 302
    assert _sign_in(reader, someone).status_code == 200


def test_every_answer_forbids_scripts_frames_and_keeping(reader: Any) -> None:
    for address in ("/", "/clients/", "/servers/", "/sign-out/", "/clients/nobody/", "/sign-in/"):
        answer = reader.get(address)
        policy = dict(each.strip().split(" ", 1) for each in answer["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        text = answer.content.decode()
        assert "<script" not in text
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text)


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com"])
def test_another_host_is_refused(reader: Any, host: str) -> None:
    answer = reader.get("/clients/", HTTP_HOST=host)
    assert answer.status_code == 400
    assert "pc01~done1" not in answer.content.decode()


def test_the_language_is_the_browsers_then_the_accounts_then_the_one_that_was_chosen(visitor: Any, home: Any) -> None:
    from notesfleet.console.accounts import add_account

    assert 'lang="fr"' in visitor.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="fr-CH, en;q=0.5").content.decode()
    assert '<html lang="en"' in visitor.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    add_account("zoe", PASSWORD, "fr")
    _sign_in(visitor, "zoe")
    page = visitor.get("/servers/")
    assert '<html lang="fr"' in page.content.decode()
    chosen = {"language": "en", "next": "/servers/", "csrfmiddlewaretoken": _token(page)}
    assert visitor.post("/language/", chosen)["Location"] == "/servers/"
    assert '<html lang="en"' in visitor.get("/servers/").content.decode()
    assert visitor.post("/language/", chosen | {"next": "https://example.com/"})["Location"] == "/"
    assert visitor.post("/language/", chosen | {"language": "xx"}).status_code == 400
