"""The words of reports in English and French."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from notesfleet.codes import SENTENCES, Code, PendingReason
from notesfleet.orders.model import OrderState
from notesfleet.store.states import ClientState


class Language(StrEnum):
    """A language of reports."""

    EN = "en"
    FR = "fr"

    @classmethod
    def of_environment(cls) -> Language:
        """The language of LC_ALL, LC_MESSAGES or LANG; English for others."""
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if value := os.environ.get(name):
                return cls.FR if value.lower().startswith("fr") else cls.EN
        return cls.EN


@dataclass(frozen=True)
class Words:
    """What a report says in one language."""

    client: str
    state: str
    why: str
    steps: str
    compared: str
    left: str
    seen: str
    not_compared: str
    never: str
    nobody: str
    unaudited: str
    expired: str
    cancelled: str
    recalled: str
    states: dict[ClientState, str]
    reasons: Mapping[str, str]
    conditions: Mapping[str, str]
    absences: Mapping[str, str]

    def reason(self, reason: str | None, unmet: str | None = None) -> str:
        """The sentence of a code or pending reason; a text that is neither, as it is.

        `unmet`: the condition that is waited for, where that is the reason.
        """
        if reason is None:
            return ""
        if reason == PendingReason.CONDITION and unmet is not None and unmet in self.conditions:
            return self.conditions[unmet]
        if reason == OrderState.EXPIRED.value:
            return self.expired
        if reason == OrderState.CANCELLED.value:
            return self.cancelled
        return self.reasons.get(reason) or self.absences.get(reason, reason)


ENGLISH = Words(
    client="client",
    state="state",
    why="why",
    steps="steps",
    compared="mail",
    left="left",
    seen="last seen",
    not_compared="not compared",
    never="never",
    nobody="No PC is in the store; `notesfleet clients import FILE` takes a list of them.",
    unaudited="not audited",
    expired="Its time was over before it began; the next run sends it again.",
    cancelled="It was cancelled; a new round sends it again.",
    recalled="It is cancelled on the PC and ends at the runner's next look.",
    states={
        ClientState.AUDITED: "audited",
        ClientState.LEFT_OUT: "left out",
        ClientState.EXCLUDED: "excluded",
        ClientState.WAITING: "waiting",
        ClientState.PENDING: "pending",
        ClientState.DONE: "done",
        ClientState.FAILED: "failed",
        ClientState.ABSENT: "absent",
        ClientState.ASIDE: "aside",
    },
    reasons={code: sentence.administrator for code, sentence in SENTENCES.items()},
    conditions={
        "require.mailbox_at": "The administrators have not moved the mailbox yet.",
        "require.outbox_empty": "Mail waits in the outbox until Notes has sent it.",
        "require.replica_complete": "The local replica is not complete yet.",
        "require.server_opens": "The new server does not answer this client yet.",
    },
    absences={
        "does not answer in time": "The PC does not answer in time.",
        "refuses the connection": "The PC refuses the connection.",
        "breaks the connection off": "The PC breaks the connection off.",
    },
)

FRENCH = Words(
    client="client",
    state="état",
    why="pourquoi",
    steps="étapes",
    compared="courrier",
    left="reste",
    seen="vu le",
    not_compared="non comparé",
    never="jamais",
    nobody="Aucun PC dans la base ; `notesfleet clients import FICHIER` en reprend une liste.",
    unaudited="non audité",
    expired="Son délai a expiré avant qu'il ne commence ; la prochaine exécution l'enverra de nouveau.",
    cancelled="Il a été annulé ; un nouveau tour (round) l'enverra de nouveau.",
    recalled="Il est annulé sur le PC et finit au prochain regard de l'exécuteur.",
    states={
        ClientState.AUDITED: "audité",
        ClientState.LEFT_OUT: "hors vague",
        ClientState.EXCLUDED: "exclu",
        ClientState.WAITING: "à faire",
        ClientState.PENDING: "en attente",
        ClientState.DONE: "terminé",
        ClientState.FAILED: "échec",
        ClientState.ABSENT: "absent",
        ClientState.ASIDE: "à part",
    },
    reasons={
        Code.BAD_ORDER: "L'ordre déposé n'a pas son empreinte ou vise un autre client : le déposer de nouveau.",
        Code.OTHER_IDENTITY: "Notes a un autre nom ou un autre dossier de données qu'à l'audit : auditer de nouveau.",
        Code.OTHER_INCARNATION: "Le PC ou le profil n'est plus celui de l'audit (réinstallé ?) : auditer de nouveau.",
        Code.PLANTED_FOLDER: "Un dossier de notesfleet a un autre propriétaire ou est un lien : l'examiner d'abord.",
        Code.NOT_FOUND: "L'objet de l'action est introuvable sur le client : comparer l'ordre au dernier audit.",
        Code.TOO_MANY: "L'action toucherait plus de 500 endroits : restreindre sa sélection.",
        Code.UNREADABLE: "Une valeur n'est pas lisible comme texte et n'a pas été touchée : examiner le client.",
        Code.REFUSED: "La place est prise par autre chose (autre id de réplique, autre type) : examiner le client.",
        Code.TOO_LONG: "La valeur dépasse ce que Notes sait lire (255 caractères) : la raccourcir.",
        Code.NOT_IN_CODE_PAGE: "La valeur a des caractères que la page de codes du PC n'a pas : en choisir d'autres.",
        Code.LOCKED_FILE: "Le fichier est utilisé par un autre programme : l'ordre peut être renvoyé.",
        Code.DISK_FULL: "Le disque est plein : libérer de la place, puis renvoyer l'ordre.",
        Code.NO_RIGHTS: "L'utilisateur n'a pas le droit d'écrire à cet endroit : vérifier les droits du fichier.",
        Code.DAMAGED_FILE: "Le fichier est endommagé : le réparer, puis renvoyer l'ordre.",
        Code.HASH_MISMATCH: "Un fichier déposé n'a pas son empreinte : déposer l'ordre de nouveau.",
        Code.CONDITION_UNMET: "Une condition n'est pas remplie et attendre n'y changera rien : lire ce qu'elle a vu.",
        Code.NOT_TAKEN: "Notes n'a pas gardé la valeur écrite ; l'étape a été annulée.",
        Code.CHANGED_SINCE: "Quelqu'un d'autre a changé la valeur entre-temps ; elle est restée telle quelle.",
        Code.UNKNOWN_OUTCOME: "Une tâche a été coupée et rien ne montre si elle a fini : examiner le client.",
        Code.UNSUPPORTED: "Aucune interface de Notes ne permet ce changement ; il est compté comme restant.",
        Code.TIME_LIMIT: "Une étape a duré plus de 20 s dans la session de l'utilisateur ; elle a été annulée.",
        Code.JOURNAL_DAMAGED: "Les sommes de contrôle du journal sont fausses ; l'ordre s'est arrêté.",
        Code.RUNNER_ERROR: "Une erreur inattendue s'est produite ; l'étape a été annulée.",
        PendingReason.NOTES_OPEN: "Attend que Notes soit fermé.",
        PendingReason.NOTES_CLOSED: "Attend que Notes soit ouvert.",
        PendingReason.LOCKED: "La session est verrouillée.",
        PendingReason.OTHER_SESSION: "Notes est ouvert dans une autre session de cet utilisateur.",
        PendingReason.USER_BUSY: "L'utilisateur travaille en ce moment.",
        PendingReason.WOULD_ASK_PASSWORD: "Notes est fermé et son ID demanderait un mot de passe.",
        PendingReason.CONDITION: "Une condition n'est pas encore remplie.",
        PendingReason.WAITS_FOR_ORDER: "Un ordre antérieur de ce client n'est pas terminé.",
        PendingReason.OTHER_RUNNER: "Un autre exécuteur travaille sur ces données.",
        PendingReason.NOT_BEFORE: "Son heure n'est pas venue.",
        PendingReason.STOPPED_BY_SITE: "La campagne est arrêtée.",
        PendingReason.UNDO_WAITS: "L'annulation d'une étape attend son moment.",
        PendingReason.NOBODY_LOGGED_ON: "L'ordre est sur le PC ; son utilisateur n'a pas ouvert de session.",
    },
    conditions={
        "require.mailbox_at": "Les administrateurs n'ont pas encore déplacé la boîte aux lettres.",
        "require.outbox_empty": "Du courrier attend dans la boîte d'envoi que Notes l'envoie.",
        "require.replica_complete": "La réplique locale n'est pas encore complète.",
        "require.server_opens": "Le nouveau serveur ne répond pas encore à ce client.",
    },
    absences={
        "does not answer in time": "Le PC ne répond pas à temps.",
        "refuses the connection": "Le PC refuse la connexion.",
        "breaks the connection off": "Le PC coupe la connexion.",
    },
)

WORDS = {Language.EN: ENGLISH, Language.FR: FRENCH}
