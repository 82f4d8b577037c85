"""The people of a company that is larger than the demo's: made-up names, one account and one SID each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from notesfleet.simulator.sites import Who

FIRST_RID = 100_000
"""Above all that `Seed.sid` gives, so that nobody's SID is another's."""


@dataclass(frozen=True)
class Names:
    """What people of a site are called. Letters outside ASCII are in each code page of the site's PCs."""

    first: tuple[str, ...]
    last: tuple[str, ...]

    def of(self, number: int) -> str:
        """The name of person `number`; nobody shares one: when all pairs are taken, middle initials begin."""
        turn, place = divmod(number, len(self.first))
        initial, shift = divmod(turn, len(self.last))
        middle = f" {chr(ord('A') + initial)}." if initial else ""
        return f"{self.first[place]}{middle} {self.last[(shift + place) % len(self.last)]}"


LYON = Names(
    (
        *("Camille", "Nathalie", "Olivier", "Laurent", "Isabelle", "Thomas", "Julie", "Nicolas", "Sandrine", "Didier"),
        *("Fatima", "Yves", "Brigitte", "Mehdi", "Chantal", "Bruno", "Emma", "Gilles", "Louise", "Victor"),
        *("Sylvie", "Arnaud", "Martine", "Rachid", "Aurore", "Denis", "Florence", "Guillaume", "Odile", "Cédric"),
    ),
    (
        *("Martin", "Bernard", "Robert", "Richard", "Durand", "Leroy", "Simon", "Laurent", "Michel", "Lefèbvre"),
        *("Roux", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Mercier", "Blanc", "Guérin", "Boyer"),
        *("Chevalier", "Haddad", "Perrin", "Masson", "Noël", "Dumas", "Brunet", "Giraud", "Lacroix", "Vidal"),
        *("Aubert", "Rey", "Caron", "Marchand", "Barbier", "Tessier", "Delorme"),
    ),
)
BASEL = Names(
    (
        *("Andrea", "Stefan", "Ursula", "Daniel", "Monika", "Peter", "Sandra", "Thomas", "Silvia", "Markus"),
        *("Ruth", "Christian", "Barbara", "Bruno", "Erika", "Martin", "Heidi", "Rolf", "Claudia", "Jürg"),
        *("Karin", "Simon", "Doris", "Lukas", "Priska", "Adrian", "Regula", "Fabian", "Yvonne", "Matthias"),
    ),
    (
        *("Meier", "Schmid", "Weber", "Huber", "Schneider", "Meyer", "Steiner", "Fischer", "Gerber", "Baumann"),
        *("Zimmermann", "Moser", "Widmer", "Wyss", "Graf", "Roth", "Suter", "Bachmann", "Kunz", "Bücher"),
        *("Christen", "Höfer", "Lehmann", "Marti", "Egli", "Stalder", "Füchs", "Ammann", "Hug", "Kaufmann"),
        *("Lanz", "Odermatt", "Probst", "Rieder", "Stauffer", "Tanner", "Zbinden"),
    ),
)
BOSTON = Names(
    (
        *("Mary", "John", "Patricia", "William", "Jennifer", "Richard", "Barbara", "Joseph", "Jessica", "Charles"),
        *("Sarah", "Christopher", "Nancy", "Matthew", "Lisa", "Anthony", "Betty", "Mark", "Sandra", "Donald"),
        *("Ashley", "Steven", "Kimberly", "Andrew", "Donna", "Kenneth", "Michelle", "Joshua", "Carol", "Renée"),
    ),
    (
        *("Williams", "Brown", "Jones", "Garcia", "Davis", "Rodríguez", "Wilson", "Anderson", "Moore", "Jackson"),
        *("Lee", "Thompson", "Harris", "Clark", "Lewis", "Young", "King", "Wright", "Scott", "Núñez"),
        *("Green", "Baker", "Adams", "Nelson", "Hill", "Campbell", "Mitchell", "Roberts", "Phillips", "Evans"),
        *("Turner", "Parker", "Collins", "Edwards", "Stewart", "Morris", "Murphy"),
    ),
)
SITES = {"lyon": LYON, "basel": BASEL, "boston": BOSTON}


def person(number: int, site: str) -> Who:
    """Person `number` (from 0, counted over all sites): always the same one."""
    name = SITES[site].of(number)
    return Who(name, f"{_plain(name[0])}{_plain(name.rsplit(' ', 1)[1])[:9]}{number}", site, rid=FIRST_RID + number)


def _plain(name: str) -> str:
    """As accounts have it: a-z only."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower())
