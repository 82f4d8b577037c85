"""The simulator as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import MAIN, Cli

# A test run in the background ignores Ctrl-C, and what it starts would too.
HEARS_CTRL_C = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {MAIN}"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_ctrl_c_or_term_ends_it_quietly_and_leaves_nothing_running(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", HEARS_CTRL_C, "simulate", "--clients", "2", "--inventory", "pcs"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=Cli(tmp_path).environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        assert process.stdout
        assert " PCs on port " in process.stdout.readline()
        process.send_signal(number)
        said, erred = process.communicate(timeout=30)
    assert (process.returncode, said, erred.strip()) == (code, "", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
