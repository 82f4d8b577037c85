"""What `exchange.ps1`, `installer.ps1` and the runner's `Exchange.psm1` do, on the model: step by step."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from notesfleet import clock
from notesfleet.canonical import canonical_text, sha256_hex
from notesfleet.codes import Code
from notesfleet.errors import ActionFailure
from notesfleet.orders.documents import ClientRequest, ExchangeRequest, RunnerPackage, StagedOrder
from notesfleet.orders.journal import SIZE_LIMIT
from notesfleet.packed import pack
from notesfleet.powershell.package import unpacked_files
from notesfleet.simulator.model.seams_system import ModelSystemSeams

ANSWER_LIMIT = 11534336
TASK_ARGUMENTS = (
    '-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -WindowStyle Hidden -File "{folder}\\runner.ps1"'
)
_LAST_RECORD = re.compile(rb'(?:^|\n)[0-9a-f]{16} \{(?:[^\n]*,)?"k":"(finished|pending)"[^\n]*\}\n$')
_ATTEMPT = re.compile(r'"attempt":([0-9]{1,4})[,}]')


@dataclass
class _Order:
    """How an order stands in this exchange. `again`: sent with a higher attempt; `before`: its journal's size.

    `cancel`: whether its `.cancel` file lies there.
    """

    id: str
    staged: str = "absent"
    ended_before: bool = False
    cancel: str = "none"
    journal: str = ""
    error: str = ""
    again: bool = False
    before: int = 0

    @property
    def works(self) -> bool:
        """Whether a runner has something to do for it. One that could not be cancelled is not started."""
        return self.staged in ("new", "known") and (not self.ended_before or self.again) and not self.error

    def document(self) -> dict[str, Any]:
        names = ("id", "staged", "ended_before", "before", "cancel", "journal", "error")
        return {name: getattr(self, name) for name in names}


@dataclass
class _Client:
    sid: str
    logged_on: bool = False
    started: bool = False
    orders: list[_Order] = field(default_factory=list)
    error: str = ""

    def document(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in ("sid", "logged_on", "started", "error")}
        return {**fields, "orders": [order.document() for order in self.orders]}


class Exchange:
    """One exchange. `wait(seconds)` is Wait-Runner, at whose first call the started runners run."""

    def __init__(self, seams: ModelSystemSeams, wait: Callable[[int], bool]) -> None:
        self._seams, self._wait = seams, wait
        self._root = f"{seams.get_folder_path('ProgramData')}\\notesfleet\\clients"

    def run(self, request: ExchangeRequest, *, installs: bool) -> dict[str, Any]:
        """The answer. `installs`: by `install.ps1`. Raises ActionFailure where nothing at all could be done."""
        folder = f"{self._seams.get_folder_path('ProgramFiles')}\\notesfleet\\runner\\{request.runner.hash}"
        state = "present"
        if self._folder_hash(folder) != request.runner.hash:
            if not installs:
                return {"changed": False, "runner": "missing", "clients": []}
            with self._machine_lock():
                state = self._install(request.runner, folder)
        with self._machine_lock():
            clients = [self._guarded(client, folder) for client in request.clients]
        self._wait_for_reports(clients, request.wait)
        self._read_reports(clients)
        time = clock.text(self._seams.get_runner_time())
        answers = [client.document() for client in clients]
        return {"changed": False, "runner": state, "time": time, "clients": answers}

    @contextlib.contextmanager
    def _machine_lock(self) -> Iterator[None]:
        if not self._seams.enter_machine_lock():
            raise ActionFailure(Code.RUNNER_ERROR, "another exchange has held the machine lock for 60 s")
        try:
            yield
        finally:
            self._seams.exit_machine_lock()

    def _install(self, package: RunnerPackage, folder: str) -> str:
        """present or installed; a folder that is half written is written again."""
        if self._folder_hash(folder) == package.hash:
            return "present"
        self._seams.new_protected_folder(folder, "Users")
        for file in unpacked_files(package.archive):
            self._seams.set_client_file(f"{folder}\\{file.name}", file.content)
        if self._folder_hash(folder) != package.hash:
            raise ActionFailure(Code.HASH_MISMATCH, f"{folder} does not have its hash after it was written")
        return "installed"

    def _folder_hash(self, folder: str) -> str:
        found = sorted(self._seams.get_file_digest(folder), key=lambda each: each.name)
        files = [{"name": each.name, "sha256": each.sha256} for each in found]
        return sha256_hex(canonical_text(files).encode("ascii"))

    def _guarded(self, request: ClientRequest, folder: str) -> _Client:
        client = _Client(request.sid)
        try:
            self._publish_client(request, client, folder)
        except ActionFailure as failure:
            client.error = str(failure)
        return client

    def _publish_client(self, request: ClientRequest, client: _Client, folder: str) -> None:
        base = f"{self._root}\\{client.sid}"
        sessions = [session for session in self._seams.get_user_session() if session.sid == client.sid]
        client.logged_on = bool(sessions)
        recalled = [each for each in request.cancel if self._lies_there(each, base)]
        if request.orders or recalled:
            self._seams.new_protected_folder(f"{base}\\orders", client.sid)
            self._seams.new_protected_folder(f"{base}\\journals", client.sid)
        client.orders = [self._publish_order(order, base, client.sid) for order in request.orders]
        client.orders += [self._find_order(order_id, base) for order_id in request.collect]
        client.orders += [self._publish_cancel(order_id, request.cancel_text, base) for order_id in request.cancel]
        if not any(order.works for order in client.orders):
            return
        self._seams.register_runner_task(client.sid, "powershell.exe", TASK_ARGUMENTS.format(folder=folder))
        active = [session for session in sessions if session.state == "active"]
        if active:
            self._seams.start_runner_task(client.sid, active[0].id)
            client.started = True

    def _publish_order(self, order: StagedOrder, base: str, sid: str) -> _Order:
        """The order's own file comes last, so that a runner never sees half of what belongs to it."""
        answer = _Order(order.id)
        try:
            if sha256_hex(order.text.encode("ascii", "replace"))[:32] != order.id:
                raise ActionFailure(Code.BAD_ORDER, "the order does not have its hash")
            path, journal = f"{base}\\orders\\{order.id}", f"{base}\\journals\\{order.id}.journal"
            known = self._has_text(f"{path}.json", order.text)
            if not self._look_before(answer, base):
                self._seams.new_journal_file(journal, sid)
            self._publish_staging(answer, f"{path}.staging.json", order.staging)
            if not known:
                self._seams.set_client_file(f"{path}.json", order.text.encode("ascii"))
            answer.staged = "known" if known else "new"
        except ActionFailure as failure:
            answer.staged, answer.error = "refused", str(failure)
        return answer

    def _publish_staging(self, answer: _Order, path: str, staging: str) -> None:
        if self._has_text(path, staging):
            return
        old = self._seams.get_client_file(path, SIZE_LIMIT)
        if old is not None:
            answer.again = answer.ended_before and _attempt(staging) > _attempt(old.decode("ascii", "replace"))
        self._seams.set_client_file(path, staging.encode("ascii", "replace"))

    def _find_order(self, order_id: str, base: str) -> _Order:
        answer = _Order(order_id)
        if self._lies_there(order_id, base):
            answer.staged = "known"
            self._look_before(answer, base)
        return answer

    def _publish_cancel(self, order_id: str, text: str, base: str) -> _Order:
        """Only beside an order that lies there and has not finished: what has ended stays what it is."""
        answer = self._find_order(order_id, base)
        if answer.staged != "known" or answer.ended_before or answer.cancel != "none":
            return answer
        try:
            self._seams.set_client_file(f"{base}\\orders\\{order_id}.cancel", text.encode("ascii"))
            answer.cancel = "new"
        except ActionFailure as failure:
            answer.error = str(failure)
        return answer

    def _lies_there(self, order_id: str, base: str) -> bool:
        return self._seams.get_client_file(f"{base}\\orders\\{order_id}.json", 1) is not None

    def _has_text(self, path: str, text: str) -> bool:
        return self._seams.get_client_file(path, SIZE_LIMIT) == text.encode("ascii", "replace")

    def _look_before(self, answer: _Order, base: str) -> bool:
        """True: there is a journal."""
        if self._seams.get_client_file(f"{base}\\orders\\{answer.id}.cancel", 1) is not None:
            answer.cancel = "known"
        data = self._journal(base, answer.id)
        if data is not None:
            answer.before = len(data)
        answer.ended_before = _end_of(data) == "finished"
        return data is not None

    def _journal(self, base: str, order_id: str, limit: int = SIZE_LIMIT) -> bytes | None:
        return self._seams.get_client_file(f"{base}\\journals\\{order_id}.journal", limit)

    def _is_open(self, order: _Order, base: str) -> bool:
        """What the journal said before says nothing of an attempt or a cancellation that came with this exchange."""
        if not order.works:
            return False
        data = self._journal(base, order.id) or b""
        return not _end_of(data) or ((order.again or order.cancel == "new") and len(data) <= order.before)

    def _wait_for_reports(self, clients: list[_Client], seconds: int) -> None:
        """Until every order that a started runner works on has finished or is pending, or its user is gone."""
        for second in range(seconds):
            here = {session.sid for session in self._seams.get_user_session()}
            waits = any(
                second == 0 or self._is_open(order, f"{self._root}\\{client.sid}")
                for client in clients
                if client.started and client.sid in here
                for order in client.orders
            )
            if not waits or not self._wait(1):
                return

    def _read_reports(self, clients: list[_Client]) -> None:
        total = 0
        for client in clients:
            for order in client.orders:
                data = self._journal(f"{self._root}\\{client.sid}", order.id, SIZE_LIMIT + 1)
                if not data:
                    continue
                total += len(data)
                if len(data) > SIZE_LIMIT or total > ANSWER_LIMIT:
                    order.error = f"{Code.JOURNAL_DAMAGED.value}: the journal is too large to be read"
                else:
                    order.journal = pack(data)


def _end_of(journal: bytes | None) -> str:
    """`finished` or `pending` where the last whole line of a journal is of that kind."""
    found = _LAST_RECORD.search(journal[journal.rfind(b"\n", 0, -1) + 1 :]) if journal else None
    return found[1].decode("ascii") if found else ""


def _attempt(staging: str) -> int:
    found = _ATTEMPT.search(staging)
    return int(found[1]) if found else 0
