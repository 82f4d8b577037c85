# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module order_info; the action plugin of the same name does the work."""

DOCUMENTATION = r"""
module: order_info
short_description: Bring the reports of a Notes client's orders
description:
  - Brings back the journals of the orders that lie on the client's PC; the callback takes their reports into the store.
  - Starts the runner where an order is not finished and its user is there.
version_added: 0.1.0
extends_documentation_fragment:
  - notesfleet.client.exchange
options:
  steps:
    description: Only the orders of these steps. All of the client's campaign where it is empty.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: The same as without it.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Collect late reports
  notesfleet.client.order_info:
"""

RETURN = r"""
absent:
  description: Whether the PC did not answer.
  type: bool
  returned: always
held:
  description: Whether the run's brake kept this client from being asked.
  type: bool
  returned: always
order:
  description: Always empty; the orders stand in RV(orders).
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
orders:
  description: How each order stands, as its journal says.
  type: list
  elements: dict
  returned: when the PC answered
  contains:
    id:
      description: The order's id.
      type: str
    step:
      description: Its step.
      type: str
    staged:
      description: C(known), or C(absent) where it does not lie on the PC.
      type: str
    state:
      description: C(staged), C(running), C(pending), C(done), C(failed) or C(expired); empty where it is not known.
      type: str
    reason:
      description: Why it waits.
      type: str
    cancel:
      description: C(known) where it is cancelled on the PC, else C(none).
      type: str
    error:
      description: Why its journal cannot be trusted.
      type: str
msg:
  description: The same in one line.
  type: str
  returned: always
"""
