"""notes.ini, byte for byte (notes_client 2; action-engine section 11, part kind `ini`).

Lines are kept as they lie in the file; only the lines that somebody asks for are decoded. A name is what
stands before the first `=`, trimmed and compared without case; only lines of the section `[Notes]`, or
before any section, count.
"""

from __future__ import annotations

import re
from collections import Counter
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
        """Never fails for a code page of Windows; `to_bytes` gives the same bytes again.

        A line whose name the code page cannot read has no name: it is kept and never found.
        """
        entries: list[_Line] = []
        inside = True
        for match in _LINE.finditer(data):
            if match.end() == match.start():
                continue
            text, name = match[1], None
            if text.lstrip().startswith(b"["):
                inside = text.strip().lower() == b"[notes]"
            elif inside and b"=" in text:
                name = _name(text.split(b"=", 1)[0], code_page)
            entries.append(_Line(text, match[2], name))
        return cls(tuple(entries), code_page)

    def values(self, name: str) -> list[str]:
        """The values of all lines of that name, in their order. Raises ActionFailure unreadable, as all that decode."""
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

    def kept(self, name: str) -> list[tuple[int, str]]:
        """What `restored` needs: number and whole text of the lines of that name, with their line ends."""
        return [(number, text + self.entries[number].end.decode("ascii")) for number, text in self.lines(name)]

    def names(self) -> list[str]:
        """All names, lower case, in order of their first line, each once."""
        return list(self._counts())

    def duplicates(self) -> list[str]:
        """The names of more than one line, sorted."""
        return sorted(name for name, lines in self._counts().items() if lines > 1)

    def with_values(self, name: str, values: list[str]) -> NotesIni:
        """These values where the first line of that name stood; further lines dropped; none: appended."""
        folded = fold_name(name)
        places = [number for number, line in enumerate(self.entries) if line.name == folded]
        spelled = self.lines(name)[0][1].split("=", 1)[0] if places else name
        rest = self._without(folded)
        if not places:
            return rest._appended([f"{spelled}={value}" for value in values], folded)
        end = self.entries[places[0]].end
        lines = [_Line(encode(f"{spelled}={value}", self.code_page), end or _NEW_LINE, folded) for value in values]
        if lines and not end:
            lines[-1] = replace(lines[-1], end=end)
        return rest._with(places[0], lines)

    def restored(self, name: str, keep: list[tuple[int, str]]) -> NotesIni:
        """Exactly these lines of that name (`kept`) again, at their numbers: the undo of `with_values`."""
        folded = fold_name(name)
        rest = self._without(folded)
        if not keep and self._is_open_end(folded) and rest.entries:
            # The line had been appended to a file whose last line had no end.
            return NotesIni((*rest.entries[:-1], replace(rest.entries[-1], end=b"")), self.code_page)
        for number, text in sorted(keep):
            line = text.rstrip("\r\n")
            rest = rest._with(number, [_Line(encode(line, self.code_page), text[len(line) :].encode("ascii"), folded)])
        return rest

    def to_bytes(self) -> bytes:
        return b"".join(line.data + line.end for line in self.entries)

    def _counts(self) -> Counter[str]:
        return Counter(line.name for line in self.entries if line.name is not None)

    def _is_open_end(self, folded: str) -> bool:
        """Whether the file's last line is of that name and has no line end."""
        return bool(self.entries) and self.entries[-1].name == folded and not self.entries[-1].end

    def _without(self, folded: str) -> NotesIni:
        return NotesIni(tuple(line for line in self.entries if line.name != folded), self.code_page)

    def _with(self, place: int, lines: list[_Line]) -> NotesIni:
        """Lines put in. One that no longer is the last gets a line end."""
        entries = [*self.entries[:place], *lines, *self.entries[place:]]
        ended = [line if line.end else replace(line, end=_NEW_LINE) for line in entries[:-1]]
        return NotesIni((*ended, *entries[-1:]), self.code_page)

    def _appended(self, texts: list[str], folded: str) -> NotesIni:
        """At the end of the section; where the file's last line has no end, the new last one has none either."""
        place = self._end_of_section()
        open_end = place == len(self.entries) and bool(self.entries) and not self.entries[-1].end
        lines = [_Line(encode(text, self.code_page), _NEW_LINE, folded) for text in texts]
        if lines and open_end:
            lines[-1] = replace(lines[-1], end=b"")
        return self._with(place, lines)

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
    return lower(trim(name))


