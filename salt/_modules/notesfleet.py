# ruff: noqa: F821 - Salt's loader defines __salt__, __opts__ and __context__
"""
Audits and orders for the Notes clients of this PC.

:depends: the Python package notesfleet in the minion's Python
"""

from __future__ import annotations

from typing import Any

import salt.utils.args
from salt.exceptions import CommandExecutionError

try:
    from notesfleet.errors import NotesfleetError
    from notesfleet.exchange.audit_task import client_info
    from notesfleet.exchange.local import LocalPowerShell, powershell_program
    from notesfleet.exchange.minion import Call, Minion, MinionRun, read_minion
    from notesfleet.exchange.order_task import order as staged
    from notesfleet.exchange.order_task import order_info as collected
    from notesfleet.exchange.role_step import read_named_role
    from notesfleet.exchange.run import issuer
    from notesfleet.exchange.task import Work
    from notesfleet.settings import Settings
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

__load__ = ["audit", "clients", "order", "order_info", "step"]

ROLES = "notesfleet_roles"
"""The fileserver's environment that serves the folder `roles/`."""


def __virtual__() -> bool | tuple[bool, str]:
    if MISSING is not None:
        return False, f"the Python package notesfleet cannot be imported by the minion ({MISSING}); install it there"
    return True


def audit(target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    Read what the Notes clients of this PC are. Nothing is installed or written with depth ``outside``.

    The arguments are those of the Ansible module ``client_info``: ``depth``, ``round``, ``wait``.

    CLI Example:

    .. code-block:: bash

        salt pc-0101 notesfleet.audit depth=inside
    """
    minion = _minion(given)
    # One audit reads the whole PC; whose it is decides only for whom the site has declared an ID prompt-free.
    host = target or next(iter(sorted(minion.clients)), None)
    return _performed(minion, "audit", client_info, host, given)


def order(target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    Stage an order for a client of this PC, start it in its user's session, and give its report or why it waits.

    target
        The client, such as ``pc-0101~jdupont``. Not needed where the PC has only one.

    The other arguments are those of the Ansible module ``order``. ``test=True`` only looks.

    CLI Example:

    .. code-block:: bash

        salt pc-0101 notesfleet.order step=log actions='[{name: ini.set, with: {name: Debug_Outfile, value: x}}]'
    """
    return _performed(_minion(given), "order", staged, target, given)


def order_info(target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    Bring back the journals of orders that lie on this PC. The arguments: ``steps``, ``wait``.

    CLI Example:

    .. code-block:: bash

        salt pc-0101 notesfleet.order_info
    """
    return _performed(_minion(given), "order_info", collected, target, given)


def step(name: str, target: str | None = None, **given: Any) -> dict[str, Any]:
    """
    One step of a migration for a client of this PC: the order of the role of that name.

    The further arguments go before the role's: ``wait``, ``round``, ``retry``, ``not_before``, ``not_after``.

    CLI Example:

    .. code-block:: bash

        salt pc-0101 notesfleet.step enable_local_replica test=True
    """
    minion = _minion(given)
    try:
        role = read_named_role(name, lambda path: __salt__["cp.get_file_str"](f"salt://{path}", saltenv=ROLES))
        variables = minion.variables(minion.host(target))
        of_the_site = __salt__["pillar.raw"]("notesfleet_variables", unmask=True) or {}
        arguments = role.rendered({**of_the_site, "notesfleet": variables})
    except NotesfleetError as error:
        raise CommandExecutionError(str(error)) from error
    return _performed(minion, "step", staged, target, arguments | given)


def clients(target: str | None = None, run: str | None = None) -> list[str]:
    """
    The clients of this PC; only those of a group where ``target`` names one.

    CLI Example:

    .. code-block:: bash

        salt pc-0101 notesfleet.clients wave_pilot
    """
    try:
        return _minion({"run": run}).named(target)
    except NotesfleetError as error:
        raise CommandExecutionError(str(error)) from error


def _minion(given: dict[str, Any]) -> Minion:
    """This PC, as the store knows it now. The states of a state run (they give a ``run``) share its pillar."""
    if given.get("run") is None:
        pillar = __salt__["pillar.items"](unmask=True).get("notesfleet")
    else:
        pillar = __salt__["pillar.raw"]("notesfleet", unmask=True)
    try:
        return read_minion(__opts__["id"], pillar)
    except NotesfleetError as error:
        raise CommandExecutionError(str(error)) from error


def _performed(minion: Minion, function: str, work: Work, target: str | None, given: dict[str, Any]) -> dict[str, Any]:
    user = given.get("__pub_user")
    given = salt.utils.args.clean_kwargs(**given)
    run, check = given.pop("run", None), bool(given.pop("test", __opts__.get("test")))
    try:
        send = LocalPowerShell(powershell_program(Settings().powershell))
        host, name = minion.host(target), f"notesfleet.{function}"
        opened = MinionRun.resumed(minion, run) if run else MinionRun.begin(minion, name, check=check)
        result = opened.perform(host, Call(name, given, check, str(user or issuer()), send), work)
    except NotesfleetError as error:
        raise CommandExecutionError(str(error)) from error
    if result.get("failed"):
        __context__["retcode"] = 1
    return result
