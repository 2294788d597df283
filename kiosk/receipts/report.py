"""The report of a run, laid out for the width of the paper, or as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Cut, Document, Text
from kiosk.desk.afterwards.reports import headline, parts
from kiosk.receipts.text import centred, wrapped

if TYPE_CHECKING:
    from drivers.printer.document import Element, Style
    from kiosk.desk.afterwards.reports import Report
    from kiosk.words import Words


def lay_out(report: Report, columns: int, words: Words) -> Document:
    """Lay a report out. No line is wider than `columns` cells."""
    title = words(headline(report)).upper()
    elements: list[Element] = [
        Text(centred(line, columns), "bold") for line in wrapped(title, columns)
    ]
    for part in parts(report):
        if part.phrase is None:
            elements.append(Text("-" * columns))
            continue
        style: Style = "bold" if part.bold else "normal"
        lines = wrapped(words(part.phrase), columns) or [""]
        elements += (Text(line, style) for line in lines)
    return Document(columns=columns, elements=(*elements, Cut()))


def as_text(report: Report, columns: int, words: Words) -> str:
    """Write a report as plain text."""
    document = lay_out(report, columns, words)
    lines = (element.text for element in document.elements if isinstance(element, Text))
    return "".join(f"{line.rstrip()}\n" for line in lines)
