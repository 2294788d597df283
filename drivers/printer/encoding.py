"""Receipts as the bytes of ESC/POS, in pieces between which printing can be broken off.

python-escpos makes the bytes; it is imported when the first document is printed, since it takes
longer to load than a whole screen.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from drivers.printer.characters import printable
from drivers.printer.document import BAR, Barcode, Cut, Document, Text, bars_fit

if TYPE_CHECKING:
    from escpos.escpos import Escpos

BAR_HEIGHT = 64
"""Dots: 8 mm, enough for a hand scanner."""
PIECE = 512
"""Bytes at the least, and whole elements: nothing is broken off within a barcode's command. Half a
second at 9600 baud."""
TEAR_GAP = 6
"""Blank lines that bring the last line of a slip out to where it can be torn."""

# python-escpos would send these in GB18030, which only printers made for China understand; others
# print a row of wrong characters, and switch code pages in the middle of it.
_CHINESE = re.compile(r"[\u4e00-\u9fa5]")


def encode(
    document: Document, *, columns: int, profile: str = "default", cut: bool = True
) -> list[bytes]:
    """Make a document's bytes, in pieces of whole elements, of `PIECE` bytes at the least.

    A character in none of the printer's code pages becomes "?". Raise KeyError for a profile that
    python-escpos does not know. Takes long the first time.
    """
    from escpos.printer import Dummy  # noqa: PLC0415 - slow to load

    paper = Dummy(profile=profile)
    paper.hw("INIT")  # the job before may have left the printer bold, or in another code page
    style = "normal"
    ends = [0]
    for element in document.elements:
        match element:
            case Text():
                if element.style != style:
                    style = element.style
                    paper.set(bold=style == "bold")
                paper.textln(_line(element.text)[:columns])
            case Barcode() if bars_fit(element.text, columns):
                _barcode(paper, element.text)
            case Barcode():
                paper.textln(_line(element.text).center(columns)[:columns])
            case Cut() if cut:
                paper.cut()
            case Cut():
                paper.ln(TEAR_GAP)
        if len(paper.output) - ends[-1] >= PIECE:
            ends.append(len(paper.output))
    output: bytes = paper.output
    return [output[begin:end] for begin, end in pairwise((*ends, len(output))) if begin < end]


def _barcode(paper: Escpos, text: str) -> None:
    """Have the printer draw a barcode; then go on at the left edge, as before.

    In subset B a "{" begins a special character, and two of them are one.
    """
    data = "{B" + text.replace("{", "{{")
    # Its public face says on standard output how it draws; and it may draw a picture.
    paper._hw_barcode(data, "CODE128", BAR_HEIGHT, BAR, function_type="B", check=False)  # noqa: SLF001
    paper.set(align="left")
    paper.ln()


def _line(text: str) -> str:
    """Give a text of which each character takes one byte, and so one column."""
    composed = (c for c in printable(text) if not unicodedata.combining(c))
    return _CHINESE.sub("?", "".join(composed))
