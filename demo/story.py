"""The demo's story, chapter by chapter: what an administrator does in his first two days."""

from __future__ import annotations

from dataclasses import dataclass, field

from costs import Costs
from stage import Recap, Stage

MINUTE, NIGHT = "1m", "15h"
ON_LEAVE = "pc-0107~afaure"
CALLED_BACK = "pc-0206~bgerber"
PUT_AWAY = "pc-0308~smiller"
PILOT, MAIN = "wave_pilot", "wave_main"
LEGEND = """
steps: how many of the three are done. mail: whether the local replica was compared with the new server's mail file
(not built yet). left: what still points to an old server and no interface of Notes can change (replicator page)."""


@dataclass
class Story:
    """How the clients stood at the turns of the story, and what its runs counted."""

    states: dict[str, dict[str, str]] = field(default_factory=dict)
    runs: dict[str, Recap] = field(default_factory=dict)


def play(stage: Stage) -> Story:
    """All chapters."""
    story = Story()
    first_evening(stage, story)
    next_morning(stage, story)
    ending(stage, story)
    return story


def first_evening(stage: Stage, story: Story) -> None:
    """From an empty store to the pilot wave."""
    stage.chapter("An empty store learns which PCs there are.")
    stage.notesfleet("store", "init")
    stage.notesfleet("clients", "import", str(stage.pcs))

    stage.chapter("Every PC that answers is audited: from outside, then in its user's session. Nothing is changed.")
    stage.playbook("audit", "target=unaudited", "depth=inside")

    stage.chapter("A slip in the campaign file is named, with its place, before anything is sent.")
    stage.notesfleet("campaign", "check", misspelt(stage), refused=True)

    stage.chapter("The campaign decides who is in which wave, and its rules who is set aside, and why.")
    stage.notesfleet("campaign", "load", str(stage.campaign))

    stage.chapter("The helpdesk knows of one who is on leave: she is set aside by hand.")
    stage.notesfleet("exclude", ON_LEAVE, "--reason", "on leave until tomorrow; she asked to wait")

    stage.chapter("A minute later the pilot wave is migrated: three steps a client, in its user's session.")
    stage.notesfleet("simulate", "advance", MINUTE)
    story.runs["pilot"] = costed(stage, "The pilot wave", f"target={PILOT}")
    stage.notesfleet("report", "--wave", "pilot")
    print(LEGEND)
    story.states["evening"] = stage.states()

    stage.chapter("One order is called back: whatever of it has not begun will not.")
    stage.playbook("stop", f"cancel={CALLED_BACK}", "reason='the user called'")


def next_morning(stage: Stage, story: Story) -> None:
    """What a night brings, and the main wave with its emergency stop."""
    stage.chapter("A night passes: users come and go, mailboxes move. The late reports are collected.")
    stage.notesfleet("simulate", "advance", NIGHT)
    stage.playbook("collect", f"target={PILOT}_all", some_fail=True)

    stage.chapter("Who was absent is back: the same command takes who is still to be done.")
    story.runs["pilot, the rest"] = stage.playbook("migrate", f"target={PILOT}", some_fail=True)

    stage.chapter("A server is slow this morning: the campaign is stopped, so the main wave begins on no PC.")
    stage.notesfleet("stop", "consolidation", "--reason", "the cluster is slow")
    story.runs["stopped"] = stage.playbook("migrate", f"target={MAIN}")
    story.states["stopped"] = stage.states()

    stage.chapter("The stop is lifted: the orders that lie on the PCs go on.")
    stage.notesfleet("stop", "consolidation", "--lift", "--reason", "it is quick again")
    story.runs["main"] = costed(stage, "The main wave", f"target={MAIN}", some_fail=True)


def ending(stage: Stage, story: Story) -> None:
    """Exclusions end, a second run changes nothing, people get their report."""
    stage.chapter("What is wrong is mended meanwhile: a newer audit ends an exclusion by itself, a word another.")
    stage.playbook("audit", "target=state_excluded", "depth=inside", "round=morning")
    stage.notesfleet("include", ON_LEAVE, "--reason", "she is back")
    stage.notesfleet("findings")

    stage.chapter("Both waves once more: what is done stays as it is, so nothing is changed.")
    story.runs["again"] = stage.playbook("migrate", "target=wave_pilot_all:&state_done:wave_main_all:&state_done")
    story.states["end"] = stage.states()

    stage.chapter("The report, for the helpdesk on the terminal and for everyone as one file.")
    stage.notesfleet("client", "show", CALLED_BACK)
    stage.notesfleet("report", "--format", "html", "--output", str(stage.folder / "report.html"))
    stage.notesfleet("report")


def misspelt(stage: Stage) -> str:
    """A copy of the campaign with one letter wrong in a rule."""
    text = stage.campaign.read_text(encoding="utf-8")
    path = stage.folder / "misspelt.yml"
    path.write_text(text.replace("facts.notes.major", "facts.notes.mayor"), encoding="utf-8")
    return str(path)


def costed(stage: Stage, title: str, target: str, *, some_fail: bool = True) -> Recap:
    """A run over a wave, and what it cost."""
    with Costs(stage) as costs:
        recap = stage.playbook("migrate", target, some_fail=some_fail)
    costs.show(title, *stage.reached())
    return recap
