# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module probe: once for all hosts of a play, on the controller, without a connection plugin."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.notesfleet.client.plugins.plugin_utils.task import MISSING, missing_package, plain

HTTP_PORT = 5985
HTTPS_PORT = 5986


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        if MISSING is not None:
            return {"failed": True, "msg": missing_package(MISSING)}
        from notesfleet.errors import NotesfleetError
        from notesfleet.exchange.probe_task import probe_hosts

        variables = task_vars or {}
        hostvars = variables["hostvars"]
        try:
            hosts = [self._probed(str(name), hostvars[name]) for name in variables["ansible_play_hosts_all"]]
            return probe_hosts(hosts, plain(self._task.args))
        except NotesfleetError as error:
            return {"failed": True, "changed": False, "msg": str(error)}

    @staticmethod
    def _probed(name: str, said: Any) -> Any:
        from notesfleet.exchange.probe import Endpoint
        from notesfleet.exchange.probe_task import Probed

        port = int(said.get("ansible_port") or HTTPS_PORT)
        scheme = said.get("ansible_winrm_scheme") or ("http" if port == HTTP_PORT else "https")
        path = str(said.get("ansible_winrm_path") or "/wsman")
        address = str(said.get("ansible_host") or name)
        pc = str((said.get("notesfleet") or {}).get("pc") or name)
        return Probed(name, pc, Endpoint(address, port, scheme == "https", path))
