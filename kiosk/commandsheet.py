"""The command sheet: a barcode, a picture and a word for every command, to be laminated.

A shift can be worked with the scanner alone when this lies beside it. What that takes:

* Code 128 (ISO/IEC 15417): the narrowest bar is X = 4/300 inch (0.34 mm), which is a whole number
  of dots on printers of 300, 600 and 1200 dpi, so that none of them has to round a bar; bars are
  12 mm high and have 10 X of quiet beside them.
* A hand scanner sweeps a line wider than one barcode. So two never stand close side by side: the
  left column has them at its left edge, the right one at its right edge, and the words between.
* Black on white throughout: a copier is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportlab.graphics.barcode.code128 import Code128Auto
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import inch, mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from kiosk import __version__
from kiosk.desk.commandlist import Entry
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.commandlist import Group
    from kiosk.words import Words

PAPERS: dict[str, tuple[float, float]] = {"a4": A4, "letter": LETTER}

NARROW = 4 / 300 * inch
"""X, the width of the narrowest bar."""
BARS = 12 * mm
QUIET = 10 * NARROW
ROW = 20 * mm
HEADING = 11 * mm
MARGIN = 13 * mm
"""What no printer cuts off, and a laminating pouch holds."""
TOP, FOOT = 20 * mm, 9 * mm
"""Room for what stands over the rows of a page, and under them."""
WORDS_AT = 52.5 * mm
"""How far from the edge picture and word begin; farther beside a barcode wider than that."""

FONTS = Path(__file__).parent / "screens" / "fonts"
FACES = {
    "Words": "AtkinsonHyperlegibleNext_600SemiBold.ttf",
    "Plain": "AtkinsonHyperlegibleNext_400Regular.ttf",
    "Typed": "AtkinsonHyperlegibleMono_600SemiBold.ttf",
    "Icons": "materialdesignicons-webfont.ttf",
}

ICONS = {
    "back": "\U000f004d",
    "bookdrop": "\U000f1134",
    "cart": "\U000f0110",
    "checkin": "\U000f1681",
    "checkout": "\U000f1683",
    "commands": "\U000f0279",
    "count": "\U000f0199",
    "done": "\U000f0449",
    "done-noslip": "\U000f0e1e",
    "day": "\U000f094c",
    "due": "\U000f0e17",
    "due-next": "\U000f08a7",
    "guest": "\U000f0b59",
    "delivery": "\U000f0788",
    "exceptions": "\U000f05d6",
    "report": "\U000f0219",
    "find": "\U000f0349",
    "help": "\U000f02d6",
    "inhouse": "\U000f0ba9",
    "key:delete": "\U000f006e",
    "key:ok": "\U000f0311",
    "kind": "\U000f0831",
    "lock": "\U000f033e",
    "login": "\U000f0004",
    "next": "\U000f0054",
    "no": "\U000f0156",
    "noncat": "\U000f0495",
    "override": "\U000f0bc4",
    "paper": "\U000f11d7",
    "practice": "\U000f0474",
    "settings": "\U000f08bb",
    "test-scan": "\U000f0072",
    "test-slip": "\U000f1146",
    "stop": "\U000f04db",
    "pause": "\U000f03e4",
    "preview": "\U000f0208",
    "ready": "\U000f0565",
    "runs:print": "\U000f042a",
    "runs": "\U000f014d",
    "told": "\U000f03f2",
    "register": "\U000f0014",
    "renew": "\U000f01e1",
    "reprint": "\U000f042a",
    "handed": "\U000f0220",
    "process": "\U000f040a",
    "send": "\U000f048a",
    "sessions:new": "\U000f0415",
    "sessions:print": "\U000f042a",
    "sessions": "\U000f0167",
    "session": "\U000f0631",
    "time:ok": "\U000f0fa8",
    "time": "\U000f0954",
    "today": "\U000f00f6",
    "undo": "\U000f054c",
    "who": "\U000f0016",
    "yes": "\U000f012c",
}
"""Material Design Icons by command word, or by the whole command where a word has several."""
NUMBERED = {"choose", "key"}
"""Words whose picture is their number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """What stands on every page. `support`: whom to call, or ""."""

    library: str
    support: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the sheet: a group's headline, or one or two commands."""

    height: float
    headline: str = ""
    entries: tuple[Entry, ...] = ()


