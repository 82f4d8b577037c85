"""Documents from PCs that were refused: kept as files for inspection, listed in the store, never used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notesfleet.store.tables import asides

WHY_LIMIT = 2000


@dataclass
class Asides:
    """Puts documents aside while one run is imported; the same record again gives the same file and row."""

    connection: sa.Connection
    folder: Path
    run: str
    sentences: list[str] = field(default_factory=list)
    _counts: dict[int, int] = field(default_factory=dict)

    def put(self, position: int, *, host: str, pc: str, at: str, why: str, document: Any) -> None:
        """Keep a document of `host` with the sentence that says what is wrong with it."""
        item = self._counts.get(position, 0)
        self._counts[position] = item + 1
        path = self.folder / f"{_file_name(self.run)}-{position}-{item}-{_file_name(host)}.json"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps(document, indent=1, sort_keys=True), encoding="ascii")
        path.chmod(0o600)
        why = " ".join(why.split())[:WHY_LIMIT]
        self.connection.execute(
            sa.insert(asides).values(
                run=self.run, position=position, item=item, host=host, pc=pc, at=at, why=why, path=str(path)
            )
        )
        self.sentences.append(f"{host}: {why}; kept in {path}")


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.~-]", "_", name)[:100]
