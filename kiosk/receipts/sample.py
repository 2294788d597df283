"""The slip that tries out the printer: letters, the width of the paper, a barcode to scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Barcode, Text
from kiosk.desk.words import say
from kiosk.receipts.staffpaper import RULE, head, paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Document
    from kiosk.desk.samples import SampleSlip
    from kiosk.words import Words

LETTERS = "ABC abc 0123456789 ÄÖÜ äöü ß éèê ñ ç €"
"""Of each kind that receipts in our languages have."""


def lay_out(slip: SampleSlip, columns: int, words: Words) -> Document:
    """Lay a sample out. No line is wider than `columns` cells."""
    return paper(words(say("sample.title")), _parts(slip, columns, words), columns)


def _parts(slip: SampleSlip, columns: int, words: Words) -> Iterator[Text | Barcode]:
    yield from head(slip.library, slip.at, slip.staff, words)
    yield Text(words(say("sample.means", terminal=slip.terminal)))
    yield RULE
    yield Text(LETTERS)
    yield Text(LETTERS, "bold")
    yield Text(("1234567890" * columns)[:columns])
    yield RULE
    yield Text(words(say("sample.scan")))
    yield Barcode(":help")
