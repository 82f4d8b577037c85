"""Who may sign in: made, listed and given a new password by commands on the controller, never by a page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction

from notesfleet.console.models import Account
from notesfleet.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,149}")


@dataclass(frozen=True)
class AccountLine:
    """An account without its secrets."""

    name: str
    language: str
    last_sign_in: datetime | None


def prepare_database() -> None:
    """Bring Django's database to this release, and forget sessions that ended. Raises InputError where it is none."""
    try:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("clearsessions", skip_checks=True)
    except DatabaseError as error:
        raise InputError(
            f"console.db cannot be used: {error}",
            remedy="move it away: the next start makes a new one, without accounts",
        ) from error


def add_account(name: str, password: str, language: str) -> None:
    """Make an account. Raises InputError for a name that is taken or no name, and for a weak password."""
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name of an account", remedy="use letters, digits and . _ @ + -")
    account = Account(name=name, language=language)
    _set_password(account, password)
    with transaction.atomic():
        if Account.objects.filter(name__iexact=name).exists():
            raise InputError(f"{name} has an account already", remedy="`notesfleet console users` lists all")
        account.save(force_insert=True)


def change_password(name: str, password: str) -> None:
    """Give an account a new password: all its sessions end, and a lock-out is over."""
    account = _account(name)
    _set_password(account, password)
    account.save()
    call_command("axes_reset_username", name, stdout=io.StringIO(), skip_checks=True)


def remove_account(name: str) -> None:
    """Nobody signs in with this name any more, and its sessions end."""
    _account(name).delete()


def read_accounts() -> list[AccountLine]:
    """All accounts, by name."""
    return [AccountLine(each.name, each.language, each.last_login) for each in Account.objects.order_by("name")]


def _account(name: str) -> Account:
    account = Account.objects.filter(name=name).first()
    if account is None:
        raise InputError(f"nobody signs in as {name!r}", remedy="`notesfleet console users` lists all")
    return account


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise InputError(f"the password is refused: {' '.join(error.messages)}") from error
    account.set_password(password)
