"""The company's servers and people, and how all that looks like chance comes from one number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ORGANISATION = "ACME"
NEW_SERVER = f"CN=CLU1/O={ORGANISATION}"
OLD_SERVERS = {
    "lyon": f"CN=MAIL01/O={ORGANISATION}",
    "basel": f"CN=MAIL02/O={ORGANISATION}",
    "boston": f"CN=MAIL03/O={ORGANISATION}",
}


def host_of(server: str) -> str:
    """`CN=MAIL01/O=ACME` -> `mail01.acme.example`."""
    return f"{server[3:].split('/')[0].lower()}.acme.example"


@dataclass(frozen=True)
class Who:
    """A person, with the Windows account. `rid`: the last part of its SID; 0: one from the seed."""

    name: str
    account: str
    site: str
    rid: int = 0

    @property
    def user(self) -> str:
        return f"CN={self.name}/O={ORGANISATION}"

    @property
    def mail_file(self) -> str:
        return f"mail\\{self.account}.nsf"


@dataclass(frozen=True)
class Seed:
    """Numbers and ids by what they are for, so that none depends on the order of building."""

    number: int

    def hex(self, what: str, digits: int) -> str:
        return hashlib.sha256(f"{self.number}:{what}".encode()).hexdigest().upper()[:digits]

    def between(self, what: str, low: int, high: int) -> int:
        return low + int(self.hex(what, 12), 16) % (high - low + 1)

    def replica_id(self, what: str) -> str:
        """A replica id is a moment of creation; these begin as those of 2014 to 2021 do."""
        return f"C125{self.between(what, 0x7C00, 0x87FF):04X}{self.hex(what, 8)}"

    def sid(self, who: Who) -> str:
        return f"{self.domain}-{who.rid or 1100 + int(self.hex(who.account, 4), 16)}"

    @property
    def domain(self) -> str:
        return "S-1-5-21-" + "-".join(str(self.between(f"domain {part}", 10**8, 4 * 10**9)) for part in range(3))
