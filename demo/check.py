"""What must hold of the demo, one sentence for each thing that does not."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from stage import Stage
from story import CALLED_BACK, ON_LEAVE, PUT_AWAY, Story

from notesfleet.canonical import canonical_text
from notesfleet.simulator.model.comparison import comparable
from notesfleet.simulator.state import World
from notesfleet.store.connection import open_store
from notesfleet.store.states import ClientState
from notesfleet.store.tables import orders, reports

SOONER = ("started", "ended", "seconds")
"""What differs between two runs of the same story: real time passes differently."""


@dataclass(frozen=True)
class Ending:
    """How the story ended, client by client: state, actions of its orders, and a hash of what is on its PC."""

    states: dict[str, str]
    actions: dict[str, str]
    hashes: dict[str, str]
    page: str


def ending_of(stage: Stage) -> Ending:
    """Asked of the store and of the simulator, while it still runs."""
    page = (stage.folder / "report.html").read_text(encoding="utf-8")
    world = World.model_validate_json(stage.output("simulate", "state"))
    return Ending(stage.states(), _actions(stage), _hashes(world), page)


def unmet(story: Story, ending: Ending, again: Ending) -> list[str]:
    """What does not hold."""
    return [*_of_the_story(story), *_of_the_page(ending), *_of_both(ending, again)]


def _of_the_story(story: Story) -> list[str]:
    evening, stopped, end = story.states["evening"], story.states["stopped"], story.states["end"]
    runs = story.runs
    main = Counter(stopped[name] for name, state in evening.items() if state == "waiting")
    checks = {
        "the pilot wave changed nothing": runs["pilot"].changed > 0,
        "who was absent in the evening was not migrated in the morning": runs["pilot, the rest"].changed > 0,
        f"the stop let something change: {runs['stopped'].changed}": not runs["stopped"].changed,
        f"clients of the stopped wave are not pending: {dict(main)}": set(main) == {"pending"},
        "the main wave changed nothing after the stop was lifted": runs["main"].changed > 0,
        f"what is done was changed again: {runs['again'].changed}": not runs["again"].changed,
        f"who was called back is {end[CALLED_BACK]}": end[CALLED_BACK] == "failed",
        f"who was let in is {end[ON_LEAVE]}": (evening[ON_LEAVE], end[ON_LEAVE]) == ("excluded", "waiting"),
        f"whose replica was put away is {end[PUT_AWAY]}": (evening[PUT_AWAY], end[PUT_AWAY]) == ("excluded", "waiting"),
        f"fewer than 20 clients are done: {Counter(end.values())}": Counter(end.values())["done"] >= 20,
    }
    unreachable = {name: run.unreachable for name, run in runs.items() if run.unreachable}
    checks[f"hosts were unreachable instead of absent: {unreachable}"] = not unreachable
    return [sentence for sentence, holds in checks.items() if not holds]


def _of_the_page(ending: Ending) -> list[str]:
    shown = set(ending.states.values())
    missing = [f"no client is {state.value} at the end" for state in ClientState if state.value not in shown]
    missing += [f"the page has no row of {name}" for name in ending.states if name not in ending.page]
    missing += [
        f"the page has no row of state {state}" for state in shown if f'data-state="{state}"' not in ending.page
    ]
    return missing


def _of_both(one: Ending, other: Ending) -> list[str]:
    """The same seed gives the same ending."""
    sentences: list[str] = []
    for what in ("states", "actions", "hashes"):
        left, right = getattr(one, what), getattr(other, what)
        names = sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))
        if names:
            sentences.append(f"the same seed gave other {what} for {', '.join(names)}")
    return sentences


def _actions(stage: Stage) -> dict[str, str]:
    """Client to a hash of its orders and of what each action came to."""
    store = open_store(f"sqlite:///{stage.folder / 'home' / 'store.db'}")
    chosen = sa.select(
        orders.c.client, orders.c.step, orders.c.mode, orders.c.state, orders.c.reason, reports.c.document
    )
    joined = chosen.select_from(orders.outerjoin(reports, reports.c.order == orders.c.id))
    with store.snapshot() as connection:
        rows = connection.execute(joined.order_by(orders.c.client, orders.c.step, orders.c.id)).all()
    store.close()
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.client, []).append([row.step, row.mode, row.state, row.reason, _timeless(row.document)])
    return {client: _hash(said) for client, said in found.items()}


def _hashes(world: World) -> dict[str, str]:
    """Client (PC and SID) to a hash of its Notes, its files and what is registered for it."""
    hashes: dict[str, str] = {}
    for pc in comparable(world)["pcs"]:
        for client in pc["clients"]:
            files = [file for file in pc["files"] if file["owner"] == client["sid"]]
            hashes[f"{pc['name']} {client['sid']}"] = _hash([client, files, pc["harms"]])
    return hashes


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(each) for name, each in value.items() if name not in SOONER}
    return [_timeless(each) for each in value] if isinstance(value, list) else value


def _hash(value: Any) -> str:
    return hashlib.sha256(canonical_text(value).encode("ascii")).hexdigest()
