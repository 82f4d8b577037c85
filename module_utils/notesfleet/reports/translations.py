"""Sentences that the store keeps in English, in the language of a report.

Waves, rules and audits note why in English. What is not listed here, such as what a PC or a library said, stays as
it is: it is evidence, and a report marks it as English.
"""

from __future__ import annotations

import re

from notesfleet.audit.unread import in_words
from notesfleet.reports.words import Language

_FRENCH: dict[str, str] = {
    # Why a client is left out.
    "needs an inside audit": "il lui faut un audit intérieur",
    "KeyFileName in its notes.ini is not known; look at its facts and audit it again": (
        "KeyFileName de son notes.ini n'est pas connu ; regarder ses faits et l'auditer de nouveau"
    ),
    "no Location of its own has a mail server that the campaign moves": (
        "aucun de ses lieux n'a un serveur de courrier que la campagne déplace"
    ),
    "its Locations name several mail files or old servers; look at them": (
        "ses lieux nomment plusieurs fichiers de courrier ou anciens serveurs ; les examiner"
    ),
    "the replica id of its mail file is not known; audit it inside while Notes reaches its server": (
        "l'id de réplique de son courrier n'est pas connu ; refaire un audit intérieur quand Notes joint son serveur"
    ),
    # Why an exclusion ended.
    "no other client of its mailbox is excluded any more": "plus aucun client de sa boîte n'est exclu",
    "it is in no wave of the campaign any more": "il n'est plus dans aucune vague de la campagne",
    "the campaign has no such rule any more": "la campagne n'a plus cette règle",
    "a newer reading, or a change of the campaign, no longer gives the finding": (
        "une lecture plus récente, ou un changement de la campagne, ne donne plus le constat"
    ),
    # Why a value cannot be known.
    "a value that it needs is missing": "il manque une valeur nécessaire",
    "it lies in the ID file, which nobody reads from outside": "cela se trouve dans le fichier ID, lu par personne",
    "mail.box did not open": "mail.box ne s'est pas ouvert",
    "the mail file did not open on its server": "le fichier de courrier ne s'est pas ouvert sur son serveur",
    "there is no Person document, or the directory did not open": (
        "il n'y a pas de document Personne, ou l'annuaire ne s'est pas ouvert"
    ),
    "no installation has the folder of notes.ini": "aucune installation n'a le dossier de notes.ini",
    "nlnotes.exe is not there or could not be read": "nlnotes.exe manque ou n'a pas pu être lu",
}
_FRENCH_FORMS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"its day has come: (.*)"), r"son jour est venu : \1"),
    (re.compile(r"not read yet: (.*)"), r"pas encore lu : \1"),
    (re.compile(r"RoamingUser is (.*)"), r"RoamingUser vaut \1"),
    (re.compile(r"the data directory is not known \((.*)\)"), r"le dossier de données n'est pas connu (\1)"),
    (
        re.compile(r"the data directory could not be listed \((.*)\)"),
        r"le dossier de données n'a pas pu être listé (\1)",
    ),
    (re.compile(r"the program file is of type (.*)"), r"le fichier programme est du type \1"),
    (re.compile(r"notes\.ini: ([a-z_]+)"), r"notes.ini : \1"),
]
_PLACE = re.compile(r"([a-z_]+(?:\.[a-z_]+)+): (.*)")


def translated(text: str, language: Language) -> str:
    """The text in the language, where it is known; whys that are joined by `; ` each by itself, codes in words."""
    if language is Language.EN:
        return in_words(text)
    return in_words(_whole(text) or " ; ".join(_one(each) for each in text.split("; ")), french=True)


def known(text: str, language: Language) -> bool:
    """Whether the text is in the language: all of it was translated, or nothing had to be."""
    return language is Language.EN or translated(text, language) != text


def _one(text: str) -> str:
    if found := _PLACE.fullmatch(text):
        return f"{found[1]} : {_whole(found[2]) or found[2]}"
    return _whole(text) or text


def _whole(text: str) -> str | None:
    if text in _FRENCH:
        return _FRENCH[text]
    return next((form.sub(french, text) for form, french in _FRENCH_FORMS if form.fullmatch(text)), None)
