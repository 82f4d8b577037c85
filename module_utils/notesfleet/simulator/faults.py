"""PCs that answer wrongly: what a broken PC, or a user who edits his journal, sends instead of the truth.

A fault file is YAML, one PC a line: `PC-0101: journal_cut`. The engine does its work; what travels back is spoilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from notesfleet.errors import InputError
from notesfleet.orders.journal import SIZE_LIMIT, seal
from notesfleet.packed import pack, unpack
from notesfleet.simulator.engines.contract import RunScript


class Fault(StrEnum):
    """What is wrong with all that a PC answers."""

    NO_DOCUMENT = "no_document"
    SURVEY_NONSENSE = "survey_nonsense"
    ANSWER_NONSENSE = "answer_nonsense"
    ANSWER_OTHER_CLIENT = "answer_other_client"
    JOURNAL_TOO_LARGE = "journal_too_large"
    JOURNAL_CUT = "journal_cut"
    JOURNAL_NOT_OF_ITS_SCHEMA = "journal_not_of_its_schema"
    JOURNAL_CHECKSUM = "journal_checksum"
    JOURNAL_OF_ANOTHER = "journal_of_another"


Answer = dict[str, Any]


def read_faults(path: Path) -> dict[str, Fault]:
    """PC name to fault. Raises InputError for a file that is none."""
    try:
        read = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, Fault]).validate_python(read)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"it is not YAML: {' '.join(str(error).split())[:200]}", where=str(path)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}", where=str(path), remedy="one `PC: fault` a line") from error


class FaultyScripts:
    """The Python engine, with answers spoilt."""

    def __init__(self, scripts: RunScript, faults: Mapping[str, Fault]) -> None:
        self._scripts, self._faults = scripts, faults

    async def run_script(self, pc: str, script_name: str, complex_args: dict[str, Any]) -> Answer:
        """The answer of the script, as this PC's fault leaves it."""
        answer = await self._scripts.run_script(pc, script_name, complex_args)
        fault = self._faults.get(pc)
        return answer if fault is None else _spoilt(answer, fault, is_survey=script_name == "survey.ps1")


def _spoilt(answer: Answer, fault: Fault, *, is_survey: bool) -> Answer:
    if fault is Fault.NO_DOCUMENT:
        return {"changed": False}
    if is_survey:
        return answer | {"code_page": "klingon"} if fault is Fault.SURVEY_NONSENSE else answer
    if fault is Fault.ANSWER_NONSENSE:
        return answer | {"clients": [{"sid": "$(Get-Content)", "orders": "rm -rf"}]}
    if fault is Fault.ANSWER_OTHER_CLIENT:
        return answer | {"clients": [each | {"sid": "S-1-5-21-9-9-9-9999"} for each in answer.get("clients", [])]}
    spoil = _JOURNALS.get(fault)
    if spoil is not None:
        for client in answer.get("clients", []):
            for order in client["orders"]:
                order["journal"] = _with_journal(order["journal"], spoil)
    return answer


def _with_journal(packed: str, spoil: Callable[[list[bytes]], bytes]) -> str:
    if not packed:
        return packed
    return pack(spoil(unpack(packed, SIZE_LIMIT).splitlines(keepends=True)))


def _too_large(lines: list[bytes]) -> bytes:
    return b"".join(lines) + b"x" * SIZE_LIMIT


def _cut(lines: list[bytes]) -> bytes:
    """Whole lines are missing from the middle."""
    return lines[0] + b"".join(lines[-1:])


def _wrong_digits(lines: list[bytes]) -> bytes:
    return b"".join([lines[0], b"0" * 16 + lines[1][16:], *lines[2:]])


def _not_of_its_schema(lines: list[bytes]) -> bytes:
    """The digits fit, the records mean nothing."""
    digits, first = seal("", {"k": "start", "t": "yesterday", "id": 1})
    return first + seal(digits, {"k": "finished", "state": "splendid", "left": "none"})[1]


def _of_another(lines: list[bytes]) -> bytes:
    """Sound, and of an order that this client never got."""
    start = {"k": "start", "t": "2026-11-26T08:00:00Z", "id": "0" * 32, "runner": "0" * 64, "pid": 1}
    digits, first = seal("", start)
    ended = {"k": "finished", "t": "2026-11-26T08:00:01Z", "state": "done", "left": []}
    return first + seal(digits, ended)[1]


_JOURNALS: dict[Fault, Callable[[list[bytes]], bytes]] = {
    Fault.JOURNAL_TOO_LARGE: _too_large,
    Fault.JOURNAL_CUT: _cut,
    Fault.JOURNAL_CHECKSUM: _wrong_digits,
    Fault.JOURNAL_NOT_OF_ITS_SCHEMA: _not_of_its_schema,
    Fault.JOURNAL_OF_ANOTHER: _of_another,
}
