# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module order; the action plugin of the same name does the work."""

DOCUMENTATION = r"""
module: order
short_description: Give a Notes client an order
description:
  - Stages an order, a list of actions for one Notes client, on the client's PC. The runner there executes it once,
    in the user's own Windows session, when Notes allows it.
  - The same order sent again gives its report and changes nothing. An expired one goes on with its next attempt.
  - One that was cancelled (M(notesfleet.client.order_cancel)) fails the task; only a new O(round) sends its work again.
  - An order that waits is C(pending) with its reason; the task is then neither changed nor failed.
version_added: 0.1.0
extends_documentation_fragment:
  - notesfleet.client.exchange
options:
  step:
    description: The name of the step, such as C(switch_server).
    type: str
    required: true
  actions:
    description:
      - What is to be done, in this order. The actions and their arguments are in docs/action-engine.md, section 11.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The action.
        type: str
        required: true
      with:
        description: The action's arguments, literal values.
        type: dict
        default: {}
  after:
    description: Steps whose orders of this client must be done first, those of this run or those that the store knows.
    type: list
    elements: str
    default: []
  round:
    description:
      - What makes the same work another order, such as a week. The campaign's round where it is not given.
    type: str
  not_before:
    description: Begin nothing before this moment, UTC, such as C(2026-11-27T08:00:00Z).
    type: str
  not_after:
    description:
      - Begin nothing after this moment, UTC. Some days from now, as the campaign says, where it is not given.
    type: str
  retry:
    description: Whether an order that failed is to be tried again.
    type: bool
    default: false
attributes:
  check_mode:
    description: The order is staged in mode C(check); it reads in the user's session and writes nothing of the user's.
    support: full
  diff_mode:
    description: One entry for each part that changed or would change.
    support: full
"""

EXAMPLES = r"""
- name: Set a value in notes.ini
  notesfleet.client.order:
    step: quiet_start
    actions:
      - name: ini.set
        with: {name: No_Force_Activity_Logging, value: "1"}

- name: Move mail after the local replica is complete
  notesfleet.client.order:
    step: switch_server
    after: [enable_local_replica]
    actions:
      - name: require.outbox_empty
      - name: document.replace_value
        with:
          db: names.nsf
          form: Location
          match: [{item: MailFile, as: path, any_of: ['mail\jdupont.nsf']}]
          item: MailServer
          from: CN=Old01/O=Acme
          to: CN=Mail01/O=Acme
          clear: [$Saved*]
"""

RETURN = r"""
absent:
  description: Whether the PC did not answer.
  type: bool
  returned: always
held:
  description: Whether the run's brake kept this client from being begun.
  type: bool
  returned: always
order:
  description: The order and how it stands.
  type: dict
  returned: when the PC answered
  contains:
    id:
      description: The hash of its content.
      type: str
    client:
      description: The client that it is for.
      type: str
    campaign:
      description: The campaign that it belongs to.
      type: str
    step:
      description: Its step.
      type: str
    round:
      description: Its round.
      type: str
    mode:
      description: C(apply) or C(check).
      type: str
    state:
      description: C(staged), C(running), C(pending), C(done), C(failed), C(expired) or C(cancelled).
      type: str
    staged:
      description: Whether it is C(new) on the PC, C(known) or C(refused).
      type: str
    left:
      description: What is not as it should be and cannot be made so, or what nobody has looked at.
      type: list
      elements: dict
    started:
      description: When it began, UTC.
      type: str
    ended:
      description: When it ended, UTC.
      type: str
actions:
  description: The report, action by action, with what was seen and each part before and after.
  type: list
  elements: dict
  returned: always
pending_reason:
  description: Why it waits, such as C(notes_open), C(condition) or C(nobody_logged_on).
  type: str
  returned: always
msg:
  description: The same in one line.
  type: str
  returned: always
"""
