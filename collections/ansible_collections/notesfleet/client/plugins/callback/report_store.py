# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records each run in a spool and brings it into the store of notesfleet."""

from __future__ import annotations

import gc
import os
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: report_store
type: aggregate
short_description: Records each run in the store of notesfleet
description:
  - Makes the run's record (its spool) before the first play and tells the workers where it is. Modules of
    notesfleet send nothing to a PC in a run without a record.
  - Every result is appended to the spool; at the end of the run the spool goes into the store. A store that is
    lost in between costs nothing but a later C(notesfleet store import-spool).
  - A run whose store is missing at its start fails before anything is sent.
author:
  - The notesfleet maintainers (@notesfleet)
requirements:
  - enable it in ansible.cfg, C(callbacks_enabled = notesfleet.client.report_store)
  - the Python package notesfleet on the controller
"""

try:
    # Loaded before the workers are forked, so that none of them has to load it again.
    from notesfleet.exchange import audit_task, cancel_task, order_task  # noqa: F401
    from notesfleet.exchange.recorder import Recorder
    from notesfleet.store.spool import RUN_ERROR
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

OWN = "notesfleet.client."


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "notesfleet.client.report_store"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._recorder: Any = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        if MISSING is not None:
            self._display.warning(f"this run is not recorded: {MISSING}")
            return
        name = os.path.basename(str(playbook._file_name))
        self._recorder = Recorder(name, check=bool(context.CLIARGS.get("check", False)))
        os.environ.pop(RUN_ERROR, None)
        os.environ.update(self._recorder.environment)
        if self._recorder.problem:
            self._display.error(self._recorder.problem)
        # Each task of each host is a fork. What is loaded by now stays, so no fork shall look through it for garbage.
        gc.freeze()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self._recorder is None:
            return
        known = play.get_variable_manager().get_vars(play=play)
        hosts = known.get("ansible_play_batch") or known.get("ansible_play_hosts_all") or []
        self._recorder.play(play.get_name(), [str(host) for host in hosts])

    def v2_runner_on_ok(self, result: Any) -> None:
        said = result._result
        status = next((word for word in ("absent", "held", "changed") if said.get(word) is True), "ok")
        self._keep(result, status)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._keep(result, "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._keep(result, "held" if result._result.get("held") is True else "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._keep(result, "unreachable")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self._recorder is None:
            return
        for sentence in self._recorder.end({host: stats.summarize(host) for host in sorted(stats.processed)}):
            self._display.warning(sentence)

    def _keep(self, result: Any, status: str) -> None:
        task = result._task
        if self._recorder is None or task.action in ("meta", "ansible.builtin.meta"):
            return
        told = (task.action.startswith(OWN) or status in ("failed", "unreachable")) and not (
            task.no_log or result._result.get("_ansible_no_log")
        )
        msg = str(result._result.get("msg", "")) if told else ""
        name, action = str(task.get_name()), str(task.action)
        self._recorder.result(host=result._host.get_name(), task=name, action=action, status=status, msg=msg)
