# ruff: noqa: F821 - Salt's loader defines __salt__, __opts__ and __context__
"""
Steps of a migration and settings of the Notes clients of this PC, as states.

An order runs once: a state that is applied again finds its order done and changes nothing, also where somebody has
changed the client since. To have the same done anew, give it a new ``round``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import salt.utils.args
from salt.exceptions import CommandExecutionError

__load__ = ["ini_present", "step"]

RUN = "notesfleet.run"


def __virtual__() -> bool | tuple[bool, str]:
    if "notesfleet.order" in __salt__:
        return True
    return False, "the execution module notesfleet is not there; it needs the Python package notesfleet"


def step(name: str, target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    A step of a migration is done, pending with its reason, or failed.

    name
        The role whose order it is, such as ``switch_server``.

    target
        A client of this PC, or a group of the inventory such as ``wave_pilot``; all clients of the PC without it.

    .. code-block:: yaml

        switch_server:
          notesfleet.step:
            - target: wave_pilot
    """
    return _for_each(name, target, lambda client: __salt__["notesfleet.step"](name, target=client, **_given(given)))


def ini_present(name: str, value: str, target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    An entry of notes.ini has this value.

    .. code-block:: yaml

        Debug_Outfile:
          notesfleet.ini_present:
            - value: C:\\Temp\\notes.txt
            - target: site_lyon
    """
    arguments = {
        "step": "ini_" + re.sub(r"[^a-z0-9]", "_", name.lower())[:50],
        "actions": [{"name": "ini.set", "with": {"name": name, "value": value}}],
    }
    return _for_each(
        name, target, lambda client: __salt__["notesfleet.order"](target=client, **arguments, **_given(given))
    )


def _given(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments, and the run that the states of this state run share."""
    return salt.utils.args.clean_kwargs(**given) | {"run": _run()}


def _run() -> str:
    """Empty until one of them has begun it."""
    return str(__context__.get(RUN, ""))


def _for_each(name: str, target: str | None, do: Callable[[str | None], dict[str, Any]]) -> dict[str, Any]:
    ret: dict[str, Any] = {"name": name, "changes": {}, "result": True, "comment": "", "record": []}
    told: list[str] = []
    try:
        names = __salt__["notesfleet.clients"](target, run=_run())
    except CommandExecutionError as error:
        return ret | {"result": False, "comment": str(error)}
    # A PC that was not audited has no client to name, and says so.
    for client in names or ([None] if target is None else []):
        try:
            result = do(client)
        except CommandExecutionError as error:
            told.append(str(error))
            ret["result"] = False
            continue
        __context__[RUN] = result["run"]
        ret["record"] = result["record"]
        told.append(f"{client or name}: {result['msg']}")
        _add(ret, str(client), result)
    return ret | {"comment": "\n".join(told) or f"{target}: nobody of this PC"}


def _add(ret: dict[str, Any], client: str, result: dict[str, Any]) -> None:
    if result["changed"]:
        ret["changes"][client] = result["diff"]
    if result.get("failed"):
        ret["result"] = False
    # What is pending in a look cannot be known yet: it may change.
    elif __opts__["test"] and (result["changed"] or result["pending_reason"]) and ret["result"]:
        ret["result"] = None
