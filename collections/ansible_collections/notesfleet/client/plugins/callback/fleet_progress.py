# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows a run as people follow it: a line for each task and a summary by cause, not a line for each result."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

from ansible import constants as C
from ansible import context
from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = r"""
name: fleet_progress
type: stdout
short_description: Progress and summary of runs over thousands of hosts
description:
  - On a terminal each task is one line that moves, with how many hosts are done, changed, pending, absent, held or
    failed. Elsewhere each task is one line when it ends, and one a minute while it goes on.
  - Failures of every module are shown at once, one line each; so are messages of M(ansible.builtin.debug) and, with
    C(--diff), differences.
  - At the end every host of the run is counted once, and those that are not done are grouped by cause.
  - With C(-v) and above the output is that of P(ansible.builtin.default#callback), with the summary behind it.
  - The language is that of E(LC_ALL), E(LC_MESSAGES) or E(LANG), English or French.
author:
  - The notesfleet maintainers (@notesfleet)
requirements:
  - set it in ansible.cfg, C(stdout_callback = notesfleet.client.fleet_progress)
  - the Python package notesfleet on the controller; without it the output is Ansible's own
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""

try:
    from notesfleet.reports.progress import Progress
    from notesfleet.reports.progress_words import PROGRESS_WORDS
    from notesfleet.reports.screen import Screen
    from notesfleet.reports.terminal import harmless
    from notesfleet.reports.words import Language
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

DEBUG = ("debug", "ansible.builtin.debug", "ansible.legacy.debug")
META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")
APART = ("free", "host_pinned", "ansible.builtin.free", "ansible.builtin.host_pinned")
COLOURS = {"failed": "COLOR_ERROR", "absent": "COLOR_WARN", "pending": "COLOR_SKIP", "held": "COLOR_SKIP"}


class CallbackModule(Default):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "notesfleet.client.fleet_progress"

    def __init__(self) -> None:
        super().__init__()
        self._progress: Any = None
        self._screen: Any = None
        # Ansible's own output: for people who look for details, and where ours cannot be had.
        self._details = self._display.verbosity > 0 or MISSING is not None
        self._ends = False

    # What happens in a run, as Ansible tells it.

    def v2_playbook_on_start(self, playbook: Any) -> None:
        if MISSING is not None:
            self._display.warning(f"progress is shown by Ansible's own callback: {MISSING}")
        self._both("v2_playbook_on_start", self._start, playbook)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play
        self._both("v2_playbook_on_play_start", self._play_started, play)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._both("v2_playbook_on_task_start", self._task_started, task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self._both("v2_playbook_on_handler_task_start", self._task_started, task)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._both("v2_runner_on_start", lambda host, task: self._progress.goes_on(task._uuid), host, task)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._both("v2_runner_on_ok", self._ok, result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._both("v2_runner_on_skipped", lambda result: self._ended(result, skipped=True), result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._both(
            "v2_runner_on_failed",
            lambda result, ignored: self._ended(result, failed=True, ignored=ignored),
            result,
            ignore_errors,
        )

    def v2_runner_on_unreachable(self, result: Any) -> None:
        ignored = bool(result._task.ignore_unreachable)
        self._both("v2_runner_on_unreachable", lambda result: self._ended(result, failed=True, ignored=ignored), result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._both("v2_runner_item_on_ok", self._item_ok, result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._both("v2_runner_item_on_failed", self._item_failed, result)

    def v2_on_file_diff(self, result: Any) -> None:
        self._both("v2_on_file_diff", self._differs, result)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._both("v2_playbook_on_no_hosts_matched", lambda: self._progress.nobody())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._ends = True
        if self._details:
            super().v2_playbook_on_stats(stats)
        failing = {host for host in stats.processed if host in stats.failures or host in stats.dark}
        if self._progress is not None:
            self._own(lambda: self._progress.end(failing))

    # What only the details show.

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        self._both("v2_runner_item_on_skipped", lambda result: None, result)

    def v2_runner_retry(self, result: Any) -> None:
        self._both("v2_runner_retry", lambda result: None, result)

    def v2_runner_on_async_poll(self, result: Any) -> None:
        self._both("v2_runner_on_async_poll", lambda result: None, result)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        self._both("v2_runner_on_async_ok", lambda result: None, result)

    def v2_runner_on_async_failed(self, result: Any) -> None:
        self._both("v2_runner_on_async_failed", lambda result: None, result)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        self._both("v2_playbook_on_include", lambda included_file: None, included_file)

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self._both("v2_playbook_on_no_hosts_remaining", lambda: None)

    # How it is told.

    def _both(self, hook: str, own: Callable[..., None], *arguments: Any) -> None:
        """Our way, then in details Ansible's, which may change the result that it shows."""
        if self._progress is not None or own == self._start:
            self._own(lambda: own(*arguments))
        if self._details:
            for argument in arguments:
                self._disarm(argument)
            getattr(super(), hook)(*arguments)

    def _own(self, tell: Callable[[], None]) -> None:
        """Never break a run: what goes wrong here is one warning, and Ansible's own output from then on."""
        if MISSING is not None:
            return
        try:
            tell()
        except Exception as error:
            self._progress, self._details = None, True
            self._display.warning(f"fleet_progress is broken ({type(error).__name__}: {error}); details follow instead")

    def _start(self, playbook: Any) -> None:
        check = bool(context.CLIARGS.get("check", False))
        # With details, only the summary is ours.
        self._screen = Screen(io.StringIO() if self._details else sys.stdout, self._say)
        self._progress = Progress(PROGRESS_WORDS[Language.of_environment()], self._screen, check=check)
        self._ends = False

    def _say(self, text: str, status: str) -> None:
        if self._details and not self._ends:
            return
        stderr = status == "failed" and not self._ends and bool(self.get_option("display_failed_stderr"))
        self._display.display(text, color=getattr(C, COLOURS.get(status, ""), None), stderr=stderr)
        sys.stdout.flush()

    def _play_started(self, play: Any) -> None:
        known = play.get_variable_manager().get_vars(play=play)
        hosts = [str(host) for host in known.get("ansible_play_hosts_all") or []]
        batch = [str(host) for host in known.get("ansible_play_batch") or hosts]
        self._progress.play(play.get_name(), hosts, batch, lockstep=str(play.strategy) not in APART)

    def _task_started(self, task: Any, is_conditional: bool = False) -> None:
        if task.action not in META:
            once = str(task.run_once).lower() in ("true", "yes", "1")
            self._progress.task(task._uuid, str(task.name or task.action), once=once)

    def _ok(self, result: Any) -> None:
        if result._task.action in DEBUG and not result._task.loop:
            self._message(result)
        self._ended(result)

    def _ended(self, result: Any, *, failed: bool = False, skipped: bool = False, ignored: bool = False) -> None:
        if result._task.action in META:
            return
        self._warn(result)
        host = result._host.get_name()
        self._progress.result(result._task._uuid, host, result._result, failed=failed, skipped=skipped, ignored=ignored)

    def _item_ok(self, result: Any) -> None:
        if result._task.action in DEBUG:
            self._message(result)

    def _item_failed(self, result: Any) -> None:
        task, item = result._task, str(self._get_item_label(result._result))
        ignored = bool(task.ignore_errors)
        self._progress.item_failed(task._uuid, result._host.get_name(), item, result._result, ignored=ignored)

    def _message(self, result: Any) -> None:
        """A message of `debug`, line by line, or the value that it shows."""
        said = dict(result._result)
        self._clean_results(said, result._task.action)
        said = {name: value for name, value in said.items() if not name.startswith("_") and name != "item"}
        shown = said.get("msg", said)
        parts = shown if isinstance(shown, list) else [shown]
        texts = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False, default=str) for each in parts]
        self._progress.tell(result._host.get_name(), [line for text in texts for line in text.split("\n")])

    def _differs(self, result: Any) -> None:
        if self._details:
            return
        said = result._result
        for each in said["results"] if result._task.loop and "results" in said else [said]:
            if each.get("diff") and each.get("changed") and (text := self._get_diff(harmless(each["diff"]))):
                self._progress.differs(result._host.get_name(), result._task._uuid)
                self._display.display(text)

    def _warn(self, result: Any) -> None:
        if result._result.get("warnings") or result._result.get("deprecations"):
            self._screen.clear()
            self._disarm(result)
            self._handle_warnings(result._result)

    @staticmethod
    def _disarm(argument: Any) -> None:
        """Take control characters out of a result: it may be a PC's."""
        said = getattr(argument, "_result", None)
        if MISSING is not None or not isinstance(said, dict):
            return
        clean = harmless(dict(said))
        if clean != said:
            said.update(clean)
            for name in ("exception", "warnings", "deprecations"):
                # Newer ansible-core shows copies of its own of these, which are out of reach here.
                said.pop(name, None)
