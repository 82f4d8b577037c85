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
from dataclasses import dataclass
from pathlib import Path

from costs import Costs
from stage import Recap, Stage, StageFailed

WAVE = "pilot"
MINUTE, NIGHT = "1m", "15h"
LEGEND = """
steps: how many of the three are done. mail: whether the local replica was compared with the new server's mail file
(not built yet). left: what still points to an old server and no interface of Notes can change (replicator page)."""


def main() -> int:
    """Play the chapters; 0, or 1 where something failed or a check did not hold."""
    arguments = _arguments()
    root = Path(__file__).resolve().parent.parent
    folder = arguments.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.monotonic()
    try:
        with Stage(root, folder, arguments.engine, arguments.seed) as stage:
            outcome = play(stage)
    except StageFailed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    print(f"\nThe demo took {time.monotonic() - begun:.0f} s; nothing is left running. All it made is in {folder}.")
    if not arguments.check:
        return 0
    unmet = outcome.unmet()
    for sentence in unmet:
        print(f"demo-check: {sentence}", file=sys.stderr)
    print(f"demo-check: {'holds' if not unmet else f'{len(unmet)} things do not hold'}")
    return 1 if unmet else 0


@dataclass(frozen=True)
class Outcome:
    """What the story came to: how the clients stood after the wave and at the end, and what the runs counted."""

    after_wave: dict[str, str]
    at_the_end: dict[str, str]
    runs: dict[str, Recap]

    def unmet(self) -> list[str]:
        """What does not hold, one sentence each."""
        left = {name: state for name, state in self.at_the_end.items() if state not in ("done", "unaudited", "absent")}
        absent = [name for name, state in self.after_wave.items() if state == "absent"]
        checks = {
            "the first run over the wave changed nothing": self.runs["first"].changed > 0,
            f"no client of the wave was absent ({absent} were)": len([name for name in absent if "~" in name]) == 1,
            "the client that was absent was not migrated the next morning": self.runs["next"].changed > 0,
            f"the second run changed {self.runs['second'].changed} clients": not self.runs["second"].changed,
            f"clients are not done at the end: {left}": not left and "done" in self.at_the_end.values(),
        }
        for name, run in self.runs.items():
            said = f"the {name} run has {run.failed} failed and {run.unreachable} unreachable results"
            checks[said] = not run.failed and not run.unreachable
        return [sentence for sentence, holds in checks.items() if not holds]


def play(stage: Stage) -> Outcome:
    """The story, chapter by chapter."""
    stage.chapter("An empty store learns which PCs there are")
    stage.notesfleet("store", "init")
    stage.notesfleet("clients", "import", str(stage.pcs))

    stage.chapter("Every PC that answers is audited: from outside, then in its user's session")
    stage.playbook("audit", "target=unaudited", "depth=inside")

    stage.chapter("The campaign: which servers go, which clients make up the wave")
    stage.notesfleet("campaign", "load", str(stage.root / "demo" / "campaign.yml"))

    stage.chapter("A minute passes, and somebody switches off a PC that was audited")
    stage.notesfleet("simulate", "advance", MINUTE)

    stage.chapter("The wave is migrated: three steps a client, in its user's session, when Notes allows")
    runs = {"first": costed(stage, "The wave", f"target=wave_{WAVE}")}
    stage.notesfleet("report")
    print(LEGEND)
    after_wave = stage.states()

    stage.chapter("A night passes: users come and go, the administrator moves the last mailboxes")
    stage.notesfleet("simulate", "advance", NIGHT)

    stage.chapter("The reports that were still missing are collected")
    stage.playbook("collect", f"target=wave_{WAVE}_all")

    stage.chapter("Who was absent is back: the same command takes who is still to be done")
    runs["next"] = stage.playbook("migrate", f"target=wave_{WAVE}")

    stage.chapter("The whole wave once more: everything is as it should be, so nothing is changed")
    runs["second"] = costed(stage, "The wave again", f"target=wave_{WAVE}_all")

    stage.chapter("The report")
    stage.notesfleet("report")
    return Outcome(after_wave, stage.states(), runs)


def costed(stage: Stage, title: str, target: str) -> Recap:
    """A run over a wave, and what it cost."""
    with Costs(stage) as costs:
        recap = stage.playbook("migrate", target)
    costs.show(title, *stage.reached())
    return recap


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("python", "powershell"), default="python")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(".demo"))
    parser.add_argument("--check", action="store_true", help="check what the demo shows")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
