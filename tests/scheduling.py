"""Which tests run in the same process, where several run them: those of a file, and all that need a PowerShell.

A PowerShell process takes seconds of processor until it is warm. All tests that need one share a few, and that can
only be in one process. (xdist's own groups do nothing since pytest 9.2: a test's id no longer takes their suffix.)
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadFileScheduling

WITH_POWERSHELL = re.compile(r"powershell|test_engines|test_thread|audit/test_links|wire/test_rpc")
"""In an id: a file, a folder or a parameter that names it, and the files whose name is of something else."""


class OneWithPowerShell(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return "powershell" if WITH_POWERSHELL.search(nodeid) else super()._split_scope(nodeid)
