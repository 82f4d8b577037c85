"""What may be special about a client: its installation, its files, its person."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True)
class Release:
    """An installation of Notes: version, folder of its vendor, 32 or 64 bit, one data folder per user or one.

    `roof`: the vendor's folder for data, where it is another one.
    """

    version: str
    vendor: str
    bits: str
    multi_user: bool
    ods: int
    roof: str = ""

    @property
    def program(self) -> str:
        """64-bit Windows keeps 32-bit programs apart (notes_client 1)."""
        return f"C:\\Program Files{'' if self.bits == '64' else ' (x86)'}\\{self.vendor}\\Notes"

    @property
    def data(self) -> str:
        """Under AppData\\Local of each user, and of C:\\ProgramData for what they share."""
        return f"{self.roof or self.vendor}\\Notes\\Data"

    @property
    def key(self) -> str:
        """The version's own registry key, such as 12.0."""
        return "SOFTWARE\\Lotus\\Notes\\" + ".".join(self.version.split(".")[:2])


NOTES_8 = Release("8.5.30.11258", "IBM\\Lotus", "32", multi_user=True, ods=43, roof="Lotus")
NOTES_9 = Release("9.0.110.13287", "IBM", "32", multi_user=False, ods=43)
NOTES_9_SHARED = Release("9.0.110.13287", "IBM", "32", multi_user=True, ods=51)
NOTES_11 = Release("11.0.101.20123", "HCL", "32", multi_user=True, ods=53)
NOTES_12 = Release("12.0.202.22333", "HCL", "32", multi_user=True, ods=52)
NOTES_12_UPGRADED = Release("12.0.202.22333", "IBM", "32", multi_user=False, ods=52)
"""An upgrade keeps the old place."""
NOTES_14 = Release("14.0.0.24001", "HCL", "64", multi_user=True, ods=55)


@dataclass(frozen=True)
class LocalCopy:
    """A database of the data directory that is a replica of the mail file, or is taken for one.

    `path`: `{account}` stands for the account. `days`: since its last write. `behind`: documents that only the
    server has. `own`: it has the mail file's replica id. `held`: another program lets nobody else read it.
    """

    path: str
    days: int = 0
    behind: int = 0
    own: bool = True
    held: bool = False


AT_MAIL_FILE = "mail\\{account}.nsf"


@dataclass(frozen=True)
class Traits:
    """What is special about a client. `notes_open` needs `logged_on`.

    `moved`: the Person document names the new server already. `waiting_mail`: documents in mail.box. `foreign`:
    another person, one of whose Locations is here. `suffix`: the Location's MailFile ends in .nsf. `open_end`:
    notes.ini's last line has no end. `copies`: of mail files, on the PC. `mail_size`: on the server; 0: from the seed.
    `roaming`, `roaming_server`: items of the Person document; `in_directory`: there is one. `second`: the person
    has another PC, which has been added before. `program_code`: with which reading nlnotes.exe fails.
    """

    notes_open: bool = True
    asks: bool = True
    logged_on: bool = True
    moved: bool = True
    waiting_mail: int = 0
    duplicates: bool = False
    accents: str = ""
    foreign: str = ""
    suffix: bool = True
    open_end: bool = False
    release: Release = NOTES_12
    copies: tuple[LocalCopy, ...] = ()
    mail_size: int = 0
    roaming: str = "0"
    roaming_server: str = ""
    in_directory: bool = True
    second: bool = False
    program_code: str = ""
