"""`notesfleet console`: pages for people, and who may sign in to them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from notesfleet.cli.settings import Json, LangName, settings
from notesfleet.errors import InputError

app = typer.Typer(
    help="Campaigns, clients and servers as web pages behind a sign-in. Example: notesfleet console --port 8000",
    no_args_is_help=False,
    rich_markup_mode=None,
)
PASSWORD_HELP = "A file whose first line is the password; without it you are asked."


@app.callback(invoke_without_command=True)
def console(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any free port.")] = 8000,
) -> None:
    """Serve the pages on this machine alone, until TERM or Ctrl-C; they change nothing.

    Example: notesfleet console --port 8000
    """
    if context.invoked_subcommand:
        return
    # Django is loaded only where pages are really served.
    from notesfleet.console.serving import serve

    serve(settings(), port)


@app.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    language: Annotated[LangName | None, typer.Option(help="Of this person's pages; else the browser's.")] = None,
    password_file: Annotated[Path | None, typer.Option(help=PASSWORD_HELP)] = None,
) -> None:
    """Let somebody sign in.

    Example: notesfleet console add-user ann --language fr
    """
    _accounts()
    from notesfleet.console.accounts import add_account

    add_account(name, _password(password_file), language.value if language else "")
    typer.echo(f"{name} can sign in.")


@app.command("set-password")
def set_password(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    password_file: Annotated[Path | None, typer.Option(help=PASSWORD_HELP)] = None,
) -> None:
    """Give somebody a new password: all sessions of this name end, and a lock-out is over.

    Example: notesfleet console set-password ann
    """
    _accounts()
    from notesfleet.console.accounts import change_password

    change_password(name, _password(password_file))
    typer.echo(f"{name} has a new password.")


@app.command("remove-user")
def remove_user(name: Annotated[str, typer.Argument(help="The name to sign in with.")]) -> None:
    """Let somebody sign in no more; sessions of this name end.

    Example: notesfleet console remove-user ann
    """
    _accounts()
    from notesfleet.console.accounts import remove_account

    remove_account(name)
    typer.echo(f"{name} cannot sign in any more.")


@app.command()
def users(as_json: Json = False) -> None:
    """Who may sign in, and when each last did.

    Example: notesfleet console users
    """
    _accounts()
    from notesfleet import clock
    from notesfleet.console.accounts import read_accounts
    from notesfleet.reports.tables import Column, print_table

    found = [
        (each.name, each.language, clock.text(each.last_sign_in) if each.last_sign_in else None)
        for each in read_accounts()
    ]
    if as_json:
        keys = ("name", "language", "last_sign_in")
        typer.echo(json.dumps({"schema": 1, "users": [dict(zip(keys, each, strict=True)) for each in found]}, indent=2))
    elif found:
        print_table([Column("name"), Column("language"), Column("last sign-in")], found, sys.stdout)
    else:
        typer.echo("Nobody can sign in yet: notesfleet console add-user NAME")


def _accounts() -> None:
    from notesfleet.console.configuration import configure

    configure(settings().home_folder)
    from notesfleet.console.accounts import prepare_database

    prepare_database()


def _password(file: Path | None) -> str:
    """Never an argument: those are in every process list."""
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"it cannot be read ({error})", where=f"--password-file {file}") from error
        if not lines or not lines[0]:
            raise InputError("its first line is empty", where=f"--password-file {file}")
        return lines[0]
    if not sys.stdin.isatty():
        raise InputError("there is no terminal to ask for the password", remedy="use --password-file FILE")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
