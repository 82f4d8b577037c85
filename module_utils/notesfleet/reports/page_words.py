"""The words of the pages that people read (HTML report, `client show`, `order show`), each in English and French."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from notesfleet.reports.words import Language

Phrases = Mapping[str, str]

_PHRASES: dict[str, tuple[str, str]] = {
    # The page as a whole.
    "report": ("Report", "Rapport"),
    "as_of": ("As of", "État au"),
    "last_run": ("last run", "dernière exécution"),
    "ended_at": ("ended", "terminée le"),
    "not_ended": ("not ended", "non terminée"),
    "no_run": ("no run yet", "aucune exécution"),
    "loaded": ("loaded", "chargée le"),
    "campaign": ("campaign", "campagne"),
    "round": ("round", "tour"),
    "stopped": ("This campaign is stopped.", "Cette campagne est arrêtée."),
    "stopped_by": ("Stopped by", "Arrêtée par"),
    "no_campaign": (
        "No campaign is loaded; `notesfleet campaign load FILE` takes one.",
        "Aucune campagne n'est chargée ; `notesfleet campaign load FICHIER` en charge une.",
    ),
    "search": ("Find clients", "Chercher des clients"),
    "search_hint": ("name, person, site, state", "nom, personne, site, état"),
    "found": ("shown", "affichés"),
    "skip": ("Skip to the clients", "Aller aux clients"),
    # Sums and charts.
    "by_wave": ("Clients by wave and state", "Clients par vague et par état"),
    "by_state": ("All clients and PCs by state", "Tous les clients et PC par état"),
    "progress": ("Clients done over time", "Clients terminés au fil du temps"),
    "date": ("date", "date"),
    "as_table": ("As a table", "En tableau"),
    "footer": (
        "Made by notesfleet. The file is complete in itself: it asks for nothing from the network.",
        "Produit par notesfleet. Le fichier se suffit à lui-même : il ne demande rien au réseau.",
    ),
    "total": ("total", "total"),
    "count": ("count", "nombre"),
    "clients_count": ("clients", "clients"),
    "moment": ("until", "jusqu'au"),
    "done_new": ("newly done", "nouveaux"),
    "done_all": ("done", "terminés"),
    "nothing_done": ("No client is done yet.", "Aucun client n'est encore terminé."),
    "in_wave": ("in the waves", "dans les vagues"),
    "wave_dates": ("Dashed: the waves' dates.", "En pointillé : les dates des vagues."),
    "no_charts": (
        "Charts need an extra; install it with: pip install 'notesfleet[charts]'",
        "Les graphiques demandent une extension ; l'installer avec : pip install 'notesfleet[charts]'",
    ),
    # A client's row.
    "clients": ("Clients", "Clients"),
    "client": ("client", "client"),
    "pc": ("PC", "PC"),
    "person": ("person", "personne"),
    "site": ("site", "site"),
    "wave": ("wave", "vague"),
    "state": ("state", "état"),
    "steps": ("steps", "étapes"),
    "left": ("left", "reste"),
    "seen": ("last seen", "vu le"),
    "never": ("never", "jamais"),
    "why": ("why", "pourquoi"),
    "no_wave": ("no wave", "aucune vague"),
    "not_compared": ("not compared", "non comparé"),
    # What it opens to.
    "tell": ("Tell the user", "Dire à l'utilisateur"),
    "todo": ("What to do", "Que faire"),
    "who": ("Who and where", "Qui et où"),
    "account": ("Windows account", "compte Windows"),
    "notes_user": ("Notes user", "utilisateur Notes"),
    "address": ("address", "adresse"),
    "data": ("Notes data", "données Notes"),
    "servers": ("mail server", "serveur de courrier"),
    "mailbox": ("mailbox", "boîte aux lettres"),
    "absent_since": ("absent since", "absent depuis"),
    "done_steps": ("Steps", "Étapes"),
    "step": ("step", "étape"),
    "not_begun": ("not begun", "pas commencée"),
    "checked": ("Checked", "Vérifié"),
    "not_reached": ("Not reached yet", "Pas encore atteint"),
    "changes": ("What changed", "Ce qui a changé"),
    "no_changes": ("Nothing was changed.", "Rien n'a été changé."),
    "as_wanted": ("Already as it should be", "Déjà comme il faut"),
    "place": ("place", "endroit"),
    "before": ("before", "avant"),
    "after": ("after", "après"),
    "wanted": ("wanted", "voulu"),
    "nothing_there": ("not there", "absent"),
    "empty": ("empty", "vide"),
    "seconds": ("s", "s"),
    "left_title": ("Left as it is", "Laissé en l'état"),
    "unproven_title": ("Not proven on a real PC yet", "Pas encore prouvé sur un vrai PC"),
    "unproven": ("unproven", "non prouvé"),
    "exclusions": ("Exclusions", "Exclusions"),
    "findings": ("Findings", "Constats"),
    "waivers": ("Let pass by hand", "Laissé passer à la main"),
    "audits": ("Audits", "Audits"),
    "orders": ("Orders", "Ordres"),
    "kept_aside": ("Kept aside", "Mis à part"),
    "by_hand": ("by hand", "à la main"),
    "rule": ("rule", "règle"),
    "author": ("author", "auteur"),
    "since": ("since", "depuis"),
    "until": ("until", "jusqu'au"),
    "ended": ("ended", "terminé"),
    "open": ("open", "en cours"),
    "reason": ("reason", "raison"),
    "remedy": ("remedy", "remède"),
    "verdict": ("verdict", "verdict"),
    "says": ("says", "dit"),
    "holds": ("holds", "vrai"),
    "unknown": ("cannot be known", "ne peut pas être su"),
    "reading": ("reading", "lecture"),
    "depth": ("depth", "profondeur"),
    "outside": ("outside", "extérieur"),
    "inside": ("inside", "intérieur"),
    "sections": ("sections", "sections"),
    "at": ("moment", "moment"),
    "order": ("order", "ordre"),
    "mode": ("mode", "mode"),
    "sent": ("sent", "envoyé"),
    "reported": ("reported", "rapporté"),
    "attempt": ("attempt", "essai"),
    "not_after": ("not after", "pas après"),
    "not_before": ("not before", "pas avant"),
    "cancel_at": ("cancelled on the PC since", "annulation déposée sur le PC depuis"),
    "cancel_waits": (
        "the runner has not ended it yet",
        "l'exécuteur ne l'a pas encore terminé",
    ),
    "kept_in": ("kept in", "conservé dans"),
    "none": ("none", "aucun"),
    "nothing_known": ("Nothing is known of it yet.", "On n'en sait encore rien."),
    "colon": (": ", " : "),
    "semicolon": ("; ", " ; "),
    "by": ("by", "par"),
    "unknown_word": ("unknown", "inconnu"),
    "no_differences": ("Nothing changed between these readings.", "Rien n'a changé entre ces lectures."),
    "no_two_readings": (
        "There are no two readings of any section to compare.",
        "Aucune section n'a deux lectures à comparer.",
    ),
    "no_findings": ("No finding and no open exclusion.", "Aucun constat et aucune exclusion en cours."),
    "section": ("section", "section"),
    "field": ("field", "champ"),
    "line": ("line", "ligne"),
    "checksum": ("checksum", "somme"),
    "record": ("record", "entrée"),
    "fits": ("fits", "juste"),
    "fits_not": ("does not fit", "fausse"),
    "torn": ("torn", "coupée"),
    "no_journal": ("No journal came back yet.", "Aucun journal n'est encore revenu."),
    "stop_file": ("stop file", "fichier d'arrêt"),
    "prompt_free": ("ID asks for no password", "ID sans demande de mot de passe"),
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    # Verdicts, modes and statuses.
    "verdict_exclude": ("exclude", "exclure"),
    "verdict_treat": ("treat", "traiter"),
    "verdict_note": ("note", "noter"),
    "mode_apply": ("apply", "appliquer"),
    "mode_check": ("look only", "regarder"),
    "mode_undo": ("take back", "annuler"),
    "state_staged": ("staged", "déposé"),
    "state_running": ("running", "en cours"),
    "state_pending": ("pending", "en attente"),
    "state_done": ("done", "terminé"),
    "state_proved": ("proved", "prouvé"),
    "state_failed": ("failed", "échec"),
    "state_cancelled": ("cancelled", "annulé"),
    "state_expired": ("expired", "expiré"),
    "state_undone": ("undone", "défait"),
    "status_same": ("as wanted", "comme voulu"),
    "status_changed": ("changed", "changé"),
    "status_would_change": ("would change", "changerait"),
    "status_met": ("met", "rempli"),
    "status_not_met": ("not met", "non rempli"),
    "status_ran": ("ran", "exécuté"),
    "status_unsupported": ("unsupported", "impossible"),
    "status_pending": ("pending", "en attente"),
    "status_failed": ("failed", "échec"),
    "status_undone": ("taken back", "annulé"),
    "status_not_reached": ("not reached", "pas atteint"),
    "left_unsupported": (
        "no interface of Notes can change it",
        "aucune interface de Notes ne permet de le changer",
    ),
    "left_changed_since": ("somebody else changed it meanwhile", "quelqu'un d'autre l'a changé entre-temps"),
    "left_cannot_undo": ("it cannot be taken back", "il ne peut pas être annulé"),
    "left_not_compared": (
        "mail was switched; the local replica was not compared with the new server",
        "le courrier a basculé ; la réplique locale n'a pas été comparée avec le nouveau serveur",
    ),
    # Steps and actions.
    "step_enable_local_replica": ("Local replica", "Réplique locale"),
    "step_switch_server": ("New mail server", "Nouveau serveur de courrier"),
    "step_update_replicator": ("Replicator page", "Page de réplication"),
    "step_audit": ("Audit", "Audit"),
    "action_ini.set": ("set in notes.ini", "inscrire dans notes.ini"),
    "action_document.set_items": ("set items of documents", "fixer des champs de documents"),
    "action_document.replace_value": ("replace a value in documents", "remplacer une valeur dans des documents"),
    "action_document.read": ("read documents", "lire des documents"),
    "action_replica.ensure": ("make the local replica", "créer la réplique locale"),
    "action_replicator.ensure": ("put it on the replicator page", "mettre sur la page de réplication"),
    "action_replicator.read": ("read the replicator page", "lire la page de réplication"),
    "action_replicator.replace_server": (
        "change the server on the replicator page",
        "changer le serveur sur la page de réplication",
    ),
    "action_require.mailbox_at": ("the mailbox is on the new server", "la boîte est sur le nouveau serveur"),
    "action_require.server_opens": ("the server opens the mail file", "le serveur ouvre le fichier de courrier"),
    "action_require.same_replica_id": ("the replica id is the same", "l'id de réplique est le même"),
    "action_require.outbox_empty": ("no mail waits in the outbox", "aucun courrier n'attend à l'envoi"),
    "action_require.replica_complete": ("the local replica is complete", "la réplique locale est complète"),
    "action_verify.opens": ("mail opens", "le courrier s'ouvre"),
    "action_verify.value": ("the value stands", "la valeur est là"),
    # Places on a client.
    "place_document": ("document", "document"),
    "place_location": ("Location", "Lieu"),
    "place_replicator": ("replicator page of", "page de réplication de"),
    "place_replica": ("local replica", "réplique locale"),
}


@cache
def phrases(language: Language) -> Phrases:
    """The words of one language, by key."""
    number = list(Language).index(language)
    return {key: spaced(both[number], language) for key, both in _PHRASES.items()}


def spaced(text: str, language: Language) -> str:
    """French has a blank before `:` and `;` and inside of its quotes, at which no line is broken."""
    if language is not Language.FR:
        return text
    return re.sub("(?<=«) | (?=[:;»])", "\N{NO-BREAK SPACE}", text)


def step_title(step: str, words: Phrases) -> str:
    """A step for people; a site's own step by its name."""
    return words.get(f"step_{step}", step)


def action_title(name: str, words: Phrases) -> str:
    """What an action does, for people; an action of a newer release by its name."""
    return words.get(f"action_{name}", name)
