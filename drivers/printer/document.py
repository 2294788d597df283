"""What a printer can draw: lines of text, barcodes and a cut. No printer's language.

A `Document` is laid out for a number of columns by whoever makes it; printers draw it as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["normal", "bold"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line, already as wide as it should be; longer than the paper, a printer cuts it."""

    text: str
    style: Style = "normal"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 barcode (subset B: printable ASCII) with its text below, centred.

    Whatever does not fit on the paper or into the code is written as text alone; `bars_fit` tells.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """End of one slip: feed the paper past the knife and cut, or leave a gap to tear."""


Element = Text | Barcode | Cut

CELL = 12
"""Dots of a character's width in a printer's usual font; 32 columns are 384 dots."""
BAR = 2
"""Dots of the narrowest bar: 0.25 mm at the 203 dpi of receipt printers."""


def bars_fit(text: str, columns: int) -> bool:
    """Tell whether a barcode fits on the paper: 11 modules a character, 35 around them."""
    printable = bool(text) and text.isascii() and text.isprintable()
    return printable and (11 * len(text) + 35) * BAR <= columns * CELL


@dataclass(frozen=True, slots=True)
class Document:
    """One print job, laid out for `columns` characters a line."""

    columns: int
    elements: tuple[Element, ...]
