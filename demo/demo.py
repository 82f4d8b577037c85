"""`make demo`: sixteen virtual Notes clients are audited, migrated, reported and left alone by a second run.

Nothing between Ansible and the PCs is faked: `ansible-playbook` talks WS-Management over HTTPS to a server on
the loopback device, which stands for fifteen or so Windows PCs. All files are made in `.demo/`.

    python demo/demo.py                          the demo
    python demo/demo.py --check                  and whether what it shows holds: exit code 1 where it does not
    python demo/demo.py --engine powershell      the shipped runner itself, in the PowerShell program of
                                                 NOTESFLEET_POWERSHELL, else `pwsh`
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from costs import Costs
from stage import Stage, StageFailed

WAVE = "pilot"
NIGHT = "15h"


def main() -> int:
    """Play the chapters; 0, or 1 where something failed or a check did not hold."""
    arguments = _arguments()
    root = Path(__file__).resolve().parent.parent
    folder = arguments.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.monotonic()
    try:
        with Stage(root, folder, arguments.engine, arguments.seed) as stage:
            unmet = play(stage, quiet=arguments.check)
    except StageFailed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    print(f"\nThe demo took {time.monotonic() - begun:.0f} s; nothing is left running. All it made is in {folder}.")
    if not arguments.check:
        return 0
    for sentence in unmet:
        print(f"demo-check: {sentence}", file=sys.stderr)
    print(f"demo-check: {'holds' if not unmet else f'{len(unmet)} things do not hold'}")
    return 1 if unmet else 0


def play(stage: Stage, quiet: bool) -> list[str]:
    """The story of the issue, chapter by chapter. Returns what did not hold, one sentence each."""
    unmet: list[str] = []
    stage.chapter("An empty store learns which PCs there are")
    stage.notesfleet("store", "init")
    stage.notesfleet("clients", "import", str(stage.pcs))

    stage.chapter("Every PC that answers is audited: from outside, then in its user's session")
    stage.playbook("audit", "target=unaudited", "depth=inside")

    stage.chapter("The campaign: which servers go, which clients make up the wave")
    stage.notesfleet("campaign", "load", str(stage.root / "demo" / "campaign.yml"))

    stage.chapter("The wave is migrated: three steps a client, in its user's session, when Notes allows")
    with Costs(stage) as costs:
        first = stage.playbook("migrate", f"target=wave_{WAVE}")
    costs.show("The wave", *stage.reached())
    stage.playbook("report")

    stage.chapter("A night passes: users come and go, the administrator moves the last mailboxes")
    stage.notesfleet("simulate", "advance", NIGHT)

    stage.chapter("The reports that were still missing are collected")
    stage.playbook("collect", f"target=wave_{WAVE}_all")

    stage.chapter("The whole wave once more: everything is as it should be, so nothing is changed")
    with Costs(stage) as costs:
        second = stage.playbook("migrate", f"target=wave_{WAVE}_all")
    costs.show("The wave again", *stage.reached())

    stage.chapter("The report")
    stage.playbook("report")
    if first.changed == 0:
        unmet.append("the first run over the wave changed nothing")
    for name, run in (("first", first), ("second", second)):
        if run.failed or run.unreachable:
            unmet.append(f"the {name} run has {run.failed} failed and {run.unreachable} unreachable results")
    if second.changed:
        unmet.append(f"the second run changed {second.changed} clients")
    return unmet


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("python", "powershell"), default="python")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(".demo"))
    parser.add_argument("--check", action="store_true", help="check what the demo shows")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
