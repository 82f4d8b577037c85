# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module order_cancel; the action plugin of the same name does the work."""

DOCUMENTATION = r"""
module: order_cancel
short_description: Cancel a Notes client's open orders
description:
  - Lays a file beside each of the client's open orders on its PC; the runner there begins no further stage of them.
    What an open stage has begun is taken back, stages that are ended stay and are listed in the report.
  - Starts the runner where the user is logged on, so that the order ends as C(cancelled) at once. Elsewhere it ends
    when the user logs on; until then it keeps its state, and reports say that it is cancelled.
  - An order that has ended stays what it is. A cancelled one never goes on; a new C(round) sends the same work again.
  - An excluded client's orders can be cancelled too, also while a brake is set.
version_added: 0.1.0
extends_documentation_fragment:
  - notesfleet.client.exchange
options:
  reason:
    description: Why, one sentence. It stands in the file on the PC and in the record of the run.
    type: str
    required: true
  steps:
    description:
      - Only the orders of these steps. All open ones where it is empty, those of earlier rounds too, but no audit,
        which only reads.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Says what would be cancelled, without asking the PC.
    support: full
  diff_mode:
    description: It has nothing to compare.
    support: none
"""

EXAMPLES = r"""
- name: Cancel what waits
  notesfleet.client.order_cancel:
    reason: The new server is moved to another week

- name: Cancel one step
  notesfleet.client.order_cancel:
    steps: [switch_server]
    reason: Wrong target server in the campaign
"""

RETURN = r"""
absent:
  description: Whether the PC did not answer; then nothing is known to be cancelled.
  type: bool
  returned: always
held:
  description: Always false; a brake does not keep orders from being cancelled.
  type: bool
  returned: always
order:
  description: Always null; the orders are in RV(orders).
  type: dict
  returned: always
actions:
  description: Always empty.
  type: list
  elements: dict
  returned: always
pending_reason:
  description: Always null; each order has its own.
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
    cancel:
      description: C(new) where it is cancelled by this task, C(known) where it was before, C(none) where it had ended.
      type: str
    state:
      description: C(cancelled) when its journal says so, else its state; empty where it is not known.
      type: str
    reason:
      description: Why it waits.
      type: str
    error:
      description: Why it could not be cancelled, or its journal cannot be trusted.
      type: str
msg:
  description: The same in one line.
  type: str
  returned: always
"""
