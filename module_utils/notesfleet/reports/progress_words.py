"""The words of a run's progress and of its summary, in English and French."""

from __future__ import annotations

from dataclasses import dataclass

from notesfleet.orders.model import OrderState
from notesfleet.reports.verdicts import BRAKE, EXCLUDED, ORDER_FAILED, Status, Verdict
from notesfleet.reports.words import WORDS, Language


@dataclass(frozen=True)
class ProgressWords:
    """What a run says in one language. `changed`, `would_change`: behind the number of hosts that are done."""

    language: Language
    statuses: dict[Status, str]
    changed: str
    would_change: str
    host: str
    hosts: str
    not_begun: str
    more: str
    other_causes: str
    no_hosts: str
    ignored: str
    see_more: str
    check_mode: str
    differs: str
    causes: dict[str, str]

    def sentence(self, verdict: Verdict) -> str:
        """Why a host stands so, without a full stop; empty where there is nothing to say."""
        cause = verdict.cause
        if cause.startswith(f"{EXCLUDED}: "):
            return f"{self.causes[EXCLUDED]}{cause.removeprefix(EXCLUDED)}"
        return (self.causes.get(cause) or WORDS[self.language].reason(cause, verdict.unmet)).rstrip(". ")


_ENGLISH = ProgressWords(
    language=Language.EN,
    statuses={
        Status.PRESENT: "there",
        Status.SKIPPED: "skipped",
        Status.DONE: "done",
        Status.CHANGED: "changed",
        Status.PENDING: "pending",
        Status.HELD: "held",
        Status.ABSENT: "absent",
        Status.FAILED: "failed",
    },
    changed="changed",
    would_change="would change",
    host="host",
    hosts="hosts",
    not_begun="not begun",
    more="and {count} more",
    other_causes="{count} other causes",
    no_hosts="no hosts",
    ignored="failed and ignored",
    see_more="-v shows every result.",
    check_mode="This was a look: nothing of the users' was changed.",
    differs="would be or is changed on",
    causes={
        BRAKE: "The brake of this run is set",
        EXCLUDED: "excluded",
        ORDER_FAILED: "An order failed on the PC; `notesfleet report` says why",
        OrderState.STAGED.value: "The order lies on the PC and has not begun",
        OrderState.RUNNING.value: "The order is being executed; the next run brings its report",
    },
)

_FRENCH = ProgressWords(
    language=Language.FR,
    statuses={
        Status.PRESENT: "présents",
        Status.SKIPPED: "sautés",
        Status.DONE: "terminés",
        Status.CHANGED: "modifiés",
        Status.PENDING: "en attente",
        Status.HELD: "retenus",
        Status.ABSENT: "absents",
        Status.FAILED: "en échec",
    },
    changed="modifiés",
    would_change="seraient modifiés",
    host="hôte",
    hosts="hôtes",
    not_begun="non commencés",
    more="et {count} de plus",
    other_causes="{count} autres causes",
    no_hosts="aucun hôte",
    ignored="échec ignoré",
    see_more="-v montre chaque résultat.",
    check_mode="Simple examen : rien n'a été modifié chez les utilisateurs.",
    differs="serait ou est modifié sur",
    causes={
        BRAKE: "Le frein de cette exécution est mis",
        EXCLUDED: "exclu",
        ORDER_FAILED: "Un ordre a échoué sur le PC ; `notesfleet report` dit pourquoi",
        OrderState.STAGED.value: "L'ordre est sur le PC et n'a pas commencé",
        OrderState.RUNNING.value: "L'ordre est en cours ; la prochaine exécution rapportera son compte rendu",
    },
)

PROGRESS_WORDS = {Language.EN: _ENGLISH, Language.FR: _FRENCH}
