"""Lines of text as wide as the paper, in the cells of a printer."""

from __future__ import annotations

import re
import unicodedata

from drivers.printer.characters import printable

_BREAKS = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


def width(text: str) -> int:
    """Count the printer's cells: none for combining marks, two for wide characters."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines between words, and within a word that is too long for one.

    `textwrap` counts characters, of which a printer draws some twice as wide. A colon that a
    no-break space ties to its word, as in French, never begins a line.
    """
    lines = [""]
    for word in map(printable, _BREAKS.split(text.strip())):
        line = f"{lines[-1]} {word}".lstrip()
        if width(line) <= columns:
            lines[-1] = line
            continue
        lines.append(word)
        while width(lines[-1]) > columns:
            lines[-1:] = [start := cut(lines[-1], columns), lines[-1][len(start) :]]
    return [line for line in lines if line]


def cut(text: str, columns: int) -> str:
    """Give as much of the beginning of a text as fits."""
    while text and width(text) > columns:
        text = text[:-1]
    return text


def centred(text: str, columns: int) -> str:
    """Put a text in the middle of a line."""
    return " " * ((columns - width(text)) // 2) + text


def apart(left: str, right: str, columns: int) -> str:
    """Put two texts at the two edges of a line; the right one stays whole."""
    right = cut(right, columns)
    left = cut(left, columns - width(right) - 1)
    return left + " " * (columns - width(left) - width(right)) + right
