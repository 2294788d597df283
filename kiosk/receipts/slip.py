"""The staff slip: what a person enters by hand, laid out for the width of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Barcode, Text
from kiosk.desk.answers import due_phrase
from kiosk.desk.words import say
from kiosk.receipts.staffpaper import RULE, head, paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Document
    from kiosk.desk.lending.slips import Slip
    from kiosk.desk.visits import Line
    from kiosk.desk.words import Phrase
    from kiosk.words import Words


def lay_out(slip: Slip, columns: int, words: Words) -> Document:
    """Lay a staff slip out. No line is wider than `columns` cells."""
    return paper(words(say("slip.title")), _parts(slip, words), columns)


def _parts(slip: Slip, words: Words) -> Iterator[Text | Barcode]:
    """Say what stands on it."""

    def tell(phrase: Phrase) -> Text:
        return Text(words(phrase))

    yield from head(slip.library, slip.at, slip.staff, words)
    if slip.guest is not None:
        yield Text(words(say("slip.guest", name=slip.guest.name)), "bold")
        if slip.guest.born is not None:
            yield tell(say("slip.born", born=slip.guest.born.isoformat()))
        if slip.guest.phone:
            yield tell(say("slip.phone", phone=slip.guest.phone))
        yield RULE
    elif slip.card:
        yield tell(say("slip.card"))
        yield Barcode(slip.card)
        yield RULE
    for line in slip.lines:
        yield from _line(line, words)
        yield RULE
    yield tell(say("slip.entered"))
    yield Barcode(f"entered:{slip.reference}")


def _line(line: Line, words: Words) -> Iterator[Text | Barcode]:
    """Say what to enter for a line."""
    yield Text(words(say(f"slip.{line.kind}", count=line.count)), "bold")
    if line.title:
        yield Text(line.title)
    if line.due is not None:
        yield Text(words(due_phrase("receipt.due", line.due)))
    for label, value in line.details:
        yield Text(words(say("slip.detail", label=words(label), value=value)))
    if line.item:
        yield Barcode(line.item)
