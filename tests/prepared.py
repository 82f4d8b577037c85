"""Programs of this environment as processes that need not read their libraries: half of a start of Ansible is that.

The same file is run with the same words, environment and folder, and Ansible itself is read anew. What is about the
process itself (its command line, its terminal, a signal, a missing package) starts the program by `subprocess`.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PREPARED = multiprocessing.get_context("forkserver")
# No module of Ansible: it takes its settings from the environment while it is read.
PREPARED.set_forkserver_preload(
    [
        *("notesfleet.cli.main", "notesfleet.console.serving"),
        *("notesfleet.exchange.recorder", "notesfleet.exchange.audit_task", "notesfleet.exchange.cancel_task"),
        *("notesfleet.reports.progress", "notesfleet.store.inventory", "winrm", "jinja2", "yaml"),
    ]
)


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: int
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` with the output captured and nothing to read; a program of Python, by its path."""
    path = environment.get("PYTHONPATH")
    assert path in (None, os.environ.get("PYTHONPATH")), "Python reads it at its start: start the program anew"
    with tempfile.TemporaryDirectory() as place:
        said, erred = Path(place) / "said", Path(place) / "erred"
        said.touch()
        erred.touch()
        process = PREPARED.Process(target=_become, args=(list(command), folder, dict(environment), said, erred))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(command, timeout, said.read_bytes(), erred.read_bytes())
        return subprocess.CompletedProcess(
            command, process.exitcode, said.read_text(encoding="utf-8"), erred.read_text(encoding="utf-8")
        )


def _become(command: list[str], folder: Path, environment: dict[str, str], said: Path, erred: Path) -> None:
    for number, path in ((1, said), (2, erred)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = command
    gc.freeze()
    sys.path[:] = [str(Path(command[0]).parent), *(each for each in sys.path if not _of_the_tests(each))]
    try:
        runpy.run_path(command[0], run_name="__main__")
    finally:
        # A process of multiprocessing ends without it, and Ansible removes its temporary files there.
        atexit._run_exitfuncs()


def _of_the_tests(folder: str) -> bool:
    return Path(folder).resolve().is_relative_to(TESTS) or Path(folder).name == "demo"
