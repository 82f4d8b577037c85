"""The words that only the console has, in English and French; all others are those of the report."""

from __future__ import annotations

from functools import cache

from notesfleet.reports.page_words import Phrases, phrases, spaced
from notesfleet.reports.words import Language

_PHRASES: dict[str, tuple[str, str]] = {
    # Every page.
    "skip_main": ("Skip to the page", "Aller à la page"),
    "pages": ("Pages", "Pages"),
    "language": ("Language", "Langue"),
    "sign_out": ("Sign out", "Se déconnecter"),
    "console_footer": (
        "notesfleet. These pages show what the store has; they change nothing.",
        "notesfleet. Ces pages montrent ce que contient la base ; elles ne changent rien.",
    ),
    # Signing in.
    "sign_in": ("Sign in", "Se connecter"),
    "name": ("Name", "Nom"),
    "password": ("Password", "Mot de passe"),
    "wrong_password": (
        "No account has this name and password. After five wrong passwords the name is locked for a while.",
        "Aucun compte n'a ce nom et ce mot de passe. Après cinq mots de passe faux, le nom est bloqué un moment.",
    ),
    "no_account": (
        "Accounts are made on the controller: notesfleet console add-user NAME",
        "Les comptes se créent sur le contrôleur : notesfleet console add-user NOM",
    ),
    # Campaigns.
    "nav_campaign": ("Campaign", "Campagne"),
    "campaigns": ("Campaigns", "Campagnes"),
    "waves": ("waves", "vagues"),
    "status": ("now", "maintenant"),
    "goes_on": ("not stopped", "pas arrêtée"),
    "is_stopped": ("stopped", "arrêtée"),
    "all_clients": ("All clients and PCs", "Tous les clients et PC"),
    # Clients.
    "q": ("Name, person or PC", "Nom, personne ou PC"),
    "state_filter": ("State", "État"),
    "wave_filter": ("Wave", "Vague"),
    "site_filter": ("Site", "Site"),
    "server_filter": ("Points to server", "Pointe vers le serveur"),
    "finding_filter": ("Finding", "Constat"),
    "any": ("any", "tous"),
    "show": ("Show", "Afficher"),
    "show_all": ("Show all", "Tout afficher"),
    "found_count": ("{first} to {last} of {total}", "{first} à {last} sur {total}"),
    "found_none": ("No client fits.", "Aucun client ne convient."),
    "unknown_state": ("There is no state “{value}”.", "Il n'y a pas d'état « {value} »."),
    "unknown_wave": ("There is no wave “{value}”.", "Il n'y a pas de vague « {value} »."),
    "unknown_site": ("There is no site “{value}”.", "Il n'y a pas de site « {value} »."),
    "unknown_server": (
        "No campaign and no audit names a server “{value}”.",
        "Aucune campagne ni aucun audit ne nomme de serveur « {value} ».",
    ),
    "unknown_finding": ("No client has a finding “{value}”.", "Aucun client n'a de constat « {value} »."),
    "page_count": ("Page {number} of {last}", "Page {number} sur {last}"),
    "previous": ("Previous", "Précédente"),
    "next": ("Next", "Suivante"),
    "back_to_clients": ("All clients", "Tous les clients"),
    # Servers.
    "nav_servers": ("Servers", "Serveurs"),
    "servers_title": ("What still points to each server", "Ce qui pointe encore vers chaque serveur"),
    "servers_intro": (
        "As far as audits know, by each client's newest readings. What was changed since counts only after"
        " a new audit.",
        "D'après les audits, selon les dernières lectures de chaque client. Ce qui a changé depuis ne compte qu'après"
        " un nouvel audit.",
    ),
    "servers_read": (
        "Counted are the clients with an inside audit: {read}.",
        "Sont comptés les clients qui ont eu un audit intérieur : {read}.",
    ),
    "servers_missing": (
        "What was not audited is not counted. Clients without an inside audit: {outside}; PCs without any audit:"
        " {pcs}; clients of which a place could not be read in full: {partly}.",
        "Ce qui n'a pas été audité n'est pas compté. Clients sans audit intérieur : {outside} ; PC sans aucun audit :"
        " {pcs} ; clients dont un endroit n'a pas pu être lu en entier : {partly}.",
    ),
    "servers_limits": (
        "Audits do not look at workspace icons, bookmarks, or directory, passthru and Sametime servers, nor at"
        " what lies on servers. A nought means that no pointer was seen, not that the server may be switched off.",
        "Les audits ne regardent ni les icônes de l'espace de travail, ni les signets, ni les serveurs d'annuaire, de"
        " passage (passthru) et Sametime, ni ce qui se trouve sur les serveurs. Un zéro veut dire qu'aucun"
        " renvoi n'a été vu, et non que le serveur peut être arrêté.",
    ),
    "server": ("server", "serveur"),
    "role_from": ("to be left", "à quitter"),
    "role_to": ("new", "nouveau"),
    "pointing": ("clients", "clients"),
    "place_locations": ("Locations", "Lieux"),
    "place_ini": ("notes.ini", "notes.ini"),
    "place_connections": ("Connections", "Connexions"),
    "place_replicator_page": ("replicator page", "page de réplication"),
    "of_them_done": ("of them done", "dont terminés"),
    "oldest": ("oldest reading", "plus ancienne lecture"),
    "no_servers": (
        "No campaign and no audit names a server yet.",
        "Aucune campagne ni aucun audit ne nomme de serveur.",
    ),
    # What is refused.
    "no_page_title": ("Not found", "Introuvable"),
    "no_page": ("There is nothing at this address.", "Il n'y a rien à cette adresse."),
    "no_such_client": ("The store has no client or PC “{name}”.", "La base n'a ni client ni PC « {name} »."),
    "no_such_campaign": ("The store has no campaign “{name}”.", "La base n'a pas de campagne « {name} »."),
    "no_such_page": (
        "There is no page “{number}”; the last one is {last}.",
        "Il n'y a pas de page « {number} » ; la dernière est {last}.",
    ),
    "bad_request_title": ("Not understood", "Demande incomprise"),
    "bad_request": ("This request was not understood.", "Cette demande n'a pas été comprise."),
    "forbidden_title": ("Not allowed", "Non autorisé"),
    "forbidden": ("This page is not for this account.", "Cette page n'est pas pour ce compte."),
    "forged_title": ("Please try again", "Veuillez réessayer"),
    "forged": (
        "The form had stood open too long, or was not from this page. Nothing was done; open the page again.",
        "Le formulaire était ouvert depuis trop longtemps ou ne venait pas de cette page. Rien n'a été fait ;"
        " rouvrir la page.",
    ),
    "locked_out_title": ("Locked for a while", "Bloqué un moment"),
    "locked_out": (
        "There were too many wrong passwords for this name. Try again in {minutes} minutes.",
        "Il y a eu trop de mots de passe faux pour ce nom. Réessayer dans {minutes} minutes.",
    ),
    "store_lost_title": ("The store cannot be read", "La base est illisible"),
    "store_lost": (
        "Nothing can be shown until it is back; the console need not be started again.",
        "Rien ne peut être affiché avant son retour ; il ne faut pas redémarrer la console.",
    ),
    "to_home": ("To the first page", "Vers la première page"),
}


@cache
def console_phrases(language: Language) -> Phrases:
    """The report's words and the console's own, by key."""
    number = list(Language).index(language)
    return {**phrases(language), **{key: spaced(both[number], language) for key, both in _PHRASES.items()}}
