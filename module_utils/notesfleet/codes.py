"""Codes and reasons: one table, with a sentence for the administrator and one for the helpdesk.

The names are fixed by action-engine sections 6 and 8; both languages write them into journals.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why an action failed."""

    BAD_ORDER = "bad_order"
    OTHER_IDENTITY = "other_identity"
    OTHER_INCARNATION = "other_incarnation"
    PLANTED_FOLDER = "planted_folder"
    NOT_FOUND = "not_found"
    TOO_MANY = "too_many"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    TOO_LONG = "too_long"
    NOT_IN_CODE_PAGE = "not_in_code_page"
    LOCKED_FILE = "locked_file"
    DISK_FULL = "disk_full"
    NO_RIGHTS = "no_rights"
    DAMAGED_FILE = "damaged_file"
    HASH_MISMATCH = "hash_mismatch"
    CONDITION_UNMET = "condition_unmet"
    NOT_TAKEN = "not_taken"
    CHANGED_SINCE = "changed_since"
    UNKNOWN_OUTCOME = "unknown_outcome"
    UNSUPPORTED = "unsupported"
    WOULD_ASK_PASSWORD = "would_ask_password"
    TIME_LIMIT = "time_limit"
    JOURNAL_DAMAGED = "journal_damaged"
    RUNNER_ERROR = "runner_error"


class PendingReason(StrEnum):
    """Why an order waits. `nobody_logged_on` is the controller's word, never the runner's."""

    NOTES_OPEN = "notes_open"
    NOTES_CLOSED = "notes_closed"
    LOCKED = "locked"
    OTHER_SESSION = "other_session"
    USER_BUSY = "user_busy"
    WOULD_ASK_PASSWORD = "would_ask_password"
    CONDITION = "condition"
    WAITS_FOR_ORDER = "waits_for_order"
    OTHER_RUNNER = "other_runner"
    NOT_BEFORE = "not_before"
    STOPPED_BY_SITE = "stopped_by_site"
    UNDO_WAITS = "undo_waits"
    NOBODY_LOGGED_ON = "nobody_logged_on"


@dataclass(frozen=True)
class Sentence:
    """What a code or reason means, for the two people who read it."""

    administrator: str
    helpdesk: str


