"""Who may do what with a file, and what a disk refuses."""

from __future__ import annotations

from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.simulator.model.pc import PcModel, folded, same_path
from notesfleet.simulator.model.shares import is_unc
from notesfleet.simulator.state import File, Folder

PROTECTED = "\\notesfleet\\"


def check_writable(pc: PcModel, path: str, content: bytes) -> None:
    """Raises locked_file where another program has it open, disk_full where it does not fit."""
    file = pc.file(path)
    if (file is not None and file.locked) or pc.is_held_by_notes(path):
        raise ActionFailure(Code.LOCKED_FILE, f"{path} is in use by another program")
    drive = next((each for each in pc.pc.drives if each.name.lower() == path[:2].lower()), None)
    if drive is not None and drive.free < len(content):
        raise ActionFailure(Code.DISK_FULL, f"{drive.name} is full")


def check_reader(pc: PcModel, path: str, sid: str) -> None:
    """Raises no_rights where a folder of notesfleet is not for this user."""
    folder, file = _protected_folder(pc, path), pc.file(path)
    if folder is None or (file is not None and sid in file.writers):
        return
    if sid not in folder.readers and "Users" not in folder.readers:
        raise ActionFailure(Code.NO_RIGHTS, f"{path} is not readable for {sid}")


def check_lister(pc: PcModel, folder: str, sid: str) -> None:
    """Raises no_rights where this user may not list a folder of notesfleet."""
    check_reader(pc, folder.rstrip("\\") + "\\*", sid)


def check_writer(pc: PcModel, path: str, sid: str) -> None:
    """Raises no_rights where this user may not replace or make a file: that of others, of notesfleet, or in a share."""
    file = pc.file(path)
    foreign = file is not None and file.owner != sid and sid not in file.writers
    if foreign or is_unc(path) or (PROTECTED in folded(path) and not _is_own(pc, path, sid)):
        raise ActionFailure(Code.NO_RIGHTS, f"{path} is not writable for {sid}")


def check_appender(pc: PcModel, path: str, sid: str) -> File:
    """The journal at this path. Raises not_found, or no_rights where the user was not given the right to write."""
    file = pc.file(path)
    if file is None:
        raise ActionFailure(Code.NOT_FOUND, f"there is no {path}")
    if sid not in file.writers and file.owner != sid:
        raise ActionFailure(Code.NO_RIGHTS, f"{path} is not writable for {sid}")
    return file


def _is_own(pc: PcModel, path: str, sid: str) -> bool:
    return any(
        profile.sid == sid and folded(path).startswith(folded(profile.path) + "\\") for profile in pc.pc.profiles
    )


def _protected_folder(pc: PcModel, path: str) -> Folder | None:
    parent = path.rsplit("\\", 1)[0]
    return next((folder for folder in pc.pc.folders if same_path(folder.path, parent)), None)
