"""What a receipt says, laid out for the width of the paper (32, 42 or 48 columns)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.characters import printable
from drivers.printer.document import Cut, Document, Text
from kiosk.desk.afterwards.reports import Report
from kiosk.desk.answers import due_phrase
from kiosk.desk.batches.notice import Notice
from kiosk.desk.lending.slips import Slip
from kiosk.desk.samples import SampleSlip
from kiosk.desk.settling.fixlist import FixList
from kiosk.desk.words import say
from kiosk.receipts import fixlist, notice, report, sample, slip
from kiosk.receipts.text import apart, centred, cut, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Element
    from kiosk.desk.visits import Receipt, ReceiptLine
    from kiosk.receipts.settings import ReceiptSettings
    from kiosk.words import Words

    Printed = Receipt | Slip | FixList | Report | Notice | SampleSlip


def lay_out(receipt: Printed, columns: int, words: Words, settings: ReceiptSettings) -> Document:
    """Lay out what is printed. No line is wider than `columns` cells."""
    if isinstance(receipt, Slip):
        return slip.lay_out(receipt, columns, words)
    if isinstance(receipt, FixList):
        return fixlist.lay_out(receipt, columns, words)
    if isinstance(receipt, Notice):
        return notice.lay_out(receipt, columns, words)
    if isinstance(receipt, SampleSlip):
        return sample.lay_out(receipt, columns, words)
    if isinstance(receipt, Report):
        return report.lay_out(receipt, columns, words)
    elements = tuple(_elements(receipt, columns, words, settings))
    return Document(columns=columns, elements=elements)


def _elements(
    receipt: Receipt, columns: int, words: Words, settings: ReceiptSettings
) -> Iterator[Element]:
    rule = Text("-" * columns)
    for line in wrapped(receipt.library.upper(), columns):
        yield Text(centred(line, columns), "bold")
    yield Text(centred(words(say("receipt.moment", at=receipt.at.isoformat())), columns))
    if receipt.practice:
        yield from _practice(columns, words)
    if receipt.again:
        yield Text(centred(words(say("receipt.again")), columns))
    yield Text("")
    yield from _head(receipt, columns, words)
    yield rule
    for item in receipt.lines:
        yield from _item(item, columns, words)
    yield rule
    if receipt.lines:
        due = words(due_phrase("receipt.date", min(line.due for line in receipt.lines)))
        for part in _beside(words(say("receipt.earliest")), due, columns):
            yield Text(part, "bold")
    for line in _closing(words(say("receipt.thanks")), settings.footer, columns):
        for part in wrapped(line, columns):
            yield Text(centred(part, columns))
    if receipt.practice:
        yield from _practice(columns, words)
    yield Cut()


def _practice(columns: int, words: Words) -> Iterator[Text]:
    """Say that nothing of a receipt is true."""
    for line in wrapped(words(say("receipt.practice")), columns - 4):
        yield Text(centred(f"* {line} *", columns), "bold")


def _head(receipt: Receipt, columns: int, words: Words) -> Iterator[Text]:
    """Say to whom how much was lent; of a card its ending alone, of a name all of it."""
    items = words(say("receipt.items", count=sum(line.count for line in receipt.lines)))
    whose = receipt.name
    if receipt.card_ending:
        whose = words(say("receipt.card", ending=receipt.card_ending))
    *lines, last = wrapped(whose, columns) or [""]
    if width(last) + 1 + width(items) > columns:
        lines, last = [*lines, last], ""
    for line in lines:
        yield Text(line)
    yield Text(apart(last, items, columns))


def _item(line: ReceiptLine, columns: int, words: Words) -> Iterator[Text]:
    """Write an item: its title where it is known, its number, its due date.

    Items without a barcode: how many of what kind.
    """
    due = words(due_phrase("receipt.renewed" if line.renewed else "receipt.due", line.due))
    what = line.title
    if line.count > 1:
        what = words(say("receipt.several", count=line.count, what=what))
    title, more = wrapped(what, columns)[:2], wrapped(what, columns)[2:]
    if more:
        title[1] = cut(title[1], columns - 3).rstrip() + "..."
    for part in title:
        yield Text(part)
    number = f"  {printable(line.item)}" if title else printable(line.item)
    if width(number) > columns:
        *parts, number = wrapped(number, columns)
        for part in parts:
            yield Text(part)
    for part in _beside(number, due, columns):
        yield Text(part)


def _beside(left: str, right: str, columns: int) -> list[str]:
    """Put two texts at the edges of a line, or below each other where they do not fit on one."""
    if width(left) + 1 + width(right) <= columns:
        return [apart(left, right, columns)]
    return [left, *(apart("", part, columns) for part in wrapped(right, columns))]


def _closing(thanks: str, footer: tuple[str, ...], columns: int) -> tuple[str, ...]:
    if footer and width(f"{thanks} {footer[0]}") <= columns:
        return (f"{thanks} {footer[0]}", *footer[1:])
    return (thanks, *footer)
