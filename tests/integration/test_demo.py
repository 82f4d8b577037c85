"""The demo is stopped with Ctrl-C in the middle: nothing is left running, and it can be started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from fleet import ROOT
from stage import Stage


@contextmanager
def demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo as a terminal runs it: all its processes are one group, which Ctrl-C reaches as a whole."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NOTESFLEET_", "ANSIBLE_"))}
    with subprocess.Popen(
        [sys.executable, "-u", "demo/demo.py", "--folder", str(folder)],
        cwd=ROOT,
        env=kept | {"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background lets them ignore Ctrl-C; a terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def read_to(process: subprocess.Popen[str], text: str) -> str:
    """All that it printed until a line that has this text."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if text in line:
            return said
    pytest.fail(f"it ended without saying {text!r}: {said}")


def processes_of(folder: Path) -> list[str]:
    """Command lines and environments of running processes that name the demo's folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            said = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said and int(path.name) != os.getpid():
            found.append(said[:300].decode(errors="replace"))
    return found


@pytest.mark.parametrize("line", ["playbooks/audit.yml", "playbooks/migrate.yml"])
def test_ctrl_c_leaves_nothing_running_and_the_demo_can_be_started_again(line: str, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        read_to(process, line)
        time.sleep(2)
        assert processes_of(folder)
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert "demo: stopped; nothing is left running" in rest
    assert processes_of(folder) == []
    with demo(folder) as process:
        read_to(process, "2. ")


def test_what_a_program_complains_of_while_it_is_ended_is_not_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program"
    program.write_text(
        "#!/bin/sh\ntrap 'echo Traceback >&2; exit 1' TERM\necho begun >&2\nwhile :; do sleep 0.1; done\n"
    )
    program.chmod(0o700)
    stage = Stage(ROOT, tmp_path / "stage", "python", seed=1, playbooks_by=str(program))
    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    try:
        Timer(1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(KeyboardInterrupt):
            stage.playbook("audit")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert capfd.readouterr().err == "begun\n"
