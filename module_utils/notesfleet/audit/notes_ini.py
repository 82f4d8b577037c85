"""notes.ini, byte for byte (notes_client 2; action-engine section 11, part kind `ini`).

Lines are kept as they lie in the file; only the lines that somebody asks for are decoded. A name is what
stands before the first `=`, trimmed and compared without case; only lines of the section `[Notes]`, or
before any section, count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from notesfleet.codes import Code
from notesfleet.errors import ActionFailure

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|$)")
_NEW_LINE = b"\r\n"


@dataclass(frozen=True)
class _Line:
    data: bytes
    end: bytes
    name: str | None


@dataclass(frozen=True)
class NotesIni:
    """The lines of a notes.ini and the ANSI code page in which it is read."""

    entries: tuple[_Line, ...]
    code_page: int

    @classmethod
    def parse(cls, data: bytes, code_page: int) -> NotesIni:
        """Never fails; `to_bytes` gives the same bytes again. Raises ActionFailure only for odd code pages."""
        entries: list[_Line] = []
        inside = True
        for match in _LINE.finditer(data):
            if match.end() == match.start():
                continue
            text, name = match[1], None
            if text.lstrip().startswith(b"["):
                inside = text.strip().lower() == b"[notes]"
            elif inside and b"=" in text:
                name = fold_name(decode(text.split(b"=", 1)[0], code_page))
            entries.append(_Line(text, match[2], name))
        return cls(tuple(entries), code_page)

    def values(self, name: str) -> list[str]:
        """The values of all lines of that name, in their order."""
        return [text.split("=", 1)[1] for _, text in self.lines(name)]

    def value(self, name: str) -> str | None:
        """The value that counts where a name stands twice: the first (notes_client 2)."""
        values = self.values(name)
        return values[0] if values else None

    def lines(self, name: str) -> list[tuple[int, str]]:
        """Number (from 0) and whole text of the lines of that name."""
        folded = fold_name(name)
        return [
            (number, decode(line.data, self.code_page))
            for number, line in enumerate(self.entries)
            if line.name == folded
        ]

    def names(self) -> list[str]:
        """All names, lower case, in order of their first line, each once."""
        return list(dict.fromkeys(line.name for line in self.entries if line.name is not None))

    def with_values(self, name: str, values: list[str]) -> NotesIni:
        """These values where the first line of that name stood; further lines dropped; none: appended."""
        folded = fold_name(name)
        places = [number for number, line in enumerate(self.entries) if line.name == folded]
        spelled = self.lines(name)[0][1].split("=", 1)[0] if places else name
        place = places[0] if places else self._end_of_section()
        rest = self._without(folded)
        for offset, value in enumerate(values):
            rest = rest._insert(place + offset, f"{spelled}={value}", folded, self._open_end)
        return rest

    def restored(self, name: str, keep: list[tuple[int, str]]) -> NotesIni:
        """Exactly these lines of that name again, at their numbers: the undo of `with_values`."""
        folded = fold_name(name)
        rest = self._without(folded)
        for number, text in sorted(keep):
            rest = rest._insert(number, text, folded, self._open_end)
        return rest

    def to_bytes(self) -> bytes:
        return b"".join(line.data + line.end for line in self.entries)

    @property
    def _open_end(self) -> bool:
        return bool(self.entries) and not self.entries[-1].end

    def _without(self, folded: str) -> NotesIni:
        kept = [line for line in self.entries if line.name != folded]
        if kept and self.entries[-1].name == folded and not self.entries[-1].end:
            kept[-1] = replace(kept[-1], end=b"")
        return NotesIni(tuple(kept), self.code_page)

    def _insert(self, place: int, text: str, folded: str, open_end: bool) -> NotesIni:
        """`open_end`: the file's last line had no line end, so that a line that stands alone has none either."""
        entries = list(self.entries)
        place = min(place, len(entries))
        end = b"" if open_end and not entries else _NEW_LINE
        if entries and place == len(entries) and not entries[-1].end:
            entries[-1], end = replace(entries[-1], end=_NEW_LINE), b""
        entries.insert(place, _Line(encode(text, self.code_page), end, folded))
        return NotesIni(tuple(entries), self.code_page)

    def _end_of_section(self) -> int:
        """Behind the last line of [Notes]; the file's end where it has no further section."""
        inside = True
        place = 0
        for number, line in enumerate(self.entries):
            if line.data.lstrip().startswith(b"["):
                inside = line.data.strip().lower() == b"[notes]"
            if inside:
                place = number + 1
        return place


def fold_name(name: str) -> str:
    """A name as it is compared: trimmed, A-Z in lower case."""
    return lower(name.strip())


def lower(text: str) -> str:
    """ASCII A-Z to lower case, nothing else: the same in both languages and every culture."""
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)


def decode(data: bytes, code_page: int) -> str:
    """Text of bytes; bytes that the code page leaves undefined are the C1 character of that number."""
    codec = _codec(code_page)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        if code_page in MULTI_BYTE:
            raise ActionFailure(Code.UNREADABLE, f"bytes that code page {code_page} does not have") from error
    return "".join(_byte(byte, codec) for byte in data)


def encode(text: str, code_page: int) -> bytes:
    """The reverse of `decode`. Raises ActionFailure not_in_code_page."""
    codec = _codec(code_page)
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        if code_page in MULTI_BYTE:
            raise _not_there(text[error.start], code_page) from error
    return b"".join(_character(letter, codec, code_page) for letter in text)


MULTI_BYTE = (932, 936, 949, 950, 65001)


def _codec(code_page: int) -> str:
    return "utf-8" if code_page == 65001 else f"cp{code_page}"


def _byte(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def _character(letter: str, codec: str, code_page: int) -> bytes:
    try:
        return letter.encode(codec)
    except UnicodeEncodeError as error:
        number = ord(letter)
        if 0x80 <= number <= 0x9F and _byte(number, codec) == letter:
            return bytes([number])
        raise _not_there(letter, code_page) from error


def _not_there(letter: str, code_page: int) -> ActionFailure:
    return ActionFailure(Code.NOT_IN_CODE_PAGE, f"U+{ord(letter):04X} is not in code page {code_page}")
