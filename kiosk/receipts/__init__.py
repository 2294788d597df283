"""What a receipt says, laid out for the width of the paper (32, 42 or 48 columns)."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.printer.document import Cut, Document, Text
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Element
    from kiosk.desk.visits import Receipt, ReceiptLine
    from kiosk.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptSettings:
    """What stands on every receipt. `footer` follows the thanks, one entry a line."""

    footer: tuple[str, ...] = ()


def lay_out(receipt: Receipt, columns: int, words: Words, settings: ReceiptSettings) -> Document:
    """Lay a receipt out. No line is wider than `columns` cells."""
    elements = tuple(_elements(receipt, columns, words, settings))
    return Document(columns=columns, elements=elements)


def _elements(
    receipt: Receipt, columns: int, words: Words, settings: ReceiptSettings
) -> Iterator[Element]:
    rule = Text("-" * columns)
    for line in _wrapped(receipt.library.upper(), columns):
        yield Text(_centred(line, columns), "bold")
    yield Text(_centred(words(say("receipt.moment", at=receipt.at.isoformat())), columns))
    if receipt.again:
        yield Text(_centred(words(say("receipt.again")), columns))
    yield Text("")
    yield Text(
        _apart(
            words(say("receipt.card", ending=receipt.card_ending)),
            words(say("receipt.items", count=len(receipt.lines))),
            columns,
        )
    )
    yield rule
    for item in receipt.lines:
        yield from _item(item, columns, words)
    yield rule
    if receipt.lines:
        earliest = min(line.due for line in receipt.lines).date().isoformat()
        due = words(say("receipt.date", due=earliest))
        yield Text(_apart(words(say("receipt.earliest")), due, columns), "bold")
    for line in (words(say("receipt.thanks")), *settings.footer):
        for part in _wrapped(line, columns):
            yield Text(_centred(part, columns))
    yield Cut()


def _item(line: ReceiptLine, columns: int, words: Words) -> Iterator[Text]:
    """Write an item: its title where it is known, its number, its due date."""
    due = words(say("receipt.due", due=line.due.date().isoformat()))
    if line.title:
        for part in _wrapped(line.title, columns)[:2]:
            yield Text(part)
    number = f"  {line.item}" if line.title else line.item
    if width(number) + 1 + width(due) <= columns:
        yield Text(_apart(number, due, columns))
    else:
        yield Text(_cut(number, columns))
        yield Text(_apart("", due, columns))


def width(text: str) -> int:
    """Count the printer's cells: none for combining marks, two for wide characters."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _wrapped(text: str, columns: int) -> list[str]:
    lines = textwrap.wrap(" ".join(text.split()), columns)
    return [_cut(line, columns) for line in lines]


def _cut(text: str, columns: int) -> str:
    while width(text) > columns:
        text = text[:-1]
    return text


def _centred(text: str, columns: int) -> str:
    return " " * ((columns - width(text)) // 2) + text


def _apart(left: str, right: str, columns: int) -> str:
    left = _cut(left, columns - width(right) - 1)
    return left + " " * (columns - width(left) - width(right)) + right
