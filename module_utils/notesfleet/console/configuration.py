"""How Django is set up here: its own small database for accounts, sessions and lock-outs; everything closed by default.

Nothing is read from Django's environment: one function sets it up from where notesfleet's home is.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from csp.constants import NONE, SELF
from django.conf import settings

from notesfleet.errors import InputError
from notesfleet.reports.html import TEMPLATES
from notesfleet.store.connection import Store

HOST = "127.0.0.1"
DATABASE, SECRET = "console.db", "console.secret"
_OWN_TEMPLATES = Path(__file__).parent / "templates"
_SESSION = timedelta(hours=8)
_LOCKED = timedelta(minutes=15)
_WRONG_PASSWORDS = 5
_LEAST_PASSWORD = 12


def configure(home: Path, store: Store | None = None) -> None:
    """Set up Django for this home, once in a process. `store`: what pages show; commands on accounts need none."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        _private(home / DATABASE)
        secret = _secret_key(home / SECRET)
    except OSError as error:
        raise InputError(f"{home}: the console keeps its accounts there, and cannot: {error.strerror}") from error
    settings.configure(
        NOTESFLEET_STORE=store, SECRET_KEY=secret, **_database(home), **_PAGES, **_SIGNING_IN, **_HEADERS
    )
    django.setup()


def _secret_key(path: Path) -> str:
    """The key that signs cookies: random, made at the first start, for this user's eyes only."""
    if not path.exists():
        _private(path)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) < 50:
        raise InputError(f"{path} holds no key", remedy="remove it: the next start makes one, and all sign in again")
    return key


def _private(path: Path) -> None:
    """The file is there, and nobody else reads or writes it; SQLite gives its other files the same rights."""
    os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    path.chmod(0o600)


def _database(home: Path) -> dict[str, Any]:
    options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
    return {
        "DATABASES": {
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / DATABASE), "OPTIONS": options}
        }
    }


_PAGES: dict[str, Any] = {
    "DEBUG": False,
    "ALLOWED_HOSTS": [HOST, "localhost"],
    "ROOT_URLCONF": "notesfleet.console.urls",
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "USE_TZ": True,
    "LANGUAGES": [("en", "English"), ("fr", "Français")],
    "LANGUAGE_CODE": "en",
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "axes",
        "csp",
        "notesfleet.console",
    ],
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "notesfleet.console.middleware.PageMiddleware",
        # No page is open unless its view says so.
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        # The last one, so that it can answer in place of the sign-in page.
        "axes.middleware.AxesMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [_OWN_TEMPLATES, TEMPLATES],
            "OPTIONS": {
                "environment": "notesfleet.console.rendering.environment",
                "context_processors": ["notesfleet.console.rendering.shared"],
            },
        }
    ],
    "LOGGING": {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        # What went wrong here is said on stderr; a page that was not found is nobody's error.
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            # It names who tried to sign in; some type their password there.
            "axes": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    },
}
_SIGNING_IN: dict[str, Any] = {
    "AUTH_USER_MODEL": "console.Account",
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": _LEAST_PASSWORD},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        {
            "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
            "OPTIONS": {"user_attributes": ("name",)},
        },
    ],
    "LOGIN_URL": "sign_in",
    "LOGIN_REDIRECT_URL": "home",
    "LOGOUT_REDIRECT_URL": "sign_in",
    "SESSION_COOKIE_NAME": "notesfleet_session",
    "SESSION_COOKIE_AGE": int(_SESSION.total_seconds()),
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "CSRF_COOKIE_NAME": "notesfleet_csrf",
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Strict",
    "CSRF_FAILURE_VIEW": "notesfleet.console.refusals.forged",
    "AXES_FAILURE_LIMIT": _WRONG_PASSWORDS,
    "AXES_COOLOFF_TIME": _LOCKED,
    "AXES_LOCKOUT_PARAMETERS": ["username"],
    # What Django's form calls it, whatever the account's own field is; without it no attempt is counted.
    "AXES_USERNAME_FORM_FIELD": "username",
    "AXES_LOCKOUT_CALLABLE": "notesfleet.console.refusals.locked_out",
    "AXES_RESET_ON_SUCCESS": True,
    # Who goes on guessing does not lock a person out for ever.
    "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
    "AXES_DISABLE_ACCESS_LOG": True,
    "AXES_VERBOSE": False,
    "AXES_SENSITIVE_PARAMETERS": ["csrfmiddlewaretoken"],
}
_HEADERS: dict[str, Any] = {
    "CONTENT_SECURITY_POLICY": {
        "DIRECTIVES": {
            "default-src": [NONE],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "form-action": [SELF],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
        }
    },
    "X_FRAME_OPTIONS": "DENY",
    "SECURE_REFERRER_POLICY": "same-origin",
}
