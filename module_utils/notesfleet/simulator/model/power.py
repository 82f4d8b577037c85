"""Power cuts: a PC that loses its power at a chosen journal append or write does nothing more until revived."""

from __future__ import annotations

from collections.abc import Callable


class PowerCut(BaseException):
    """The PC has no power. Not an Exception, so that nothing that runs on the PC can catch it."""


class Power:
    """Counts appends and writes of one runner; cuts where it was told to."""

    def __init__(self) -> None:
        self._joins: dict[tuple[str, int], Callable[[], None]] = {}
        self.appends, self.writes = 0, 0
        self._cut_append, self._torn = 0, 0
        self._cut_write, self._after = 0, False
        self._off = False

    def cut_after(self, appends: int, torn: int) -> None:
        """Cut during the append of that number (from 1), `torn` bytes of which reach the disk."""
        self._cut_append, self._torn = appends, torn

    def cut_at_write(self, number: int, after: bool = False) -> None:
        """Cut just before (or just after) the write of that number (from 1)."""
        self._cut_write, self._after = number, after

    def at_write(self, number: int, do: Callable[[], None]) -> None:
        """Let `do` happen just before the write of that number (from 1)."""
        self._joins["write", number] = do

    def at_append(self, number: int, do: Callable[[], None]) -> None:
        """Let `do` happen just before the append of that number (from 1)."""
        self._joins["append", number] = do

    def revive(self) -> None:
        """Power again, and no further cut; the counters begin anew."""
        self._off, self._cut_append, self._cut_write = False, 0, 0
        self._joins.clear()
        self.appends, self.writes = 0, 0

    @property
    def is_off(self) -> bool:
        return self._off

    def check(self) -> None:
        if self._off:
            raise PowerCut

    def append(self, line: bytes, put: Callable[[bytes], None]) -> None:
        """Put a line to the disk, or as much of it as is left of the power."""
        self.check()
        self.appends += 1
        self._join("append", self.appends)
        if self.appends == self._cut_append:
            put(line[: self._torn])
            self._off = True
            raise PowerCut
        put(line)

    def write(self, do: Callable[[], None]) -> None:
        """Change the world, unless the power goes just then."""
        self.check()
        self.writes += 1
        self._join("write", self.writes)
        cut = self.writes == self._cut_write
        if not (cut and not self._after):
            do()
        if cut:
            self._off = True
            raise PowerCut

    def _join(self, kind: str, number: int) -> None:
        do = self._joins.pop((kind, number), None)
        if do is not None:
            do()
