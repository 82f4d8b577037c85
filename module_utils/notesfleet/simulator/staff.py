"""The people of a company that is larger than the demo's: made-up names, one account and one SID each."""

from __future__ import annotations

from dataclasses import dataclass

from notesfleet.simulator.builder import Who

FIRST_RID = 100_000
"""Above all that `Seed.sid` gives, so that nobody's SID is another's."""


@dataclass(frozen=True)
class Names:
    """What people of a site are called."""

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
        *("Sylvie", "Arnaud", "Martine", "Rachid", "Aurore", "Denis", "Florence", "Guillaume", "Odile", "Cedric"),
    ),
    (
        *("Martin", "Bernard", "Robert", "Richard", "Durand", "Leroy", "Simon", "Laurent", "Michel", "Lefebvre"),
        *("Roux", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Mercier", "Blanc", "Guerin", "Boyer"),
        *("Chevalier", "Haddad", "Perrin", "Masson", "Noel", "Dumas", "Brunet", "Giraud", "Lacroix", "Vidal"),
        *("Aubert", "Rey", "Caron", "Marchand", "Barbier", "Tessier", "Delorme"),
    ),
)
BASEL = Names(
    (
        *("Andrea", "Stefan", "Ursula", "Daniel", "Monika", "Peter", "Sandra", "Thomas", "Silvia", "Markus"),
        *("Ruth", "Christian", "Barbara", "Bruno", "Erika", "Martin", "Heidi", "Rolf", "Claudia", "Patrick"),
        *("Karin", "Simon", "Doris", "Lukas", "Priska", "Adrian", "Regula", "Fabian", "Yvonne", "Matthias"),
    ),
    (
        *("Meier", "Schmid", "Weber", "Huber", "Schneider", "Meyer", "Steiner", "Fischer", "Gerber", "Baumann"),
        *("Zimmermann", "Moser", "Widmer", "Wyss", "Graf", "Roth", "Suter", "Bachmann", "Kunz", "Bucher"),
        *("Christen", "Hofer", "Lehmann", "Marti", "Egli", "Stalder", "Fuchs", "Ammann", "Hug", "Kaufmann"),
        *("Lanz", "Odermatt", "Probst", "Rieder", "Stauffer", "Tanner", "Zbinden"),
    ),
)
SITES = {"lyon": LYON, "basel": BASEL}


def person(number: int, site: str) -> Who:
    """Person `number` (from 0, counted over all sites): always the same one."""
    name = SITES[site].of(number)
    account = f"{name[0]}{name.rsplit(' ', 1)[1][:9]}{number}".lower()
    return Who(name, account, site, rid=FIRST_RID + number)