SENTENCES: dict[Code | PendingReason, Sentence] = {
    Code.BAD_ORDER: Sentence(
        "The staged order does not have its hash or is not of this client: stage it again.",
        "The work order on the PC is damaged; the administrators send it again.",
    ),
    Code.OTHER_IDENTITY: Sentence(
        "Notes runs with another user name or data directory than was audited: audit the client again.",
        "Another person's Notes was found on this PC; nothing was changed.",
    ),
    Code.OTHER_INCARNATION: Sentence(
        "The PC or the profile is not the one that was audited (re-imaged?): audit the client again.",
        "The PC was set up anew; nothing was changed.",
    ),
    Code.PLANTED_FOLDER: Sentence(
        "A folder of notesfleet has a foreign owner or is a link: look at it before anything else.",
        "A security check failed on this PC; nothing was changed.",
    ),
    Code.NOT_FOUND: Sentence(
        "What the action is about was not found on the client: compare the order with the latest audit.",
        "A setting that should be changed does not exist here.",
    ),
    Code.TOO_MANY: Sentence(
        "The action would touch more than 500 places: make its match narrower.",
        "Too many places would change; nothing was changed.",
    ),
    Code.UNREADABLE: Sentence(
        "A value could not be read as text, so it was not touched: look at the client by hand.",
        "A setting could not be read; it was left as it is.",
    ),
    Code.REFUSED: Sentence(
        "The place is taken by something else (another replica id, another type): look at the client.",
        "Something else is where the change should go; it was left as it is.",
    ),
    Code.TOO_LONG: Sentence(
        "The value is longer than Notes can read (255 characters): shorten it.",
        "A setting was too long; nothing was changed.",
    ),
    Code.NOT_IN_CODE_PAGE: Sentence(
        "The value has characters that the PC's code page cannot write: use others.",
        "A setting has characters that this PC cannot store; nothing was changed.",
    ),
    Code.LOCKED_FILE: Sentence(
        "The file is in use by another program: the order can be sent again.",
        "A Notes file was in use; it is tried again.",
    ),
    Code.DISK_FULL: Sentence("The disk is full: free space, then send the order again.", "The disk is full."),
    Code.NO_RIGHTS: Sentence(
        "The user has no right to write there: check the file's rights.",
        "The user may not change this file.",
    ),
    Code.DAMAGED_FILE: Sentence(
        "The file is damaged: repair it, then send the order again.", "A Notes file is damaged."
    ),
    Code.HASH_MISMATCH: Sentence(
        "A staged file does not have its hash: stage the order again.", "A delivered file is damaged."
    ),
    Code.CONDITION_UNMET: Sentence(
        "A condition of the order does not hold and will not by waiting: read what it saw.",
        "A safety condition was not met; nothing more was changed.",
    ),
    Code.NOT_TAKEN: Sentence(
        "Notes did not keep the value that was written; the stage was undone.",
        "Notes refused a change; it was taken back.",
    ),
    Code.CHANGED_SINCE: Sentence(
        "Somebody else changed the value in between; it was left as it is.",
        "A setting was changed by somebody else and was left alone.",
    ),
    Code.UNKNOWN_OUTCOME: Sentence(
        "A task was cut and nothing shows whether it finished: look at the client.",
        "A task was interrupted; an administrator has to look.",
    ),
    Code.UNSUPPORTED: Sentence(
        "No interface of Notes offers this change; it is counted as left.",
        "This part has to be changed by hand.",
    ),
    Code.WOULD_ASK_PASSWORD: Sentence(
        "Notes would have asked for a password, so nothing was started.",
        "Waits until the user has Notes open.",
    ),
    Code.TIME_LIMIT: Sentence(
        "A stage took longer than 20 s in the user's session; it was undone.",
        "The work took too long and was taken back.",
    ),
    Code.JOURNAL_DAMAGED: Sentence(
        "The journal's checksums do not hold; the order stopped and the file is kept.",
        "The record of the work is damaged; an administrator has to look.",
    ),
    Code.RUNNER_ERROR: Sentence(
        "The runner met an error that it did not expect; the stage was undone.",
        "Something unexpected happened; the change was taken back.",
    ),
    PendingReason.NOTES_OPEN: Sentence("Waits until Notes is closed.", "Goes on when the user closes Notes."),
    PendingReason.NOTES_CLOSED: Sentence("Waits until Notes is open.", "Goes on when the user opens Notes."),
    PendingReason.LOCKED: Sentence("The session is locked.", "Goes on when the user is back at the unlocked PC."),
    PendingReason.OTHER_SESSION: Sentence(
        "Notes runs in another session of this user.", "Goes on when Notes is closed in the other session."
    ),
    PendingReason.USER_BUSY: Sentence(
        "The user is working at this moment.", "Goes on by itself in a quiet half minute."
    ),
    PendingReason.WOULD_ASK_PASSWORD: Sentence(
        "Notes is closed and its ID would ask for a password.", "Goes on when the user opens Notes."
    ),
    PendingReason.CONDITION: Sentence("A condition is not met yet.", "Goes on by itself when it is safe."),
    PendingReason.WAITS_FOR_ORDER: Sentence(
        "An earlier order of this client is not done.", "Goes on after the earlier step."
    ),
    PendingReason.OTHER_RUNNER: Sentence("Another runner works on this data.", "Goes on by itself."),
    PendingReason.NOT_BEFORE: Sentence("Its time has not come.", "Begins at its time."),
    PendingReason.STOPPED_BY_SITE: Sentence(
        "The campaign is stopped.", "The migration is stopped for now; nothing to do."
    ),
    PendingReason.UNDO_WAITS: Sentence(
        "Taking back a stage waits for its moment.", "Goes on when Notes is opened or closed."
    ),
    PendingReason.NOBODY_LOGGED_ON: Sentence(
        "The order lies on the PC; its user is not logged on.", "Begins when the user logs on."
    ),
}
