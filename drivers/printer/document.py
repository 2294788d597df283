"""What a printer can draw: lines of text, rules and a cut. No printer's language.

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
class Cut:
    """End of one slip: feed the paper past the knife and cut, or leave a gap to tear."""


Element = Text | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """One print job, laid out for `columns` characters a line."""

    columns: int
    elements: tuple[Element, ...]
