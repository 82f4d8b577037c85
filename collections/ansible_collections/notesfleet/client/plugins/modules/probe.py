# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module probe; the action plugin of the same name does the work."""

DOCUMENTATION = r"""
module: probe
short_description: Find which hosts of a play are there
description:
  - Looks from the controller at the PCs of all hosts of the play at once, each with one TCP connection, TLS and one
    request without credentials, and records the absent ones.
  - Use it once in a play of its own; the next play's C(hosts) is the fact C(notesfleet_present) of localhost, under
    the run's id. Where facts are cached, what an earlier run found is under another id.
version_added: 0.1.0
options:
  timeout:
    description: How many seconds a PC has to answer.
    type: int
    default: 4
  parallel:
    description: How many PCs are asked at once.
    type: int
    default: 500
attributes:
  check_mode:
    description: The same as without it.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
  platform:
    description: Runs on the controller.
    support: full
    platforms: posix
requirements:
  - the Python package notesfleet on the controller
  - the callback notesfleet.client.report_store
author:
  - The notesfleet maintainers (@notesfleet)
"""

EXAMPLES = r"""
- name: Find who is there
  hosts: "{{ target }}"
  gather_facts: false
  tasks:
    - name: Probe
      notesfleet.client.probe:
      run_once: true
      delegate_to: localhost
      delegate_facts: true

- name: Work
  hosts: >-
    {{ hostvars['localhost'].ansible_facts.notesfleet_present[lookup('ansible.builtin.env', 'NOTESFLEET_RUN')]
    | default(target) | default(['nobody_present'], true) }}
  gather_facts: false
  tasks:
    - name: Look at each client
      notesfleet.client.client_info:
"""

RETURN = r"""
present:
  description: The hosts whose PC answered.
  type: list
  elements: str
  returned: always
absent_hosts:
  description: The others, each with its PC and why.
  type: list
  elements: dict
  returned: always
msg:
  description: How many are there.
  type: str
  returned: always
"""
