"""The staff list: what needs a person, laid out for the width of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Barcode, Cut, Document, Text
from kiosk.desk.words import say
from kiosk.receipts.text import centred, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Element
    from kiosk.desk.settling.fixlist import FixLine, FixList
    from kiosk.words import Words


def lay_out(papers: FixList, columns: int, words: Words) -> Document:
    """Lay a staff list out. No line is wider than `columns` cells."""
    elements: list[Element] = []
    for part in _parts(papers, words):
        if isinstance(part, Barcode):
            elements.append(part)
        elif not part.text:
            elements.append(Text("-" * columns))
        else:
            elements += (Text(line, part.style) for line in wrapped(part.text, columns))
    title = words(say("fixlist.title"))
    head = [Text(centred(line, columns), "bold") for line in wrapped(title, columns)]
    return Document(columns=columns, elements=(*head, *elements, Cut()))


def _parts(papers: FixList, words: Words) -> Iterator[Text | Barcode]:
    """Say what stands on it; an empty text is a rule."""
    yield Text(words(say("plain.text", text=papers.library)))
    yield Text(words(say("slip.made", at=papers.at.isoformat(), staff=papers.staff or "-")))
    yield Text("")
    group = ""
    for line in papers.lines:
        if words(line.group) != group:
            group = words(line.group)
            yield Text(group.upper(), "bold")
        yield from _line(line, words)
        yield Text("")
    if papers.unmet:
        yield Text(words(say("fixlist.unmet")), "bold")
        for text in papers.unmet:
            yield Text(text)
            yield Text("")


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
