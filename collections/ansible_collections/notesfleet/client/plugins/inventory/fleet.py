# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory of Notes clients from the store of notesfleet."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible_collections.notesfleet.client.plugins.plugin_utils.task import missing_package

DOCUMENTATION = r"""
name: fleet
short_description: Notes clients from the store of notesfleet
description:
  - Reads the store and gives one host for each audited Notes client, named C(<pc>~<account>), and one for each PC
    that was not audited yet.
  - All hosts are in the group C(fleet); connection settings belong to its group_vars, not to those of C(all), which
    localhost has too.
  - Other groups are C(wave_<name>) (to be done now), C(wave_<name>_all) (everyone of it), C(state_<state>),
    C(site_<site>), C(server_<old mail server>) and C(unaudited).
  - Each host has the variables C(ansible_host) and C(notesfleet).
  - The file must be named C(fleet.yml), C(fleet.yaml), C(*.fleet.yml) or C(*.fleet.yaml).
author:
  - The notesfleet maintainers (@notesfleet)
requirements:
  - the Python package notesfleet on the controller
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [notesfleet.client.fleet]
  store:
    description:
      - The store's address as SQLAlchemy writes it.
      - Where it is not given, C(NOTESFLEET_STORE), else C(store.db) in C(NOTESFLEET_HOME), by default C(.notesfleet/)
        beside ansible.cfg.
    type: str
    default: ""
"""

EXAMPLES = r"""
# fleet.yml
plugin: notesfleet.client.fleet
"""

NAMES = ("fleet.yml", "fleet.yaml")
OPTIONS = ("plugin", "store")


class InventoryModule(BaseInventoryPlugin):
    NAME = "notesfleet.client.fleet"

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        name = path.rsplit("/", 1)[-1]
        if name.endswith((".yml", ".yaml")) and not (
            name in NAMES or name.endswith(tuple(f".{each}" for each in NAMES))
        ):
            self.display.vv(f"{path} is not for {self.NAME}: its files are named fleet.yml or *.fleet.yml")
            return False
        return name in NAMES or name.endswith(tuple(f".{each}" for each in NAMES))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        given = self._read_config_data(path)
        try:
            from notesfleet.errors import NotesfleetError, suggestion
            from notesfleet.settings import Settings
            from notesfleet.store.connection import open_store
            from notesfleet.store.inventory import read
        except ImportError as error:
            raise AnsibleParserError(missing_package(error)) from error
        # Ansible passes over an option that a plugin does not have; a store that is not named would be another one.
        if unknown := [name for name in given if name not in OPTIONS]:
            raise AnsibleParserError(
                f"{path}: {unknown[0]}: there is no such option; {suggestion(unknown[0], OPTIONS)}"
            )
        try:
            store = open_store(str(self.get_option("store") or Settings().store_address))
            try:
                found = read(store)
            finally:
                store.close()
        except NotesfleetError as error:
            raise AnsibleParserError(str(error)) from error
        fleet = inventory.add_group("fleet")
        for group in found.groups:
            inventory.add_group(group)
        for host in found.hosts:
            inventory.add_host(host.name, group=fleet)
            for group in host.groups:
                inventory.add_host(host.name, group=inventory.add_group(group))
            for name, value in host.variables.items():
                inventory.set_variable(host.name, name, value)
