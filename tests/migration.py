"""The demo's company migrated by the real playbooks, and what it came to: for comparisons of one way with another."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from stage import Stage

from notesfleet.simulator.state import World

WAVES, ALL = "wave_pilot:wave_main", "wave_pilot_all:wave_main_all"
CONTROLLERS_TIME = ("issued_at", "not_after", "not_before")


def audit_and_load(stage: Stage) -> None:
    """Audit everybody and load the campaign."""
    stage.notesfleet("store", "init")
    stage.notesfleet("clients", "import", str(stage.pcs))
    stage.playbook("audit", "target=unaudited", "depth=inside")
    stage.notesfleet("campaign", "load", str(stage.campaign))


def migrate_waves(stage: Stage) -> None:
    """Both waves."""
    stage.notesfleet("simulate", "advance", "1m")
    stage.playbook("migrate", f"target={WAVES}")


def bring_in_the_rest(stage: Stage) -> None:
    """After a night: what was late."""
    stage.notesfleet("simulate", "advance", "15h")
    stage.playbook("collect", f"target={ALL}")
    stage.playbook("migrate", f"target={WAVES}")


def end_state(stage: Stage) -> World:
    """All PCs as they are now, but for the controller's time."""
    return without_controllers_time(World.model_validate_json(stage.output("simulate", "state")))


def without_controllers_time(world: World) -> World:
    """A world whose staged orders no longer say when they were issued."""
    for pc in world.pcs:
        for file in pc.files:
            if file.path.endswith(".staging.json"):
                staged = json.loads(base64.b64decode(file.base64))
                text = json.dumps({name: value for name, value in staged.items() if name not in CONTROLLERS_TIME})
                file.base64 = base64.b64encode(text.encode()).decode()
    return world


def order_ids(stage: Stage) -> dict[str, dict[str, str]]:
    """The ids of each client's migration orders, by step."""
    document = json.loads(stage.output("inventory"))
    return ids_by_step({each["name"]: each["variables"]["notesfleet"] for each in document["hosts"]})


def ids_by_step(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The same of the inventory's variables."""
    return {
        name: {step: each for step, each in said["orders"].items() if step != "audit"}
        for name, said in hosts.items()
        if "~" in name
    }
