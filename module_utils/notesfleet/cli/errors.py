"""Errors on the command line: one line each on stderr, never a traceback (design section 10)."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperGroup

from notesfleet.errors import NotesfleetError

CTRL_C = 130
WRONG_INPUT = 2
"""Wrong usage or input, a store that cannot be used, a disk that is full."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Group(TyperGroup):
    """The outermost group: turns errors of the one error tree, and wrong usage, into lines."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        _keep_examples(self)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command. Exit codes: 0, 1 (the answer is no), 2 (wrong usage or input), 130 (Ctrl-C)."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        try:
            code = super().main(args, prog_name or "notesfleet", complete_var, False, windows_expand_args, **extra)
        except NotesfleetError as error:
            fail(error)
        except OSError as error:
            _not_written(error)
        except typer.Abort:
            sys.exit(CTRL_C)
        except Exception as error:
            # Typer hands out its own copy of Click, whose exceptions have no public name.
            message = getattr(error, "format_message", None)
            if message is None:
                raise
            _wrong_usage(message(), getattr(error, "ctx", None))
        sys.exit(code if isinstance(code, int) else 0)


def fail(error: NotesfleetError) -> None:
    """Say each sentence of an error on a line of its own, and end."""
    for line in str(error).splitlines():
        _say(line)
    sys.exit(WRONG_INPUT)


def _not_written(error: OSError) -> None:
    """Say that a disk is full, which mostly is what is printed to: stores and named files have their own errors.

    Other failures of the system are not expected, and raised again.
    """
    if error.errno not in FULL:
        raise error
    # Python would try once more as it ends, and complain.
    with suppress(OSError):
        sys.stdout.close()
    _say(f"not all could be written ({error.strerror}): free space where it goes to, and run the command again")
    sys.exit(WRONG_INPUT)


def _wrong_usage(message: str, context: Any) -> None:
    if message.startswith("Usage: "):
        # A group without a command: its whole help.
        typer.echo(message, err=True)
    else:
        sentence = _with_suggestion(message.replace("Value error, ", ""))
        _say(f"{sentence} ({context.command_path} --help)" if context else sentence)
    sys.exit(WRONG_INPUT)


def _with_suggestion(sentence: str) -> str:
    """Where a word is not one of several, the one that is close to it."""
    found = re.search(r"'([^']+)' is not one of (.+)\.", sentence)
    close = get_close_matches(found[1], re.findall(r"'([^']+)'", found[2]), 1) if found else []
    return f"{sentence} Did you mean '{close[0]}'?" if close else sentence


def _keep_examples(command: Any) -> None:
    """Examples stand in lines of their own, which are never broken: they are there to be copied."""
    if command.help:
        command.help = re.sub(r"\s+(?=Example: )", "\n\n\b\n", command.help)
    for each in getattr(command, "commands", {}).values():
        _keep_examples(each)


def _say(sentence: str) -> None:
    typer.echo(f"notesfleet: {' '.join(sentence.split())}", err=True)
