# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module client_info; the action plugin of the same name does the work."""

DOCUMENTATION = r"""
module: client_info
short_description: Audit the Notes clients of a PC
description:
  - Reads the configuration of every Notes client of a PC from outside; installs and writes nothing there.
  - With O(depth=inside) also gives each client an audit order, which reads in the user's own session.
version_added: 0.1.0
extends_documentation_fragment:
  - notesfleet.client.exchange
options:
  depth:
    description:
      - C(outside) reads files and registry only; C(inside) also reads Locations and unsent mail with Notes itself.
    type: str
    choices: [outside, inside]
    default: outside
  round:
    description: The name of this audit; the day (UTC) where it is not given. A second audit of a day needs another.
    type: str
attributes:
  check_mode:
    description: The same as without it.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Audit in the users' sessions
  notesfleet.client.client_info:
    depth: inside
"""

RETURN = r"""
absent:
  description: Whether the PC did not answer.
  type: bool
  returned: always
held:
  description: Whether the run's brake kept this PC from being asked.
  type: bool
  returned: always
order:
  description: Always empty; the orders stand in RV(clients).
  type: dict
  returned: always
actions:
  description: Always empty; the reports of orders are in the store.
  type: list
  elements: dict
  returned: always
pending_reason:
  description: Always empty; each order says its own.
  type: str
  returned: always
clients:
  description: The Notes clients of the PC.
  type: list
  elements: dict
  returned: when the PC answered
  contains:
    client:
      description: The client's name, C(<pc>~<account>).
      type: str
    account:
      description: The Windows account.
      type: str
    sid:
      description: The account's SID.
      type: str
    facts:
      description: What was read from outside; what could not be read says why.
      type: dict
    order:
      description: The audit order's id and state, with O(depth=inside).
      type: dict
    not_sent:
      description: Why this client was given no audit order, with O(depth=inside); such as a notes.ini that is locked.
      type: str
msg:
  description: The same in one line, and what on the PC could not be looked at.
  type: str
  returned: always
"""
