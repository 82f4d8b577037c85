"""Shells and commands of one PC: the WinRS protocol without HTTP (winrm 2.1-2.4)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from notesfleet.simulator.wire import envelope
from notesfleet.simulator.wire.envelope import SHELL, Action, Request

STDIN_LIMIT = 32 * 1024 * 1024
SHELL_LIMIT = 30
IDLE_LIMIT = 600.0
STREAM_ROOM = 4096
DONE, RUNNING = f"{SHELL}/CommandState/Done", f"{SHELL}/CommandState/Running"


@dataclass(frozen=True)
class Output:
    """What a command printed, and its exit code."""

    stdout: bytes
    stderr: bytes = b""
    exit_code: int = 0


class PowerLost(Exception):
    """The PC lost its power while a command ran: nobody answers any more, the connection is dead."""


Execute = Callable[[str, bytes], Awaitable[Output]]
"""(command line, standard input) -> output: an engine on one PC. Raises PowerLost."""


@dataclass
class _Command:
    line: str
    stdin: bytearray = field(default_factory=bytearray)
    task: asyncio.Task[Output] | None = None
    stdout_sent: int = 0
    stderr_sent: int = 0


@dataclass
class _Shell:
    commands: dict[str, _Command] = field(default_factory=dict)
    used: float = field(default_factory=time.monotonic)


class Shells:
    """The shells of one PC. A client that died never deletes its own, so idle ones are dropped."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._shells: dict[str, _Shell] = {}

    def __len__(self) -> int:
        return len(self._shells)

    async def answer(self, request: Request) -> str:
        """The body of the reply. Raises `Fault`, `PowerLost`."""
        if request.action is Action.CREATE:
            return self._create(request)
        shell = self._shells.get(request.shell_id)
        if shell is None:
            raise envelope.unknown_selector()
        shell.used = time.monotonic()
        if request.action is Action.RECEIVE:
            return await self._receive(shell, request)
        if request.action is Action.COMMAND:
            return self._command(shell, request)
        if request.action is Action.SEND:
            return self._send(shell, request)
        if request.action is Action.SIGNAL:
            return self._signal(shell, request)
        return self._delete(request.shell_id)

    async def close(self) -> None:
        """The PC lost its power: what ran there runs no more."""
        tasks = [each.task for shell in self._shells.values() for each in shell.commands.values() if each.task]
        for shell_id in list(self._shells):
            self._delete(shell_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _create(self, request: Request) -> str:
        if request.resource != envelope.CMD:
            raise envelope.invalid_request("The resource URI is not that of a command shell.")
        now = time.monotonic()
        for stale in [key for key, shell in self._shells.items() if now - shell.used > IDLE_LIMIT]:
            self._delete(stale)
        if len(self._shells) >= SHELL_LIMIT:
            raise envelope.too_many_shells()
        shell_id = str(uuid.uuid4()).upper()
        self._shells[shell_id] = _Shell()
        return (
            f"<x:ResourceCreated><a:Address>{envelope.ANONYMOUS}</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{envelope.CMD}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
            "</x:ResourceCreated>"
        )

    def _command(self, shell: _Shell, request: Request) -> str:
        line = request.body.find(f"{{{SHELL}}}CommandLine")
        if line is None:
            raise envelope.invalid_request("The request holds no command line.")
        words = [line.findtext(f"{{{SHELL}}}Command") or ""]
        words += [item.text or "" for item in line.findall(f"{{{SHELL}}}Arguments")]
        command_id, command = str(uuid.uuid4()).upper(), _Command(" ".join(words).strip())
        shell.commands[command_id] = command
        # Without redirected standard input nothing will be sent: the command runs at once.
        if request.option("WINRS_CONSOLEMODE_STDIN").upper() != "FALSE":
            self._start(command)
        return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"

    def _start(self, command: _Command) -> None:
        if command.task is None:
            stdin, command.stdin = bytes(command.stdin), bytearray()
            command.task = asyncio.ensure_future(self._execute(command.line, stdin))

    def _send(self, shell: _Shell, request: Request) -> str:
        for stream in request.body.iter(f"{{{SHELL}}}Stream"):
            command = _known(shell, stream.get("CommandId", ""))
            try:
                command.stdin += base64.b64decode(stream.text or "", validate=True)
            except binascii.Error as error:
                raise envelope.invalid_request("The stream is not base64.") from error
            if len(command.stdin) > STDIN_LIMIT:
                command.stdin = bytearray()
                raise envelope.quota_exceeded("The standard input of the command is too large.")
            if stream.get("End", "").lower() == "true":
                self._start(command)
        return "<rsp:SendResponse/>"

    async def _receive(self, shell: _Shell, request: Request) -> str:
        desired = request.body.find(f"{{{SHELL}}}Receive/{{{SHELL}}}DesiredStream")
        command_id = desired.get("CommandId", "") if desired is not None else ""
        command = _known(shell, command_id)
        if command.task is None:
            await asyncio.sleep(request.timeout)
            raise envelope.timed_out()
        done, _ = await asyncio.wait([command.task], timeout=request.timeout)
        if not done:
            raise envelope.timed_out()
        return _streams(command_id, command, command.task.result(), request.envelope)

    def _signal(self, shell: _Shell, request: Request) -> str:
        signal = request.body.find(f"{{{SHELL}}}Signal")
        command = shell.commands.pop(signal.get("CommandId", ""), None) if signal is not None else None
        if command is None:
            raise envelope.unknown_selector()
        if command.task is not None:
            command.task.cancel()
        return "<rsp:SignalResponse/>"

    def _delete(self, shell_id: str) -> str:
        for command in self._shells.pop(shell_id).commands.values():
            if command.task is not None:
                command.task.cancel()
        return ""


def _known(shell: _Shell, command_id: str) -> _Command:
    command = shell.commands.get(command_id)
    if command is None:
        raise envelope.unknown_selector()
    return command


def _streams(command_id: str, command: _Command, output: Output, limit: int) -> str:
    """The next part of the output that fits the envelope; Done goes with the last one."""
    room = (limit - STREAM_ROOM) * 3 // 4
    stdout = output.stdout[command.stdout_sent : command.stdout_sent + room]
    stderr = output.stderr[command.stderr_sent : command.stderr_sent + room - len(stdout)]
    command.stdout_sent += len(stdout)
    command.stderr_sent += len(stderr)
    name = envelope.attribute(command_id)
    body = "".join(
        f'<rsp:Stream Name="{stream}" CommandId={name}>{base64.b64encode(data).decode("ascii")}</rsp:Stream>'
        for stream, data in (("stdout", stdout), ("stderr", stderr))
        if data
    )
    if command.stdout_sent < len(output.stdout) or command.stderr_sent < len(output.stderr):
        state = f'<rsp:CommandState CommandId={name} State="{RUNNING}"/>'
        return f"<rsp:ReceiveResponse>{body}{state}</rsp:ReceiveResponse>"
    ends = "".join(f'<rsp:Stream Name="{stream}" CommandId={name} End="true"/>' for stream in ("stdout", "stderr"))
    return (
        f'<rsp:ReceiveResponse>{body}{ends}<rsp:CommandState CommandId={name} State="{DONE}">'
        f"<rsp:ExitCode>{output.exit_code}</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>"
    )
