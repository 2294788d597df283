"""What a receipt says, laid out for the width of the paper (32, 42 or 48 columns)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.printer.characters import printable
from drivers.printer.document import Cut, Document, Text
from kiosk.desk.duedates import by_the_hour
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from drivers.printer.document import Element
    from kiosk.desk.visits import Receipt, ReceiptLine
    from kiosk.desk.words import Phrase
    from kiosk.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptSettings:
    """What stands on every receipt.

    `footer` follows the thanks: its first entry beside them, where both fit, then one a line.
    """

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
        due = words(_due("receipt.date", min(line.due for line in receipt.lines)))
        yield Text(_apart(words(say("receipt.earliest")), due, columns), "bold")
    for line in _closing(words(say("receipt.thanks")), settings.footer, columns):
        for part in _wrapped(line, columns):
            yield Text(_centred(part, columns))
    yield Cut()


def _item(line: ReceiptLine, columns: int, words: Words) -> Iterator[Text]:
    """Write an item: its title where it is known, its number, its due date."""
    due = words(_due("receipt.due", line.due))
    title, more = _wrapped(line.title, columns)[:2], _wrapped(line.title, columns)[2:]
    if more:
        title[1] = _cut(title[1], columns - 3).rstrip() + "..."
    for part in title:
        yield Text(part)
    number = f"  {printable(line.item)}" if title else printable(line.item)
    if width(number) + 1 + width(due) <= columns:
        yield Text(_apart(number, due, columns))
    else:
        for part in [number] if width(number) <= columns else _wrapped(number, columns):
            yield Text(part)
        yield Text(_apart("", due, columns))


def _due(key: str, due: datetime) -> Phrase:
    """Say a due date, with its time where it ends by the hour."""
    return say(f"{key}_time" if by_the_hour(due) else key, due=due.isoformat())


def width(text: str) -> int:
    """Count the printer's cells: none for combining marks, two for wide characters."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _closing(thanks: str, footer: tuple[str, ...], columns: int) -> tuple[str, ...]:
    if footer and width(f"{thanks} {footer[0]}") <= columns:
        return (f"{thanks} {footer[0]}", *footer[1:])
    return (thanks, *footer)


def _wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines between words, and within a word that is too long for one.

    `textwrap` counts characters, of which a printer draws some twice as wide.
    """
    lines = [""]
    for word in printable(" ".join(text.split())).split():
        line = f"{lines[-1]} {word}".lstrip()
        if width(line) <= columns:
            lines[-1] = line
            continue
        lines.append(word)
        while width(lines[-1]) > columns:
            lines[-1:] = [start := _cut(lines[-1], columns), lines[-1][len(start) :]]
    return [line for line in lines if line]


def _cut(text: str, columns: int) -> str:
    while text and width(text) > columns:
        text = text[:-1]
    return text


def _centred(text: str, columns: int) -> str:
    return " " * ((columns - width(text)) // 2) + text


def _apart(left: str, right: str, columns: int) -> str:
    right = _cut(right, columns)
    left = _cut(left, columns - width(right) - 1)
    return left + " " * (columns - width(left) - width(right)) + right
