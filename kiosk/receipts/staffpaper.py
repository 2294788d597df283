"""What the papers for staff have in common: a title, who made them and when, rules, barcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Barcode, Cut, Document, Text
from kiosk.desk.words import say
from kiosk.receipts.text import centred, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from drivers.printer.document import Element
    from kiosk.desk.words import Phrase
    from kiosk.words import Words

RULE = Text("")
"""A line across the paper."""


def paper(title: str, parts: Iterable[Text | Barcode], columns: int) -> Document:
    """Put texts of any length, rules and barcodes on paper. No line is wider than `columns`."""
    elements: list[Element] = [
        Text(centred(line, columns), "bold") for line in wrapped(title, columns)
    ]
    for part in parts:
        if isinstance(part, Barcode):
            elements.append(part)
        elif not part.text:
            elements.append(Text("-" * columns))
        else:
            elements += (Text(line, part.style) for line in wrapped(part.text, columns))
    return Document(columns=columns, elements=(*elements, Cut()))


def head(library: str, at: datetime, staff: str, words: Words) -> Iterator[Text]:
    """Say of which library it is, and when and by whom it was made."""
    yield Text(words(say("plain.text", text=library)))
    yield Text(words(_made(at.isoformat(), staff)))
    yield RULE


def _made(at: str, staff: str) -> Phrase:
    return say("slip.made_by", at=at, staff=staff) if staff else say("slip.made", at=at)
