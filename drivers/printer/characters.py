"""What of a text can stand on paper: one printable character for one column."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """Compose accents (NFC), and give nothing a printer or a terminal would take as a command.

    A title comes from outside: an ESC in it would otherwise start a printer command.
    """
    return "".join(_printable(character) for character in unicodedata.normalize("NFC", text))


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":  # no-break and thin spaces, which have no place in a code page
        return " "
    if category == "Cf":  # soft hyphens, direction marks, joiners: they draw nothing
        return ""
    return character if character.isprintable() else "?"
