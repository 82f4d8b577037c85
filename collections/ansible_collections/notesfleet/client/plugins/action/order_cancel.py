# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module order_cancel, executed on the controller."""

from __future__ import annotations

from typing import Any

from ansible_collections.notesfleet.client.plugins.plugin_utils.task import NotesfleetAction


class ActionModule(NotesfleetAction):
    # A brake keeps clients from being begun; recalling what lies on them must go on.
    brakes = False

    def work(self) -> Any:
        from notesfleet.exchange.cancel_task import order_cancel

        return order_cancel