def draw(
    groups: tuple[Group, ...], heading: Heading, words: Words, size: tuple[float, float]
) -> bytes:
    """Draw the sheet on paper of this size in points; give it as a PDF."""
    for face, file in FACES.items():
        pdfmetrics.registerFont(TTFont(face, FONTS / file))
    room = size[1] - 2 * MARGIN - TOP - FOOT
    pages = list(_pages(groups, words, room))
    out = BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.setTitle(words(say("sheet.title")))
    canvas.setAuthor(f"Daybook {__version__}")
    for number, rows in enumerate(pages, 1):
        _Page(canvas, size, words).draw(rows, heading, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(entry: Entry) -> str:
    """Give the character of the icon font for a command; "" where it is its number."""
    return ICONS.get(entry.command) or ICONS.get(entry.word, "")


def _pages(groups: tuple[Group, ...], words: Words, room: float) -> Iterator[list[_Row]]:
    """Fill pages with rows. A group is not broken where it fits on a page of its own."""
    page: list[_Row] = []
    for group in groups:
        rows = list(_rows(group, words))
        if page and _height(page) + _height(rows) > room:
            yield page
            page = []
        for row in rows:
            if page and _height(page) + row.height > room:
                yield page
                page = []
            page.append(row)
    if page:
        yield page


def _rows(group: Group, words: Words) -> Iterator[_Row]:
    yield _Row(HEADING, headline=words(group.headline))
    for first in range(0, len(group.entries), 2):
        yield _Row(ROW, entries=group.entries[first : first + 2])


def _height(rows: list[_Row]) -> float:
    return sum(row.height for row in rows)


class _Page:
    """One page being drawn. Lengths are in points, from the lower left corner."""

    def __init__(self, canvas: Any, size: tuple[float, float], words: Words) -> None:
        self._canvas = canvas
        self._left, self._right = MARGIN, size[0] - MARGIN
        self._top, self._bottom = size[1] - MARGIN, MARGIN
        self._middle = size[0] / 2
        self._words = words

    def draw(self, rows: list[_Row], heading: Heading, number: int, pages: int) -> None:
        """Draw all of it."""
        self._head(heading)
        y = self._top - TOP
        for row in rows:
            y -= row.height
            if row.headline:
                self._headline(row.headline, y)
            else:
                self._commands(row.entries, y)
        self._foot(heading, number, pages)

    def _head(self, heading: Heading) -> None:
        canvas = self._canvas
        canvas.setFont("Words", 20)
        canvas.drawString(self._left, self._top - 6 * mm, self._words(say("sheet.title")))
        canvas.setFont("Plain", 11)
        canvas.drawRightString(self._right, self._top - 6 * mm, heading.library)
        canvas.setFont("Plain", 10.5)
        canvas.drawString(self._left, self._top - 13 * mm, self._words(say("sheet.how")))

    def _headline(self, text: str, y: float) -> None:
        self._canvas.setFont("Words", 13)
        self._canvas.drawString(self._left, y + 3 * mm, text)
        self._line(y + 0.5 * mm, 1.2)

    def _commands(self, entries: tuple[Entry, ...], y: float) -> None:
        for at, entry in enumerate(entries):
            self._command(entry, y, right=at == 1)
        self._line(y, 0.4)
        self._canvas.line(self._middle, y, self._middle, y + ROW)

    def _command(self, entry: Entry, y: float, *, right: bool) -> None:
        """Draw a barcode at the outer edge, and picture and word beside it."""
        text = f":{entry.command}"
        code = Code128Auto(text, barWidth=NARROW, barHeight=BARS, quiet=0, humanReadable=0)
        x = self._right - QUIET - code.width if right else self._left + QUIET
        code.drawOn(self._canvas, x, y + 5.5 * mm)
        self._canvas.setFont("Typed", 9)
        self._canvas.drawCentredString(x + code.width / 2, y + 1.9 * mm, text)
        beside = max(x + code.width + QUIET, self._left + WORDS_AT)
        edge = self._middle + 3 * mm if right else beside
        end = x - QUIET if right else self._middle - 2 * mm
        self._picture(entry, edge, y)
        self._name(self._words(entry.name), edge + 11 * mm, end, y)

    def _picture(self, entry: Entry, x: float, y: float) -> None:
        if entry.word in NUMBERED and not picture(entry):
            self._canvas.setFont("Words", 24)
            self._canvas.drawCentredString(x + 4.5 * mm, y + ROW / 2 - 3 * mm, entry.value)
        else:
            self._canvas.setFont("Icons", 26)
            self._canvas.drawCentredString(x + 4.5 * mm, y + ROW / 2 - 3.2 * mm, picture(entry))

    def _name(self, name: str, x: float, end: float, y: float) -> None:
        size = 12.0
        lines = simpleSplit(name, "Words", size, end - x)
        while len(lines) > 2 and size > 8:
            size -= 0.5
            lines = simpleSplit(name, "Words", size, end - x)
        self._canvas.setFont("Words", size)
        base = y + ROW / 2 - size * 0.35 + (len(lines) - 1) * size * 0.6
        for number, line in enumerate(lines):
            self._canvas.drawString(x, base - number * size * 1.2, line)

    def _line(self, y: float, width: float) -> None:
        self._canvas.setLineWidth(width)
        self._canvas.line(self._left, y, self._right, y)

    def _foot(self, heading: Heading, number: int, pages: int) -> None:
        canvas = self._canvas
        canvas.setFont("Plain", 9.5)
        if heading.support:
            canvas.drawString(self._left, self._bottom, heading.support)
        page = self._words(say("sheet.page", number=number, pages=pages))
        canvas.drawRightString(self._right, self._bottom, f"Daybook {__version__} · {page}")
