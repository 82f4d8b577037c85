"""What a state means and what to do about it, for the helpdesk and for the administrator, in English and French.

English sentences for the helpdesk stand beside their codes (`codes.SENTENCES`); here are the French ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from notesfleet.codes import SENTENCES, Code, PendingReason
from notesfleet.orders.model import OrderState
from notesfleet.store.states import ClientState

Both = tuple[str, str]
"""English, French."""

SENTENCE: dict[ClientState | None, Both] = {
    None: ("Its PC was not audited yet.", "Son PC n'a pas encore été audité."),
    ClientState.AUDITED: (
        "It was audited and is in no wave.",
        "Il a été audité et n'est dans aucune vague.",
    ),
    ClientState.LEFT_OUT: ("It is left out: {why}.", "Il est hors vague : {why}."),
    ClientState.EXCLUDED: ("It is set aside ({who}): {why}", "Il est exclu ({who}) : {why}"),
    ClientState.WAITING: (
        "It is planned in wave {wave}; nothing was begun.",
        "Il est prévu dans la vague {wave} ; rien n'est commencé.",
    ),
    ClientState.PENDING: ("{step} waits: {why}", "{step} attend : {why}"),
    ClientState.DONE: ("All steps are done.", "Toutes les étapes sont terminées."),
    ClientState.FAILED: ("{step} failed.", "{step} a échoué."),
    ClientState.ABSENT: ("Its PC is absent. {why}", "Son PC est absent. {why}"),
    ClientState.ASIDE: (
        "What its PC said was refused and kept aside.",
        "Ce que son PC a dit a été refusé et mis à part.",
    ),
}
"""How a client stands, in a sentence."""

ENDED: Both = ("{step} ended without being done: {why}", "{step} a fini sans être faite : {why}")
"""How a client stands whose order was cancelled, taken back, or not begun in time."""

TELL_ENDED: Both = (
    "The move is called off for now; the administrators start it again.",
    "La migration est interrompue pour l'instant ; les administrateurs la relanceront.",
)
"""What its user is told then."""

TELL: dict[ClientState | None, Both] = {
    None: (
        "Switch the PC on and log on, so that it can be looked at; nothing is changed.",
        "Allumer le PC et ouvrir une session pour qu'il soit examiné ; rien n'est changé.",
    ),
    ClientState.AUDITED: ("Nothing is planned for this PC.", "Rien n'est prévu pour ce PC."),
    ClientState.LEFT_OUT: (
        "Mail stays where it is for now; nothing changes.",
        "Le courrier reste où il est pour l'instant ; rien ne change.",
    ),
    ClientState.EXCLUDED: (
        "Mail stays where it is for now; the administrators look at this PC first.",
        "Le courrier reste où il est pour l'instant ; les administrateurs examinent d'abord ce PC.",
    ),
    ClientState.WAITING: (
        "Nothing to do: the move begins by itself.",
        "Rien à faire : la migration commence d'elle-même.",
    ),
    ClientState.DONE: ("Nothing to do: mail has moved.", "Rien à faire : le courrier a été déplacé."),
    ClientState.FAILED: (
        "The move stopped; what was begun was taken back. The administrators look at it.",
        "La migration s'est arrêtée ; ce qui était commencé a été annulé. Les administrateurs s'en occupent.",
    ),
    ClientState.ABSENT: (
        "Switch the PC on and connect it to the company's network.",
        "Allumer le PC et le connecter au réseau de l'entreprise.",
    ),
    ClientState.ASIDE: (
        "Nothing to do: the administrators look at what this PC answered.",
        "Rien à faire : les administrateurs examinent la réponse de ce PC.",
    ),
    ClientState.PENDING: ("Nothing to do: it goes on by itself.", "Rien à faire : cela continue tout seul."),
}
"""What the helpdesk tells the user, where no code or reason says it better."""

TODO: dict[ClientState | None, Both] = {
    None: (
        "Audit it: ansible-playbook playbooks/audit.yml -e target=unaudited",
        "L'auditer : ansible-playbook playbooks/audit.yml -e target=unaudited",
    ),
    ClientState.AUDITED: (
        "Nothing; a wave of the campaign takes it by site, PC or person.",
        "Rien ; une vague de la campagne le prend par site, PC ou personne.",
    ),
    ClientState.LEFT_OUT: (
        "Mend the reason, then audit it inside again.",
        "Corriger la raison, puis refaire un audit intérieur.",
    ),
    ClientState.EXCLUDED: (
        "It ends with a newer audit without the finding, or by hand: notesfleet include {client} --reason TEXT",
        "Cela finit avec un audit plus récent sans le constat, ou à la main : "
        "notesfleet include {client} --reason TEXTE",
    ),
    ClientState.WAITING: (
        "Start its wave: ansible-playbook playbooks/migrate.yml -e target=wave_{wave}",
        "Lancer sa vague : ansible-playbook playbooks/migrate.yml -e target=wave_{wave}",
    ),
    ClientState.PENDING: (
        "Nothing: the PC goes on by itself; playbooks/collect.yml fetches its report.",
        "Rien : le PC continue tout seul ; playbooks/collect.yml ramène son rapport.",
    ),
    ClientState.DONE: ("Nothing.", "Rien."),
    ClientState.ABSENT: (
        "Run the wave again when the PC answers; it is taken then.",
        "Relancer la vague quand le PC répond ; il sera repris alors.",
    ),
    ClientState.ASIDE: (
        "Look at {path}; nothing of it was used. Then run the wave again.",
        "Examiner {path} ; rien n'en a été utilisé. Puis relancer la vague.",
    ),
    ClientState.FAILED: (
        "Look at `notesfleet order show {order}`; then send the order again with `retry: true`.",
        "Regarder `notesfleet order show {order}` ; puis renvoyer l'ordre avec `retry: true`.",
    ),
}
"""What the administrator does, where no rule, code or reason says it better."""

TODO_PENDING: dict[str, Both] = {
    "require.mailbox_at": (
        "Move the mailbox; then the PC goes on by itself.",
        "Déplacer la boîte aux lettres ; le PC continue ensuite tout seul.",
    ),
    "require.server_opens": (
        "Check that this person may open the mail file on the new server, and that TCP 1352 is open.",
        "Vérifier que cette personne peut ouvrir son fichier sur le nouveau serveur et que TCP 1352 est ouvert.",
    ),
    PendingReason.STOPPED_BY_SITE: (
        "Lift the stop when it is over: notesfleet stop {campaign} --lift --reason TEXT",
        "Lever l'arrêt quand il est fini : notesfleet stop {campaign} --lift --reason TEXTE",
    ),
}
"""What to do about a condition or reason that does not pass by itself."""

TODO_ENDED: dict[str, Both] = {
    OrderState.EXPIRED: (
        "Run the wave again: the order is sent with the next attempt.",
        "Relancer la vague : l'ordre est renvoyé avec l'essai suivant.",
    ),
    OrderState.CANCELLED: (
        "Nothing, or raise `round` in the campaign to send it again.",
        "Rien, ou augmenter `round` dans la campagne pour le renvoyer.",
    ),
    OrderState.UNDONE: (
        "Nothing, or raise `round` in the campaign to send it again.",
        "Rien, ou augmenter `round` dans la campagne pour le renvoyer.",
    ),
}
"""What to do about an order that ended without a failure, by its state."""

UNCOMPARED: Both = (
    "Keep the mail file on the old server: the replica was not compared with the new one.",
    "Garder le fichier de courrier sur l'ancien serveur : la réplique n'a pas été comparée avec le nouveau.",
)
TODO_RECALLED: Both = (
    "Nothing: playbooks/collect.yml fetches how it ended.",
    "Rien : playbooks/collect.yml ramène comment il a fini.",
)
CANNOT_KNOW: Both = ("It cannot be known ({unknown}) whether: ", "On ne peut pas savoir ({unknown}) si : ")

_HELPDESK_FRENCH: dict[str, str] = {
    Code.BAD_ORDER: "L'ordre sur le PC est abîmé ; les administrateurs le renvoient.",
    Code.OTHER_IDENTITY: "Le Notes d'une autre personne a été trouvé sur ce PC ; rien n'a été changé.",
    Code.OTHER_INCARNATION: "Le PC a été réinstallé ; rien n'a été changé.",
    Code.PLANTED_FOLDER: "Un contrôle de sécurité a échoué sur ce PC ; rien n'a été changé.",
    Code.NOT_FOUND: "Un réglage à changer n'existe pas ici.",
    Code.TOO_MANY: "Trop d'endroits changeraient ; rien n'a été changé.",
    Code.UNREADABLE: "Un réglage n'a pas pu être lu ; il est resté tel quel.",
    Code.REFUSED: "Autre chose occupe la place du changement ; c'est resté tel quel.",
    Code.TOO_LONG: "Un réglage était trop long ; rien n'a été changé.",
    Code.NOT_IN_CODE_PAGE: "Un réglage a des caractères que ce PC ne peut pas écrire ; rien n'a été changé.",
    Code.LOCKED_FILE: "Un fichier de Notes était utilisé ; ce sera tenté de nouveau.",
    Code.DISK_FULL: "Le disque est plein.",
    Code.NO_RIGHTS: "L'utilisateur n'a pas le droit de changer ce fichier.",
    Code.DAMAGED_FILE: "Un fichier de Notes est endommagé.",
    Code.HASH_MISMATCH: "Un fichier livré est endommagé.",
    Code.CONDITION_UNMET: "Une condition de sécurité n'est pas remplie ; rien de plus n'a été changé.",
    Code.NOT_TAKEN: "Notes a refusé un changement ; il a été annulé.",
    Code.CHANGED_SINCE: "Un réglage a été changé par quelqu'un d'autre ; il est resté tel quel.",
    Code.UNKNOWN_OUTCOME: "Une tâche a été interrompue ; un administrateur doit regarder.",
    Code.UNSUPPORTED: "Notes n'offre aucun moyen de changer ceci ; c'est resté tel quel.",
    Code.TIME_LIMIT: "Le travail a pris trop de temps et a été annulé.",
    Code.JOURNAL_DAMAGED: "Le relevé du travail est abîmé ; un administrateur doit regarder.",
    Code.RUNNER_ERROR: "Quelque chose d'inattendu s'est produit ; le changement a été annulé.",
    PendingReason.NOTES_OPEN: "Cela continue quand l'utilisateur ferme Notes.",
    PendingReason.NOTES_CLOSED: "Cela continue quand l'utilisateur ouvre Notes.",
    PendingReason.LOCKED: "Cela continue quand l'utilisateur revient à son PC déverrouillé.",
    PendingReason.OTHER_SESSION: "Cela continue quand Notes est fermé dans l'autre session.",
    PendingReason.USER_BUSY: "Cela continue tout seul pendant une demi-minute calme.",
    PendingReason.WOULD_ASK_PASSWORD: "Cela continue quand l'utilisateur ouvre Notes.",
    PendingReason.CONDITION: "Cela continue tout seul dès que c'est sûr.",
    PendingReason.WAITS_FOR_ORDER: "Cela continue après l'étape précédente.",
    PendingReason.OTHER_RUNNER: "Cela continue tout seul.",
    PendingReason.NOT_BEFORE: "Cela commence à son heure.",
    PendingReason.STOPPED_BY_SITE: "La migration est arrêtée pour l'instant ; rien à faire.",
    PendingReason.UNDO_WAITS: "Cela continue quand Notes est ouvert ou fermé.",
    PendingReason.NOBODY_LOGGED_ON: "Cela commence quand l'utilisateur ouvre une session.",
}
HELPDESK: tuple[Mapping[str, str], Mapping[str, str]] = (
    {code: sentence.helpdesk for code, sentence in SENTENCES.items()},
    _HELPDESK_FRENCH,
)
"""Code or pending reason to what the helpdesk says, by language."""
