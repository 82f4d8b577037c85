"""The databases of a client and of the servers: what lies in a data directory, and the mailboxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from notesfleet import clock
from notesfleet.simulator.sites import NEW_SERVER, OLD_SERVERS, Seed, Who
from notesfleet.simulator.state import Database, NotesDoc, Person, World
from notesfleet.simulator.traits import LocalCopy, Traits

DAY = 86_400


@dataclass(frozen=True)
class Maker:
    """Makes a client's databases. `key`: what makes them its own; `now`: the world's time."""

    seed: Seed
    who: Who
    traits: Traits
    key: str
    now: str

    def local(self, documents: list[NotesDoc]) -> list[Database]:
        """What Notes itself has made, and copies of mail files."""
        found = [
            self._own("bookmark.nsf", "bookmark", "Bookmarks"),
            self._own("mail.box", "box", "Outgoing Mail"),
            self._own("names.nsf", "names", "Contacts"),
        ]
        found[1].count = self.traits.waiting_mail
        found[2].documents = documents
        return found + [self._copy(copy) for copy in self.traits.copies]

    def mail(self) -> Database:
        """The mail file, as each server has it."""
        seed, account = self.seed, self.who.account
        return Database(
            path=self.who.mail_file,
            replica_id=seed.replica_id(self.who.mail_file),
            title=self.who.name,
            count=seed.between(f"count {account}", 800, 24000),
            size=self.traits.mail_size or seed.between(f"mail {account}", 40, 900) * (1 << 20),
            modified=self._ago(seed.between(f"mail written {account}", 60, 3600)),
        )

    def _own(self, path: str, what: str, title: str) -> Database:
        return Database(
            path=path,
            replica_id=self.seed.replica_id(f"{what} {self.key}"),
            title=title,
            ods=self.traits.release.ods,
            size=self.seed.between(f"size {self.key} {path}", 4, 64) * (1 << 18),
            modified=self._ago(self.seed.between(f"written {self.key} {path}", 60, 3 * DAY)),
        )

    def _copy(self, copy: LocalCopy) -> Database:
        mail = self.mail()
        mail.path, mail.held, mail.ods = copy.path.format(account=self.who.account), copy.held, self.traits.release.ods
        mail.modified = self._ago(copy.days * DAY)
        mail.count -= copy.behind
        if not copy.own:
            mail.replica_id, mail.title = self.seed.replica_id(f"other {self.key}"), f"{mail.title} (old)"
        return mail

    def _ago(self, seconds: int) -> str:
        return clock.text(clock.parse(self.now) - timedelta(seconds=seconds))


def add_mailbox(world: World, maker: Maker) -> None:
    """The mail file on the old server and its replica on the new one, which the administrators have made before."""
    who, traits = maker.who, maker.traits
    old = OLD_SERVERS[who.site]
    for server in world.domino.servers:
        if server.name in (old, NEW_SERVER):
            server.databases.append(maker.mail())
    if traits.in_directory:
        person = Person(
            name=who.user,
            mail_server=NEW_SERVER if traits.moved else old,
            mail_file=who.mail_file.removesuffix(".nsf"),
            roaming=traits.roaming,
            roaming_server=traits.roaming_server,
        )
        world.domino.persons.append(person)
