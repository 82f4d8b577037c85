"""Salt with a master: a real `salt-master` that has the store, and the real minion of a virtual PC that has none.

Real here: both of Salt's programs and the way between them, the external pillar and the returner on the master, the
adapters on the minion. Stood in: `powershell.exe`, by `virtual_powershell`, and the PC, by the simulator's Python
engine.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from integration.test_salt import CLIENT, PC, STEPS, company, notesfleet, opened, orders, states_of
from minion import NO_SALT
from salt_master import salt_master

from notesfleet.store.runs import read_runs

pytestmark = [
    pytest.mark.skipif(NO_SALT, reason="no Salt: pip install 'notesfleet[salt]'"),
    pytest.mark.timeout(900),
]


def test_a_master_with_the_store_migrates_the_clients_of_a_minion_that_never_hears_of_it(tmp_path: Path) -> None:
    with company(tmp_path, "") as fleet, salt_master(fleet, PC, tmp_path / "salt") as master:
        assert master("saltutil.sync_all")["modules"] == ["modules.notesfleet"]
        audit = master("notesfleet.audit", "depth=inside")
        assert [each["client"] for each in audit["clients"]] == [CLIENT]

        def audited() -> bool:
            with opened(fleet) as store:
                return any(run.playbook == "notesfleet.audit" and run.ended for run in read_runs(store))

        soon(audited)
        notesfleet(fleet, "campaign", "load", "campaign.yml")
        states = states_of(master("state.apply"))
        assert [(each["name"], each["result"]) for each in states] == [(step, True) for step in STEPS]
        assert [CLIENT in each["changes"] for each in states] == [True, True, False]
        soon(lambda: sorted(orders(fleet)) == STEPS)
        assert not (tmp_path / "salt" / "home" / "store.db").exists()
        assert list((tmp_path / "salt" / "home" / "minion").glob("*.jsonl"))


def soon(holds) -> None:
    """The master takes results in a moment after they came."""
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.2)
