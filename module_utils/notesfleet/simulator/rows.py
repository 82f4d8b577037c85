"""The forty clients of the demo's company, one row each: who sits at which PC, and what is special there.

A name with letters outside ASCII has them in the code page of its PC. In a comment stands what a client must show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from notesfleet.simulator.sites import Who
from notesfleet.simulator.traits import (
    AT_MAIL_FILE,
    GIB,
    NOTES_8,
    NOTES_9,
    NOTES_9_SHARED,
    NOTES_11,
    NOTES_12_UPGRADED,
    NOTES_14,
    LocalCopy,
    Traits,
)


@dataclass(frozen=True)
class Row:
    """One client. `leaves`: what the person does soon after the start (LEAVES). `power`: of the PC. `away`: on leave.

    `scribbles`: the person writes into the journals of orders that wait. `tidies`: what is excluded for its local
    copies has none in the morning.
    """

    pc: str
    who: Who
    traits: Traits
    leaves: str = ""
    power: Literal["on", "off", "dark"] = "on"
    away: bool = False
    scribbles: bool = False
    tidies: bool = False


OPEN = Traits()
PROMPT_FREE = Traits(asks=False)
ANOTHER_THERE = LocalCopy(AT_MAIL_FILE, days=400, own=False)
"""A database of another replica id lies where the local replica will have to lie: `replica.ensure` is refused."""
HOFMANN = Who("Lukas Hofmann", "lhofmann", "basel")

FIRST = (
    Row("PC-0101", Who("Jean Dupont", "jdupont", "lyon"), OPEN),
    Row("PC-0102", Who("Claire Moreau", "cmoreau", "lyon"), replace(OPEN, foreign="jdupont")),
    Row("PC-0103", Who("Karim Benali", "kbenali", "lyon"), OPEN),
    Row("PC-0103", Who("Lucie Petit", "lpetit", "lyon"), OPEN),
    Row("PC-0104", Who("Marc Lambert", "mlambert", "lyon"), PROMPT_FREE, leaves="notes_exit"),
    Row("PC-0105", Who("Sophie Garnier", "sgarnier", "lyon"), OPEN, leaves="notes_exit"),
    Row("PC-0106", Who("Paul Renard", "prenard", "lyon"), OPEN, leaves="logoff"),
    Row("PC-0107", Who("Anne Faure", "afaure", "lyon"), replace(OPEN, moved=False)),
    Row("PC-0108", Who("Hugo Colin", "hcolin", "lyon"), OPEN, power="off"),
    Row("PC-0201", Who("Urs Keller", "ukeller", "basel"), replace(OPEN, duplicates=True)),
    Row("PC-0202", Who("Vaclav Dvorak", "vdvorak", "basel"), replace(OPEN, accents="Václav Dvořák")),
    Row("PC-0203", Who("Reto Brunner", "rbrunner", "basel"), replace(OPEN, waiting_mail=3)),
    Row("PC-0204", Who("Nina Frei", "nfrei", "basel"), OPEN, power="dark"),
    Row("PC-0205", Who("Zoë Müller", "zmueller", "basel"), replace(PROMPT_FREE, suffix=False), leaves="notes_exit"),
    Row("PC-0206", Who("Beat Gerber", "bgerber", "basel"), replace(OPEN, release=NOTES_9), leaves="notes_exit"),
    Row("PC-0207", Who("Eva Lang", "elang", "basel"), replace(OPEN, release=NOTES_14), leaves="power_off"),
)
BASEL = (
    # A roaming user; the next was one, and a server for the roaming files is still named.
    Row(
        "PC-0208",
        Who("Hélène Rochat", "hrochat", "basel"),
        replace(OPEN, roaming="1", roaming_server="CN=MAIL02/O=ACME"),
    ),
    Row(
        "PC-0209",
        Who("Sabine Wirz", "swirz", "basel"),
        replace(OPEN, roaming_server="CN=MAIL02/O=ACME", foreign="hrochat"),
    ),
    # Notes too old.
    Row("PC-0210", Who("Thomas Vögeli", "tvoegeli", "basel"), replace(OPEN, release=NOTES_8)),
    # A stale replica where the mail file's replica belongs.
    Row(
        "PC-0211",
        Who("Corinne Stähli", "cstaehli", "basel"),
        replace(OPEN, copies=(LocalCopy(AT_MAIL_FILE, 140, 912),)),
    ),
    Row("PC-0212", Who("Jürg Amstutz", "jamstutz", "basel"), replace(OPEN, copies=(ANOTHER_THERE,))),
    Row("PC-0213", Who("Monika Zürcher", "mzuercher", "basel"), replace(OPEN, moved=False)),
    Row("PC-0214", Who("Daniel Käser", "dkaeser", "basel"), replace(OPEN, mail_size=11 * GIB // 2)),
    # A stray replica that is in use: not where MailFile says.
    Row(
        "PC-0215",
        Who("Ruth Bösch", "rboesch", "basel"),
        replace(OPEN, release=NOTES_11, copies=(LocalCopy("rb_mail.nsf", 1, 3),)),
    ),
    Row("PC-0216", HOFMANN, replace(OPEN, release=NOTES_11)),
    Row("PC-0217", HOFMANN, replace(OPEN, release=NOTES_12_UPGRADED, second=True)),
    Row("PC-0218", Who("Fabian Brügger", "fbruegger", "basel"), OPEN, leaves="notes_exit", scribbles=True),
)
LYON = (
    # No Person document under the name that Notes has.
    Row("PC-0109", Who("Aurélie Vasseur", "avasseur", "lyon"), replace(OPEN, in_directory=False, duplicates=True)),
    # Whose version cannot be known.
    Row("PC-0110", Who("François Lemaître", "flemaitre", "lyon"), replace(OPEN, program_code="no_rights")),
    # Nearly stale: two days are left.
    Row(
        "PC-0111",
        Who("Gérard Pélissier", "gpelissier", "lyon"),
        replace(OPEN, open_end=True, copies=(LocalCopy(AT_MAIL_FILE, 88, 41),)),
    ),
)
BOSTON = (
    Row("PC-0301", Who("James Walker", "jwalker", "boston"), replace(OPEN, release=NOTES_14)),
    # Whether this is a stale replica cannot be known.
    Row(
        "PC-0302",
        Who("Emily Carter", "ecarter", "boston"),
        replace(OPEN, copies=(LocalCopy("mail\\{account}_old.nsf", 200, held=True),)),
    ),
    # Nearly too old.
    Row("PC-0303", Who("Michael O'Brien", "mobrien", "boston"), replace(OPEN, release=NOTES_9_SHARED)),
    Row(
        "PC-0304",
        Who("José Álvarez", "jalvarez", "boston"),
        replace(OPEN, accents="José Álvarez", copies=(ANOTHER_THERE,)),
    ),
    Row(
        "PC-0305",
        Who("Linda Johnson", "ljohnson", "boston"),
        replace(OPEN, roaming="1", roaming_server="CN=MAIL03/O=ACME"),
    ),
    Row("PC-0306", Who("Robert Hayes", "rhayes", "boston"), replace(OPEN, mail_size=7 * GIB)),
    Row("PC-0307", Who("Grace Kim", "gkim", "boston"), replace(PROMPT_FREE, release=NOTES_14), leaves="notes_exit"),
    # A stray replica that is stale, and put away in the morning.
    Row(
        "PC-0308",
        Who("Susan Miller", "smiller", "boston"),
        replace(OPEN, copies=(LocalCopy("mail\\{account}_laptop.nsf", 200, 3400),)),
        tidies=True,
    ),
    Row("PC-0309", Who("Karen White", "kwhite", "boston"), replace(OPEN, waiting_mail=2, open_end=True)),
    Row("PC-0310", Who("Brian Taylor", "btaylor", "boston"), OPEN, away=True),
)
ROWS = (*FIRST, *BASEL, *LYON, *BOSTON)
