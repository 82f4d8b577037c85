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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent
OURS = (TESTS, TESTS.parent / "demo")
_PREPARED = multiprocessing.get_context("forkserver")
# No module of Ansible: it takes its settings from the environment while it is read.
_PREPARED.set_forkserver_preload(
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
    return call(command, timeout, _become, list(command), folder, dict(environment))


def call(
    words: Sequence[str], timeout: int, target: Callable[..., object], *arguments: Any
) -> subprocess.CompletedProcess[str]:
    """Call `target` in a process of its own, which `words` stand for; its output is captured, in UTF-8."""
    with tempfile.TemporaryDirectory() as place:
        paths = Path(place) / "said", Path(place) / "erred"
        for path in paths:
            path.touch()
        process = _PREPARED.Process(target=_captured, args=(paths, target, *arguments))
        process.start()
        process.join(timeout)
        code = process.exitcode
        if code is None:
            process.kill()
        said, erred = (path.read_text(encoding="utf-8") for path in paths)
        if code is None:
            raise subprocess.TimeoutExpired(words, timeout, said, erred)
        return subprocess.CompletedProcess(words, code, said, erred)


def _captured(paths: tuple[Path, Path], target: Callable[..., object], *arguments: Any) -> None:
    for number, path in enumerate(paths, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    target(*arguments)


def _become(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = command
    sys.path[:] = [str(Path(command[0]).parent), *(each for each in sys.path if not _is_ours(Path(each)))]
    gc.freeze()
    try:
        runpy.run_path(command[0], run_name="__main__")
    finally:
        # A process of multiprocessing ends without it, and Ansible removes its temporary files there.
        atexit._run_exitfuncs()


def _is_ours(folder: Path) -> bool:
    """What only pytest has on its path: the program shall not find it."""
    return any(folder.resolve().is_relative_to(each) for each in OURS)
