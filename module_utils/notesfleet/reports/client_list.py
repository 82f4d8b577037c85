"""The clients that somebody asks for, a line each: by a part of a name, state, wave, site, server or finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields

from notesfleet.actions.names import folded
from notesfleet.reports.advice import advise
from notesfleet.reports.client_page import UNAUDITED
from notesfleet.reports.fleet_page import count_states, state_titles
from notesfleet.reports.lookup import named
from notesfleet.reports.page_words import phrases
from notesfleet.reports.words import Language
from notesfleet.store.standing import Standing

NO_WAVE = "-"
"""The value of `wave` for who is in none."""


@dataclass(frozen=True)
class ClientFilter:
    """What is asked for; empty: everything. `q`: a part of a client's, PC's or person's name.

    `server`: one that something on the client points to, as far as its audits know.
    """

    q: str = ""
    state: str = ""
    wave: str = ""
    site: str = ""
    server: str = ""
    finding: str = ""

    def chosen(self) -> dict[str, str]:
        """Those that are not empty, by name."""
        said = {each.name: str(getattr(self, each.name)) for each in fields(self)}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Option:
    """A value of a filter. `count`: how many clients and PCs it fits; None where that is not known."""

    value: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class ClientLine:
    """A client, or a PC that was not audited. `evidence`: its why is what a PC or a library said."""

    name: str
    person: str
    site: str
    wave: str | None
    state: str
    state_word: str
    done: int
    of: int
    left: int
    last_seen: str | None
    why: str
    evidence: bool


def options_of(standings: list[Standing], language: Language, servers: Iterable[str]) -> dict[str, list[Option]]:
    """The values that each filter has in this fleet. `servers`: those that are known."""
    titles, states = state_titles(language), count_states(state_of(each) for each in standings)
    no_wave = phrases(language)["no_wave"]
    return {
        "state": [Option(state, titles[state], count) for state, count in states.items()],
        "wave": [
            *_named(each.wave or "" for each in standings),
            Option(NO_WAVE, no_wave, sum(each.wave is None for each in standings)),
        ],
        "site": _named(each.site for each in standings),
        "server": [Option(name, name) for name in servers],
        "finding": _named(rule for each in standings for rule in {finding.rule for finding in each.findings}),
    }


def unknown_values(wanted: ClientFilter, options: dict[str, list[Option]], language: Language) -> dict[str, str]:
    """The filters whose value is none that this fleet has, by name."""
    known = {name: {option.value for option in values} for name, values in options.items()}
    known["state"] |= state_titles(language).keys()
    known["server"] = {folded(name, "name") for name in known["server"]}
    given = wanted.chosen()
    if "server" in given:
        given["server"] = folded(given["server"], "name")
    return {name: wanted.chosen()[name] for name, value in given.items() if name in known and value not in known[name]}


def chosen_clients(
    standings: list[Standing], wanted: ClientFilter, pointing: Collection[str] = frozenset()
) -> list[Standing]:
    """Those that all of the filters fit. `pointing`: the clients that point to the server that is asked for."""
    return [each for each in standings if _fits(each, wanted) and (not wanted.server or each.client in pointing)]


def client_line(each: Standing, language: Language) -> ClientLine:
    """One client as a line."""
    advice, state = advise(each, None, "", "", language), state_of(each)
    return ClientLine(
        name=each.client or each.pc,
        person=each.user or each.person,
        site=each.site,
        wave=each.wave,
        state=state,
        state_word=state_titles(language)[state],
        done=each.steps_done,
        of=each.steps_of,
        left=each.left,
        last_seen=each.last_seen,
        why=advice.why,
        evidence=bool(advice.evidence) and advice.why == advice.evidence,
    )


def state_of(each: Standing) -> str:
    """A ClientState, or `unaudited`."""
    return each.state.value if each.state else UNAUDITED


def _fits(each: Standing, wanted: ClientFilter) -> bool:
    return (
        (not wanted.q or named(each, wanted.q))
        and wanted.state in ("", state_of(each))
        and wanted.wave in ("", each.wave or NO_WAVE)
        and wanted.site in ("", each.site)
        and (not wanted.finding or any(finding.rule == wanted.finding for finding in each.findings))
    )


def _named(values: Iterable[str]) -> list[Option]:
    """Each value that there is once, by name, with its count."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return [Option(value, value, counts[value]) for value in sorted(counts) if value]
