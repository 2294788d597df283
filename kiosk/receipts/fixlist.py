"""The staff list: what needs a person, laid out for the width of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Barcode, Text
from kiosk.desk.words import say
from kiosk.receipts.staffpaper import RULE, head, paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Document
    from kiosk.desk.settling.fixlist import FixLine, FixList
    from kiosk.words import Words


def lay_out(papers: FixList, columns: int, words: Words) -> Document:
    """Lay a staff list out. No line is wider than `columns` cells."""
    return paper(words(say("fixlist.title")), _parts(papers, words), columns)


def _parts(papers: FixList, words: Words) -> Iterator[Text | Barcode]:
    """Say what stands on it."""
    yield from head(papers.library, papers.at, papers.staff, words)
    group = ""
    for line in papers.lines:
        if words(line.group) != group:
            group = words(line.group)
            yield Text(group.upper(), "bold")
        yield from _line(line, words)
        yield RULE
    if papers.unmet:
        yield Text(words(say("fixlist.unmet")), "bold")
        for text in papers.unmet:
            yield Text(text)
            yield RULE


def _line(line: FixLine, words: Words) -> Iterator[Text | Barcode]:
    """Say what one is about, what the library said, and what to do; with barcodes to scan."""
    yield Text(words(say("fixlist.line", at=line.at.isoformat(), what=line.what)))
    yield Text(words(line.said))
    yield Text(words(line.means))
    yield Text(words(line.todo))
    if line.card:
        yield Text(words(say("slip.card")))
        yield Barcode(line.card)
    if line.item:
        yield Text(words(say("fixlist.item")))
        yield Barcode(line.item)
    yield Text(words(say("fixlist.reference")))
    yield Barcode(f"fix:{line.reference}")
