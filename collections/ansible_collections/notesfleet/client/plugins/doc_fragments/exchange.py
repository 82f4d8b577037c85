# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules that deal with a PC have in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - For how many seconds the exchange waits for a report. It ends at once when the order is finished or pending,
        or when nobody is logged on.
      - The campaign's O(wait) where it is not given, else 40.
    type: int
attributes:
  async:
    description: An order is asynchronous by itself, so C(async) is refused.
    support: none
  platform:
    description: Windows PCs with HCL Notes, over WinRM or PSRP.
    support: full
    platforms: windows
requirements:
  - the Python package notesfleet on the controller
  - the callback notesfleet.client.report_store; nothing is sent in a run without a record
notes:
  - Hosts come from the inventory plugin P(notesfleet.client.fleet#inventory); the variable C(notesfleet) of a host says
    which client it is.
  - A PC that does not answer gives C(absent=true); the task is neither failed nor changed nor unreachable.
author:
  - The notesfleet maintainers (@notesfleet)
"""
