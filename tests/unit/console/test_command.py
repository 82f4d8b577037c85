"""`notesfleet console` as a command: accounts, and what it refuses before it listens."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import MAIN, Cli

PASSWORD = "correct horse battery"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


def _password(cli: Cli, text: str = f"{PASSWORD}\n") -> str:
    path = cli.folder / "password"
    path.write_text(text)
    return str(path)


def _refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a command that is refused."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("notesfleet: ")
    return line


def test_an_account_is_made_listed_and_hashed_for_this_users_eyes_only(cli: Cli) -> None:
    made = cli.process("console", "add-user", "ann", "--language", "fr", "--password-file", _password(cli))
    assert (made.returncode, made.stdout, made.stderr) == (0, "ann can sign in.\n", "")
    listed = json.loads(cli.forked("console", "users", "--json").stdout)
    assert listed == {"schema": 1, "users": [{"name": "ann", "language": "fr", "last_sign_in": None}]}
    assert re.search(r"^ann +fr", cli.forked("console", "users").stdout, re.MULTILINE)
    home = cli.folder / "home"
    for file in home.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert PASSWORD.encode() not in file.read_bytes()
    with sqlite3.connect(home / "console.db") as database:
        (kept,) = database.execute("SELECT password FROM console_account").fetchone()
    database.close()
    assert kept.startswith("argon2$argon2id$")
    for words in (["set-password", "bob", "--password-file", _password(cli)], ["remove-user", "bob"]):
        assert "nobody signs in as 'bob'" in _refused(cli.forked("console", *words))
    assert "has an account already" in _refused(
        cli.forked("console", "add-user", "Ann", "--password-file", _password(cli))
    )


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("ann", "short\n", "at least 12 characters"),
        ("ann", "1234567890123456\n", "entirely numeric"),
        ("ann smith", f"{PASSWORD}\n", "'ann smith' is no name of an account"),
        ("ann", "\n", "its first line is empty"),
    ],
)
def test_a_bad_name_or_password_is_one_line(cli: Cli, name: str, password: str, said: str) -> None:
    assert said in _refused(cli.forked("console", "add-user", name, "--password-file", _password(cli, password)))


def test_without_a_terminal_the_password_comes_from_a_file(cli: Cli) -> None:
    assert "--password-file" in _refused(cli.forked("console", "add-user", "ann"))
    assert "it cannot be read" in _refused(cli.forked("console", "add-user", "ann", "--password-file", "nowhere"))


def test_without_a_store_it_says_how_to_make_one(cli: Cli) -> None:
    assert "make it with `notesfleet store init`" in _refused(cli("console", "--port", "0"))
    assert not (cli.folder / "home" / "store.db").exists()


def test_a_newer_store_is_refused(cli: Cli) -> None:
    assert cli("store", "init").returncode == 0
    with sqlite3.connect(cli.folder / "home" / "store.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "install a newer notesfleet" in _refused(cli("console", "--port", "0"))


def test_a_port_that_is_taken_is_refused(cli: Cli) -> None:
    assert cli("store", "init").returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 cannot be had" in _refused(cli.forked("console", "--port", str(port)))


def test_without_its_extra_it_says_which_to_install(cli: Cli) -> None:
    program = f"import sys; sys.modules['django'] = None; {MAIN}"
    words = [sys.executable, "-c", program, "console", "--port", "0"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "notesfleet: console needs the extra `console`; install it: pip install 'notesfleet[console]'\n"
    )


def test_an_unusable_database_of_accounts_is_one_line(cli: Cli) -> None:
    home = cli.folder / "home"
    home.mkdir()
    (home / "console.db").write_bytes(b"no database" * 1000)
    assert "console.db cannot be used" in _refused(cli.forked("console", "users"))
    (home / "console.db").unlink()
    (home / "console.secret").write_text("x")
    assert "holds no key" in _refused(cli.forked("console", "users"))
