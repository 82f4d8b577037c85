# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""FOR INTERNAL COLLECTION USE ONLY: what the action plugins share; all logic is in the package notesfleet."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

try:
    from notesfleet.errors import NotesfleetError
    from notesfleet.exchange.run import issuer
    from notesfleet.exchange.task import Task, Work, perform
    from notesfleet.exchange.transport import TransportFailed
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None


def missing_package(error: ImportError) -> str:
    """How to mend that the package is not there."""
    return (
        f"the Python package notesfleet cannot be imported on the controller ({error}); "
        "install it into Ansible's Python: `python -m pip install -e .` in a checkout of notesfleet"
    )


def plain(value: Any) -> Any:
    """Ansible's tagged and lazy values as plain JSON values; dates become texts."""
    return json.loads(json.dumps(value, default=str))


class NotesfleetAction(ActionBase):
    """A module that deals with one PC. Subclasses name the work that the package does."""

    _supports_check_mode = True
    _supports_async = False
    brakes = True
    """Whether a brake that is set keeps it from being done."""

    @abstractmethod
    def work(self) -> Work:
        """Which work of the package this module is."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        if MISSING is not None:
            return {"failed": True, "msg": missing_package(MISSING)}
        self._variables = task_vars or {}
        task = Task(
            host=str(self._variables.get("inventory_hostname", "")),
            arguments=plain(self._task.args),
            variables=plain(self._variables.get("notesfleet")),
            facts={
                name: plain(value)
                for name, value in (self._variables.get("ansible_facts") or {}).items()
                if str(name).startswith("notesfleet_")
            },
            check=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            issued_by=issuer(),
            send=self._send,
        )
        try:
            return perform(task, self.work(), brakes=self.brakes)
        except NotesfleetError as error:
            return {"failed": True, "changed": False, "absent": False, "held": False, "msg": str(error)}

    def _send(self, script: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            said = self._execute_module(
                module_name=f"notesfleet.client.{script}", module_args=arguments, task_vars=self._variables
            )
        except AnsibleConnectionFailure as error:
            raise TransportFailed(str(error)) from error
        except Exception as error:  # pywinrm and requests raise their own kinds in the middle of an exchange
            raise TransportFailed(f"{type(error).__name__}: {error}") from error
        return {name: plain(value) for name, value in said.items() if name != "invocation" and name[0] != "_"}
