"""What PCs see by UNC paths: folders of the controller, under the names that the company's servers would have."""

from __future__ import annotations

from pathlib import Path

from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

NETLOGON = r"\\acme.example\netlogon"
"""The domain's logon share, where users read and only administrators write."""


class Shares:
    """UNC names to folders. A folder that is not there is a share that cannot be reached."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}

    def mount(self, name: str, folder: Path) -> None:
        self._folders[name.lower()] = folder

    def read(self, path: str, limit: int) -> bytes | None:
        """The first bytes of a file. Raises runner_error where the share cannot be reached, as Windows' error 53."""
        parts = path.replace("/", "\\").split("\\")
        folder = self._folders.get("\\".join(parts[:4]).lower())
        if folder is None or not folder.is_dir():
            raise ActionFailure(Code.RUNNER_ERROR, f"the network path of {path} was not found")
        found: Path | None = folder
        for part in parts[4:]:
            found = _entry(found, part) if found is not None else None
        if found is None or not found.is_file():
            return None
        with found.open("rb") as file:
            return file.read(limit)


def is_unc(path: str) -> bool:
    return path.replace("/", "\\").startswith("\\\\")


def _entry(folder: Path, name: str) -> Path | None:
    """What Windows finds by that name: without case, and nothing outside."""
    if not folder.is_dir():
        return None
    return next((each for each in sorted(folder.iterdir()) if each.name.lower() == name.lower()), None)
