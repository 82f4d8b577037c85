"""`notesfleet` as an administrator meets it: its exit code, its lines.

Most tests run it in their own process, with its own environment and folder: a start costs a second.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unittest import mock

import prepared
import typer
from stores import store_variables

from notesfleet.cli.main import app
from notesfleet.store import connection

MAIN = "from notesfleet.cli.main import app; app()"


@cache
def _command() -> Callable[[list[str]], object]:
    """What `app` makes of itself at each call: once for all."""
    return typer.main.get_command(app)


class Cli:
    """Runs `notesfleet` in a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        said, erred, code = io.StringIO(), io.StringIO(), 0
        with self._place(variables), contextlib.redirect_stdout(said), contextlib.redirect_stderr(erred):
            try:
                _command()(list(words))
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        return subprocess.CompletedProcess(["notesfleet", *words], code, said.getvalue(), erred.getvalue())

    def process(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The same as a process of its own."""
        command = [sys.executable, "-W", "error", "-c", MAIN, *words]
        environment = self.environment(variables)
        return subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )

    def forked(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The same as a process of its own, of one that has loaded the modules: Django is set up once in a process."""
        return prepared.call(words, 60, self._as_process, words, variables)

    def _as_process(self, words: tuple[str, ...], variables: dict[str, str]) -> None:
        with self._place(variables):
            _command()(list(words))

    def refused(self, *words: str, **variables: str) -> str:
        """The lines on stderr of a command that is refused: exit code 2, each line named, no traceback."""
        done = self(*words, **variables)
        assert done.returncode == 2, done
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines
        assert all(line.startswith("notesfleet: ") for line in lines), done.stderr
        return done.stderr

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        foreign = ("NOTESFLEET_", "LC_", "PYTHONUNBUFFERED")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        home = self.folder / "home"
        return clean | {"NOTESFLEET_HOME": str(home), "LANG": "C.UTF-8"} | store_variables(home) | variables

    @contextlib.contextmanager
    def _place(self, variables: dict[str, str]) -> Iterator[None]:
        """Its environment and folder; warnings are errors; stores that it opens are closed, as at a process's end."""
        opened: list[connection.Store] = []
        real = connection.open_store

        def open_store(address: str) -> connection.Store:
            opened.append(real(address))
            return opened[-1]

        with (
            mock.patch.dict(os.environ, self.environment(variables), clear=True),
            mock.patch.object(connection, "open_store", open_store),
            contextlib.chdir(self.folder),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("error")
            try:
                yield
            finally:
                for store in opened:
                    store.close()
