"""Power cuts at every place of a vector's run: whatever was cut, the second run ends as the uncut one.

PYTHONPATH=tests python -m conformance.cuts [vector ...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.bases import PC, SID
from conformance.play import Engine, Play, PythonEngine, run_or_be_cut
from conformance.vectors import ROOT, Vector, journal, report, vectors, view

from notesfleet.canonical import sha256_hex
from notesfleet.simulator.model.runner_seams import ModelRunnerSeams

TORN = (0, 1, 16, 17, 60, -1, None)
"""How much of a journal line reaches the disk: bytes, all but the line end, all."""


@dataclass(frozen=True)
class Cut:
    """A cut in the journal append of that number (from 1), or just before or after that write."""

    number: int
    write: bool = False
    torn: int | None = 0
    after: bool = False

    def arm(self, seams: ModelRunnerSeams, lengths: list[int]) -> None:
        """`lengths`: of the journal lines of the uncut run."""
        if self.write:
            seams.cut_at_write(self.number, self.after)
            return
        length = lengths[self.number - 1]
        torn = length if self.torn is None else self.torn if self.torn >= 0 else length + self.torn
        seams.cut_after(self.number, min(torn, length))


@dataclass
class Cuts:
    """How many cuts were tried, and the end states that came out, each with one cut that led to it."""

    tried: int = 0
    lines: int = 0
    ends: dict[str, Cut | None] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"journal lines {self.lines}, cuts tried {self.tried}, distinct end states {len(self.ends)}"


def try_all(vector: Vector, engine: Engine, torn: tuple[int | None, ...] = TORN) -> Cuts:
    """Every cut of the vector's one run, each on a fresh world, resumed once."""
    play, seams = run(vector, engine, [])
    lengths = line_lengths(play)
    cuts = Cuts(lines=len(lengths), ends={end_state(play): None})
    for cut in all_cuts(len(lengths), seams, torn):
        played, _ = run(vector, engine, [cut], lengths)
        cuts.tried += 1
        cuts.ends.setdefault(end_state(played), cut)
    return cuts


def all_cuts(appends: int, writes: int, torn: tuple[int | None, ...]) -> Iterator[Cut]:
    for number in range(1, appends + 1):
        yield from (Cut(number, torn=each) for each in torn)
    for number in range(1, writes + 1):
        yield from (Cut(number, write=True, after=after) for after in (False, True))


def run(vector: Vector, engine: Engine, cuts: list[Cut], lengths: list[int] | None = None) -> tuple[Play, int]:
    """Runs once for each cut and once more to the end; the play, and the writes of the last run."""
    play = Play(vector, engine)
    for cut in cuts:
        seams = play.world.runner_seams(PC, SID, 0)
        cut.arm(seams, lengths or [])
        run_or_be_cut(engine, seams)
    seams = play.world.runner_seams(PC, SID, 0)
    writes = 0
    try:
        engine.run(seams)
        writes = seams.writes
    finally:
        seams.revive()
    return play, writes


def line_lengths(play: Play) -> list[int]:
    """Of the journal lines in the order in which the orders of the vector wrote them (vectors of one order)."""
    (order,) = play.orders.values()
    path = f"{ROOT}\\{SID}\\journals\\{order.id}.journal"
    data = play.world.pc(PC).read(path, 1 << 24) or b""
    return [len(line) + 1 for line in data.split(b"\n")[:-1]]


def end_state(play: Play) -> str:
    """One hash for the whole state and for what the report says, without times."""
    state = play.state
    told = [_told(report(state, order).document()) for order in play.orders.values()]
    whole = [journal(state, order).finished for order in play.orders.values()]
    return sha256_hex(repr((view(state), told, whole)).encode())


def _told(document: dict[str, object]) -> dict[str, object]:
    actions = document["actions"]
    assert isinstance(actions, list)
    kept = [{key: value for key, value in action.items() if key != "seconds"} for action in actions]
    return {key: value for key, value in document.items() if key not in ("started", "ended")} | {"actions": kept}


def can_be_cut(vector: Vector) -> bool:
    """One order and one uninterrupted run: a cut is then the only thing that happens."""
    return vector.steps == [{"runner": 0}] and len(vector.orders()) == 1


if __name__ == "__main__":
    for each in vectors():
        if can_be_cut(each) and (each.name in sys.argv[1:] or not sys.argv[1:]):
            print(f"{each.name}: {try_all(each, PythonEngine())}")
