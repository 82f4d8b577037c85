# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module order_info, executed on the controller."""

from __future__ import annotations

from typing import Any

from ansible_collections.notesfleet.client.plugins.plugin_utils.task import NotesfleetAction


class ActionModule(NotesfleetAction):
    def work(self) -> Any:
        from notesfleet.exchange.order_task import order_info

        return order_info
