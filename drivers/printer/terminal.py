"""Receipts as plain text, drawn on paper with an edge, for a terminal."""

from __future__ import annotations

import unicodedata

from drivers.printer.characters import printable
from drivers.printer.document import Barcode, Cut, Document, Element, Text, bars_fit

_SCISSORS = " 8< "


def draw(document: Document) -> str:
    """Draw a document: paper with an edge at both sides, torn off at each cut.

    Lines are cut at `document.columns`, as a printer does; bold is drawn plain, and a barcode only
    hinted at.
    """
    paper: list[str] = []
    torn = True
    for element in document.elements:
        if torn:
            paper.append(f"┌{'─' * (document.columns + 2)}┐")
        torn = isinstance(element, Cut)
        paper.append(_draw(element, document.columns))
    if not torn:
        paper.append(f"└{'─' * (document.columns + 2)}┘")
    return "".join(f"{line}\n" for line in paper)


def _draw(element: Element, columns: int) -> str:
    match element:
        case Barcode():
            bars = "▌║▐│" * 4 if bars_fit(element.text, columns) else ""
            text = printable(element.text)
            return "\n".join(
                f"│ {_fit(line.center(columns), columns)} │" for line in (bars, text) if line
            )
        case Text():
            return f"│ {_fit(printable(element.text), columns)} │"
        case Cut():
            left = columns // 2
            return (" -" * left)[-left:] + _SCISSORS + ("- " * columns)[: columns - left].rstrip()


def _fit(text: str, columns: int) -> str:
    """Cut or pad to a width in columns, of which an East Asian wide character takes two."""
    line, width = "", 0
    for character in text:
        width += _width(character)
        if width > columns:
            width -= _width(character)
            break
        line += character
    return line + " " * (columns - width)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
