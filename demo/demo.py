"""`make demo`: a small, untidy company is audited, migrated in two waves, reported, and left alone by a second run.

Nothing between Ansible and the PCs is faked: `ansible-playbook` talks WS-Management over HTTPS to a server on
the loopback device, which stands for some forty Windows PCs. All files are made in `.demo/`.

    python demo/demo.py                          the demo
    python demo/demo.py --check                  twice, and whether what it shows holds: exit code 1 where it does not
    python demo/demo.py --engine powershell      the shipped runner itself, in the PowerShell program of
                                                 NOTESFLEET_POWERSHELL, else `pwsh`
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path

from check import Ending, ending_of, unmet
from stage import Stage, StageFailed
from story import Story, play

CTRL_C = 130


def main() -> int:
    """Play the chapters; 0, 1 where something failed or a check did not hold, 130 after Ctrl-C, TERM or a hang-up."""
    arguments = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        story, ending = _played(arguments, arguments.folder.absolute())
        if not arguments.check:
            return 0
        _, again = _played(arguments, arguments.folder.absolute() / "again")
    except StageFailed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped; nothing is left running, and `make demo` starts anew.", file=sys.stderr)
        return CTRL_C
    sentences = unmet(story, ending, again)
    for sentence in sentences:
        print(f"demo-check: {sentence}", file=sys.stderr)
    print(f"demo-check: {'holds' if not sentences else f'{len(sentences)} things do not hold'}")
    return 1 if sentences else 0


def _played(arguments: argparse.Namespace, folder: Path) -> tuple[Story, Ending]:
    root = Path(__file__).resolve().parent.parent
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.monotonic()
    with Stage(root, folder, arguments.engine, arguments.seed) as stage:
        story = play(stage)
        ending = ending_of(stage)
    print(f"\nThe demo took {time.monotonic() - begun:.0f} s; nothing is left running. All it made is in {folder}.")
    print(NEXT.format(folder=folder))
    return story, ending


NEXT = """
What to try next:
  open {folder}/report.html in a browser: every client, what was done, and why some wait
  .venv/bin/notesfleet simulate --clients 400 --inventory .simulator    a company of your own, then the steps above
  README, `First steps on your own fleet`: the same commands, your PCs
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("python", "powershell"), default="python")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(".demo"))
    parser.add_argument("--check", action="store_true", help="play twice, and check what the demo shows")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
