"""One settings class, read from NOTESFLEET_* variables."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are. `NOTESFLEET_STORE`, `NOTESFLEET_HOME`, `NOTESFLEET_POWERSHELL`."""

    model_config = SettingsConfigDict(env_prefix="NOTESFLEET_", extra="ignore")

    store: str = ""
    home: Path | None = None
    powershell: str = ""

    @property
    def home_folder(self) -> Path:
        """`NOTESFLEET_HOME`, else `.notesfleet/` beside ansible.cfg, else the user's data folder."""
        if self.home:
            return self.home.absolute()
        config = Path(os.environ.get("ANSIBLE_CONFIG", "ansible.cfg"))
        if config.is_file():
            return config.absolute().parent / ".notesfleet"
        return Path(platformdirs.user_data_dir("notesfleet"))

    @property
    def store_address(self) -> str:
        """SQLAlchemy's address of the store; SQLite in the home folder by default."""
        return self.store or f"sqlite:///{self.home_folder / 'store.db'}"

    @property
    def spool_folder(self) -> Path:
        return self.home_folder / "spool"

    @property
    def brake_folder(self) -> Path:
        return self.home_folder / "brake"

    @property
    def aside_folder(self) -> Path:
        """Documents from PCs that were refused, kept for inspection."""
        return self.home_folder / "aside"
