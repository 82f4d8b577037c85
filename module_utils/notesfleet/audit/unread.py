"""Why a value could not be read: the codes of unknown values (`docs/facts.md`), in words for people.

The store and every JSON keep the codes, for programs; words stand only where people read.
"""

from __future__ import annotations

import re

WORDS: dict[str, tuple[str, str]] = {
    "locked_file": ("another program has the file open", "un autre programme a ouvert le fichier"),
    "too_large": ("the file is larger than notesfleet reads", "le fichier dépasse ce que notesfleet lit"),
    "no_rights": (
        "there is no right to read it, or its path has a link",
        "le droit de le lire manque, ou son chemin a un lien",
    ),
    "not_local": ("it is at no path on a local disk", "il n'est à aucun chemin d'un disque local"),
    "unreadable": (
        "its bytes are no text of the PC's code page",
        "ses octets ne sont pas du texte de la page de codes",
    ),
    "too_many": ("more than notesfleet looks at", "plus que notesfleet n'en regarde"),
    "runner_error": ("an unexpected error", "une erreur inattendue"),
}
"""Code to English and French. After a place and a colon, or in brackets: `notes.ini: another program has ...`."""
# What a PC or a library said besides is evidence: a code in the middle of it, or behind a dot, is no code of ours.
_CODE = re.compile(rf"(?:^|(?<=: )|(?<=\())(?:{'|'.join(WORDS)})(?=$| ?; |\))", re.ASCII)


def in_words(why: str, *, french: bool = False) -> str:
    """The same why, or several whys joined by `; `, with each code that stands for itself in words."""
    return _CODE.sub(lambda found: WORDS[found[0]][french], why)