def trim(text: str) -> str:
    """Without the blanks at both ends that .NET calls blank."""
    return text.strip(_BLANKS)


_BLANKS = "".join(chr(number) for number in range(0x3001) if chr(number).isspace() and not 0x1C <= number <= 0x1F)
"""Python would trim four separators more."""


def _name(data: bytes, code_page: int) -> str | None:
    try:
        return fold_name(decode(data, code_page))
    except ActionFailure:
        return None


def lower(text: str) -> str:
    """ASCII A-Z to lower case, nothing else: the same in both languages and every culture."""
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)


def decode(data: bytes, code_page: int) -> str:
    """Text of bytes. Raises ActionFailure unreadable where they are no text, or one that would be written otherwise.

    A single byte that the code page leaves undefined is the character that Windows shows for it.
    """
    codec = _codec(code_page)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if code_page in MULTI_BYTE:
            raise ActionFailure(Code.UNREADABLE, f"bytes that code page {code_page} does not have") from error
        return "".join(_byte(byte, code_page) for byte in data)
    # Some characters have two codes, of which only one is ever written.
    if code_page in MULTI_BYTE and text.encode(codec) != data:
        raise ActionFailure(Code.UNREADABLE, f"bytes that code page {code_page} writes otherwise")
    return text


def encode(text: str, code_page: int) -> bytes:
    """The reverse of `decode`. Raises ActionFailure not_in_code_page."""
    codec = _codec(code_page)
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        if code_page in MULTI_BYTE:
            raise _not_there(text[error.start], code_page) from error
    return b"".join(_character(letter, code_page) for letter in text)


MULTI_BYTE = (932, 936, 949, 950, 65001)
_UNDEFINED: dict[int, dict[int, int]] = {
    874: {0xDB + at: 0xF8C1 + at for at in range(4)} | {0xFC + at: 0xF8C5 + at for at in range(4)},
    1253: {0xAA: 0xF8F9, 0xD2: 0xF8FA, 0xFF: 0xF8FB},
    1255: {0xCA: 0x05BA, **{0xD9 + at: 0xF88D + at for at in range(7)}, 0xFB: 0xF894, 0xFC: 0xF895, 0xFF: 0xF896},
    1257: {0xA1: 0xF8FC, 0xA5: 0xF8FD},
}
"""Bytes of a code page that Python does not have, as Windows' own tables read them; others are C1 characters."""


def _codec(code_page: int) -> str:
    return "utf-8" if code_page == 65001 else f"cp{code_page}"


def _byte(byte: int, code_page: int) -> str:
    try:
        return bytes([byte]).decode(_codec(code_page))
    except UnicodeDecodeError:
        return chr(_UNDEFINED.get(code_page, {}).get(byte, byte))


def _character(letter: str, code_page: int) -> bytes:
    try:
        return letter.encode(_codec(code_page))
    except UnicodeEncodeError as error:
        number = {shown: byte for byte, shown in _UNDEFINED.get(code_page, {}).items()}.get(ord(letter), ord(letter))
        if 0x80 <= number <= 0xFF and _byte(number, code_page) == letter:
            return bytes([number])
        raise _not_there(letter, code_page) from error


def _not_there(letter: str, code_page: int) -> ActionFailure:
    return ActionFailure(Code.NOT_IN_CODE_PAGE, f"U+{ord(letter):04X} is not in code page {code_page}")
