"""The company of the demo, and the small worlds of tests.

`demo_company`: forty Notes clients (`rows`) on 39 PCs at three sites, at 17:00 UTC of a working day. Most people have
Notes open; some close it or go home a second later, and one switches the PC off a minute later, so an audit meets
them and the wave that follows does not. By eight the next morning all have come back, and the administrators have
moved the last mailboxes. A larger company has further people with the same traits in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from notesfleet import clock
from notesfleet.simulator.builder import add_client, add_pc, new_world
from notesfleet.simulator.rows import ROWS, Row
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS, Seed, Who
from notesfleet.simulator.staff import person
from notesfleet.simulator.state import DominoEvent, Pc, PcEvent, World
from notesfleet.simulator.traits import Traits

START = "2026-11-26T17:00:00Z"
LEAVES = {
    "notes_exit": "2026-11-26T17:00:01Z",
    "logoff": "2026-11-26T17:00:01Z",
    "power_off": "2026-11-26T17:01:00Z",
}
SCRIBBLES = "2026-11-26T17:10:00Z"
EVENING, MORNING = "2026-11-26T17:20:00Z", "2026-11-27T06:30:00Z"
MAILBOX_MOVES = "2026-11-27T05:00:00Z"
PCS_PER_TURN = {site: len({row.pc for row in ROWS if row.who.site == site}) for site in OLD_SERVERS}


def demo_company(seed: int = 1, clients: int = len(ROWS)) -> World:
    """The company; numbers, ids and times of day from the seed, people and traits always the same.

    Fewer clients are the first of the demo's, more are further ones.
    """
    world = new_world(seed, START)
    pcs: dict[str, Pc] = {}
    for number in range(clients):
        row = row_of(number)
        if row.pc not in pcs:
            pcs[row.pc] = _add_pc(world, row)
        _add_row(world, pcs[row.pc], row)
        if not row.traits.moved:
            event = DominoEvent(at=MAILBOX_MOVES, do="move_mailbox", name=row.who.user, mail_server=NEW_SERVER)
            world.domino.events.append(event)
    return world


def row_of(number: int) -> Row:
    """Client `number` (from 0): the demo's, then further people on further PCs, like the demo's in turn."""
    turn, place = divmod(number, len(ROWS))
    like = ROWS[place]
    if not turn:
        return like
    site = like.who.site
    pc = f"{like.pc[:5]}{_pc_number(like) + turn * PCS_PER_TURN[site]:02}"
    who = row_of(number - 1).who if like.traits.second else person(number - len(ROWS), site)
    return replace(like, pc=pc, who=who, traits=_traits(like, number))


def _traits(like: Row, number: int) -> Traits:
    """Whose foreign Location it is follows: the neighbour's."""
    if not like.traits.foreign:
        return like.traits
    return replace(like.traits, foreign=row_of(number - 1).who.account)


def clients_csv(world: World) -> str:
    """The list of PCs as an administrator has it: pc, address, site."""
    rows = sorted(f"{pc.name},{pc.address},{pc.site}" for pc in world.pcs)
    return "\n".join(["pc,address,site", *rows, ""])


def prompt_free_persons() -> list[str]:
    """Whose ID asks nothing: what the site declares in its campaign file."""
    return sorted(row.who.user for row in ROWS if not row.traits.asks)


def _add_pc(world: World, row: Row) -> Pc:
    return add_pc(world, row.pc, row.who.site, _pc_number(row), 1250 if "ř" in row.traits.accents else 1252)


def _pc_number(row: Row) -> int:
    """`PC-0207`: the seventh of the second site."""
    return int(row.pc[5:])


def _add_row(world: World, pc: Pc, row: Row) -> None:
    is_there = row.power == "on" and not row.away
    traits = row.traits if is_there else replace(row.traits, notes_open=False, logged_on=False)
    client = add_client(world, pc, row.who, traits)
    if not is_there:
        pc.power = row.power
        return
    seed = Seed(world.seed)
    key = f"{row.who.account} {row.pc}" if traits.second else row.who.account
    evening = _later(EVENING, seed.between(f"evening {key}", 0, 4200))
    morning = _later(MORNING, seed.between(f"morning {key}", 0, 3600))
    started = _later(morning, seed.between(f"start {key}", 60, 600))
    days = [(LEAVES[row.leaves], row.leaves)] if row.leaves else []
    days += [(SCRIBBLES, "journal_scribbled")] if row.scribbles else []
    days += [(evening, "notes_exit"), (evening, "logoff")]
    if row.leaves == "power_off":
        days.append((_later(morning, -60), "power_on"))
    days += [(morning, "logon"), (started, "notes_start")]
    pc.events += [PcEvent.model_validate({"at": at, "do": do, "sid": client.sid}) for at, do in days]
    for copy in row.traits.copies if row.tidies else ():
        path = copy.path.format(account=row.who.account)
        pc.events.append(PcEvent(at=_later(morning, -60), do="copy_removed", sid=client.sid, path=path))


def _later(moment: str, seconds: int) -> str:
    return clock.text(clock.parse(moment) + timedelta(seconds=seconds))


def one_client(
    *,
    notes_open: bool = False,
    asks: bool = False,
    logged_on: bool = True,
    moved: bool = True,
    waiting_mail: int = 0,
    duplicates: bool = False,
    accents: str = "",
    foreign: str = "",
) -> World:
    """One PC (PC-0001) with the Notes of Jean Dupont at 08:00 UTC; `builder.Traits` says what the words mean."""
    world = new_world(1, "2026-11-26T08:00:00Z")
    traits = Traits(
        notes_open=notes_open,
        asks=asks,
        logged_on=logged_on,
        moved=moved,
        waiting_mail=waiting_mail,
        duplicates=duplicates,
        accents=accents,
        foreign=foreign,
    )
    add_client(world, add_pc(world, "PC-0001", "lyon", 1), Who("Jean Dupont", "jdupont", "lyon"), traits)
    return world


BASES: dict[str, Callable[[], World]] = {
    "open": lambda: one_client(notes_open=True, asks=True, foreign="mmartin"),
    "closed_prompt_free": lambda: one_client(foreign="mmartin"),
    "closed_would_ask": lambda: one_client(asks=True, foreign="mmartin"),
    "nobody": lambda: one_client(asks=True, logged_on=False, foreign="mmartin"),
}
