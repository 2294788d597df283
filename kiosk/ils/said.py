"""What a library system says, so that it can be shown: in one line, and no longer than one reads.

It comes from outside. Where a line ends in it, it would be drawn over what stands below; at a NUL
some libraries that draw end; and signs that turn the direction of writing turn what stands beside.
"""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 300
"""Characters of what is said about one transaction."""

_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates (UAX #9). Letters have a direction of their own without."""


def plain(text: str) -> str:
    """Put a blank for each sign that no letter is and that moves what is drawn."""
    if text.isprintable():
        return text
    return "".join(map(_plain, text))


def in_short(text: str) -> str:
    """Give the beginning of what was said, with one blank between its words."""
    return " ".join(plain(text).split())[:LONGEST]


def _plain(character: str) -> str:
    if character in _TURNS:
        return ""
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
