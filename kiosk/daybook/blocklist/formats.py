"""Reads the lists that libraries give out, and tells a list from what is not one.

    evergreen   `barcode letter` on each line, the letters L, E, B and D; the barcode may have
                blanks after it (Evergreen's offline-blocked-list.pl)
    csv         two columns of any table
    barcodes    one card on each line

A few lines that cannot be read are counted and left out; many mean that this is not the list. So
do cards of which most do not look like the library's.
"""

from __future__ import annotations

import csv
import io
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, TYPE_CHECKING

from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.daybook.blocklist.file import BIT, only_digits
from kiosk.desk.checks.barcodes import LONGEST

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Callable, Iterable, Iterator

    from kiosk.daybook.blocklist.build import Batch
    from kiosk.daybook.blocklist.settings import CsvSettings, ListSettings
    from kiosk.desk.checks.blocklist import Status

CHUNK = 1 << 16
LONGEST_LINE = 1 << 16
ROWS = 4096
SOME_UNREADABLE = 20
"""So many lines may be unreadable in any list, as long as more can be read ..."""
UNREADABLE_SHARE = 0.01
"""... and in a long one, this part of all."""

UNLIKE_SHARE = 0.5
"""Where more of a list's cards do not look like the library's, it is another list."""
LOOKS = 64
"""Of some thousand lines that are read at once, about so many are looked at for that."""

EVERGREEN: dict[str, Status] = {"l": "lost", "e": "expired", "b": "barred", "d": "delinquent"}
"""Evergreen's letters. D is any penalty with a block: what for, the list does not say."""

WORDS: dict[str, Status] = {
    "blocked": "blocked",
    "barred": "barred",
    "debarred": "barred",
    "lost": "lost",
    "lost card": "lost",
    "expired": "expired",
    "delinquent": "delinquent",
}


_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
"""A long number as spreadsheets write it. Its last digits are lost."""


@dataclass(slots=True)
class Looks:
    """Whether the cards of a list look like cards, by the library's patterns."""

    patterns: tuple[str, ...] = ()
    seen: int = 0
    unlike: int = 0
    line: int = 0
    """The number of the first line whose card does not."""
    like: str = ""
    """What that looks like: its digits and letters are others."""
    shortest: int = LONGEST
    last: str = ""
    """The last card of all."""
    _matches: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Make one pattern of all."""
        self._matches = re.compile("|".join(f"(?:{each})" for each in self.patterns), re.ASCII)

    def at(self, line: int, card: str, count: int = 1) -> None:
        """Look at a card; `count` is how many it stands for."""
        if self.last:
            self.shortest = min(self.shortest, len(self.last))
        self.last = card
        self.seen += count
        if self.patterns and not self._matches.fullmatch(card):
            self.unlike += count
            if not self.line:
                self.line, self.like = line, _shape(card)

    def at_some(self, first: int, cards: list[str]) -> None:
        """Look at some of many cards, of which each has a line."""
        step = max(1, len(cards) // LOOKS)
        for place in range(0, len(cards) - 1, step):
            self.at(first + place, cards[place], step)
        self.at(first + len(cards) - 1, cards[-1])

    def check(self) -> None:
        """Refuse a list of other things. Raises BlockListError."""
        if self.unlike > self.seen * UNLIKE_SHARE:
            share = round(100 * self.unlike / self.seen)
            raise BlockListError(
                "blocklist.unlike_cards", share=share, line=self.line, like=self.like
            )


def _shape(text: str) -> str:
    """Show what a text looks like without telling it: it may name a patron."""
    some = (c for c in text.strip()[:30] if c.isprintable())
    return "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in some)


@dataclass(slots=True)
class Tally:
    """What reading a list came to. `first` is the number of the first unreadable line, or 0."""

    looks: Looks = field(default_factory=Looks)
    lines: int = 0
    """How many there are, without the empty ones."""
    line: int = 0
    """The number of the last one."""
    unreadable: int = 0
    first: int = 0
    like: str = ""
    """What the first one looks like: its digits and letters are others."""
    last: int = 0
    """The number of the last unreadable line."""
    spreadsheet: int = 0
    """The number of the first line whose card a spreadsheet has turned into another number."""
    unknown: set[str] = field(default_factory=set)
    """Statuses that nobody has said the meaning of; a few of them."""

    def each(self, block: str) -> Iterator[tuple[int, str]]:
        """Count the lines of a block that are not empty, and give them with their numbers."""
        for number, line in enumerate(block.split("\n"), self.line + 1):
            if line and not line.isspace():
                self.lines += 1
                yield number, line
        self.line += block.count("\n") + 1

    def count(self, block: str, lines: int) -> None:
        """Count the lines of a block."""
        self.lines += lines
        self.line += block.count("\n") + 1

    def is_card(self, line: int, card: str) -> bool:
        """Tell whether this is a card, and take a look at it."""
        if "+" in card and _SCIENTIFIC.fullmatch(card):
            self.spreadsheet = self.spreadsheet or line
            return False
        if not _is_card(card):
            return False
        self.looks.at(line, card)
        return True

    def cannot_read(self, line: int, text: str) -> None:
        """Count a line that is not an entry. Raises BlockListError for one of a web page."""
        if text.lstrip().startswith("<"):
            raise BlockListError("blocklist.web_page")
        self.unreadable += 1
        self.last = line
        if not self.first:
            self.first, self.like = line, _shape(text)

    def cannot_tell(self, status: str) -> None:
        """Note a status without a meaning; but not what may be a card in its place."""
        plain = len(status) < 20 and status.isprintable() and not any(map(str.isdigit, status))
        if plain and len(self.unknown) < 5:
            self.unknown.add(repr(status))

    def check(self, *, ended: bool = True) -> None:
        """Refuse what is not a list. Raises BlockListError.

        Many editors leave out the end of the last line; so does a transfer that broke off. Where it
        is missing (`ended` is false), the last line has to be as whole as the others.
        """
        if not self.lines:
            raise BlockListError("blocklist.empty")
        if self.spreadsheet:
            raise BlockListError("blocklist.spreadsheet", line=self.spreadsheet)
        self._check_lines()
        cut_off = self.last == self.line or len(self.looks.last) < self.looks.shortest
        if not ended and self.lines > 1 and cut_off:
            raise BlockListError("blocklist.half_a_line", line=self.line)
        self.looks.check()

    def _check_lines(self) -> None:
        good = self.lines - self.unreadable
        if self.unreadable <= min(good - 1, max(SOME_UNREADABLE, self.lines * UNREADABLE_SHARE)):
            return
        if self.unknown:
            unknown = ", ".join(sorted(self.unknown))
            raise BlockListError("blocklist.unknown_statuses", statuses=unknown)
        raise BlockListError(
            "blocklist.unreadable",
            count=self.unreadable,
            lines=self.lines,
            first=self.first,
            like=self.like,
        )


def ends_whole(file: IO[bytes]) -> bool:
    """Tell whether the last line of a file has an end."""
    try:
        size = os.fstat(file.fileno()).st_size
        end = os.pread(file.fileno(), 4, max(0, size - 4))
    except OSError as error:
        raise _broke(error) from error
    return end.rstrip(b"\0")[-1:] in (b"\n", b"\r")  # zeros, in UTF-16


def blocks_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Give a file in blocks of whole lines. Raises BlockListError where it has none.

    What is not text in this encoding becomes a mark that no card has in it.
    """
    try:
        text = io.TextIOWrapper(file, encoding, errors="replace")
    except LookupError as error:
        raise BlockListError("blocklist.encoding", encoding=encoding) from error
    try:
        rest = _first(_more(text))
        while more := _more(text):
            block, line_end, begun = (rest + more).rpartition("\n")
            if len(begun) > LONGEST_LINE:
                raise BlockListError("blocklist.no_lines")
            if line_end:
                yield block
            rest = begun
        if rest:
            yield rest
    finally:
        with suppress(ValueError):  # the file was closed meanwhile
            text.detach()  # else it would close the file with itself


def _more(text: io.TextIOWrapper) -> str:
    try:
        return text.read(CHUNK)
    except OSError as error:
        raise _broke(error) from error
    except UnicodeError as error:  # some do not read on after an error
        raise BlockListError("blocklist.encoding", encoding=text.encoding) from error


def _broke(error: OSError) -> BlockListError:
    return BlockListError("blocklist.source_broke", reason=error.strerror or str(error))


def _first(chunk: str) -> str:
    """Look at the beginning of a file: the mark of an editor is cut off, a web page refused."""
    chunk = chunk.removeprefix("\ufeff")
    if chunk.lstrip().startswith("<"):
        raise BlockListError("blocklist.web_page")
    if "\0" in chunk:
        raise BlockListError("blocklist.not_text")
    return chunk


def batches(blocks: Iterable[str], settings: ListSettings, tally: Tally) -> Iterator[Batch]:
    """Give the cards of a list with their statuses, and count what cannot be read."""
    meanings = _Meanings(settings, tally)
    if settings.format == "evergreen":
        return _evergreen(blocks, meanings, tally)
    if settings.format == "csv":
        return _table(blocks, settings.csv, meanings, tally)
    return _barcodes(blocks, meanings.default, tally)


class _Meanings(dict[str, int]):
    """The bits of each status as it is written. Learns every way of writing it once.

    0 is a status to ignore, -1 one that is not known.
    """

    def __init__(self, settings: ListSettings, tally: Tally) -> None:
        known = EVERGREEN if settings.format == "evergreen" else WORDS
        site = {key.strip().casefold(): status for key, status in settings.statuses.items()}
        self._known = {**known, **site}
        self._tally = tally
        self.default = BIT[settings.default_status]
        super().__init__()

    def __missing__(self, written: str) -> int:
        status = self._known.get(written.strip().casefold())
        if status is None:
            self._tally.cannot_tell(written)
            return -1
        bits = 0 if status == "ignore" else BIT[status]
        if len(self) < 1000:
            self[written] = bits
        return bits


def _evergreen(blocks: Iterable[str], meanings: _Meanings, tally: Tally) -> Iterator[Batch]:
    for block in blocks:
        # A block in which digits and known letters take turns is read at once, five times as fast.
        parts = block.split()
        cards, letters = parts[::2], parts[1::2]
        whole = len(cards) == len(letters) == block.count("\n") + 1
        plain = whole and only_digits(cards)
        if plain and all(meanings[letter] > 0 for letter in set(letters)):
            tally.looks.at_some(tally.line + 1, cards)
            tally.count(block, len(cards))
            yield cards, list(map(meanings.__getitem__, letters))
        else:
            yield _evergreen_lines(block, meanings, tally)


def _evergreen_lines(block: str, meanings: _Meanings, tally: Tally) -> Batch:
    cards, statuses = [], []
    for number, line in tally.each(block):
        card, _, letter = line.strip().rpartition(" ")
        bits = meanings[letter] if card else -1
        if bits and (bits < 0 or not tally.is_card(number, card.rstrip())):
            tally.cannot_read(number, line)
        elif bits:
            cards.append(card.rstrip())
            statuses.append(bits)
    return cards, statuses


def _barcodes(blocks: Iterable[str], bits: int, tally: Tally) -> Iterator[Batch]:
    for block in blocks:
        # A block of nothing but digits is read at once.
        cards = block.split("\n")
        if "" not in cards and only_digits(cards):
            tally.looks.at_some(tally.line + 1, cards)
            tally.count(block, len(cards))
        else:
            cards = _barcode_lines(block, tally)
        yield cards, [bits] * len(cards)


def _barcode_lines(block: str, tally: Tally) -> list[str]:
    cards = []
    for number, line in tally.each(block):
        card = line.strip()
        if tally.is_card(number, card):
            cards.append(card)
        else:
            tally.cannot_read(number, line)
    return cards


def _table(
    blocks: Iterable[str], settings: CsvSettings, meanings: _Meanings, tally: Tally
) -> Iterator[Batch]:
    rows = csv.reader(_lines(blocks), delimiter=settings.delimiter)
    head: list[str] = []
    if settings.header:
        _, head = next(_rows(rows, tally), (0, head))
        tally.lines = 0
    read = _columns([name.strip().casefold() for name in head], settings)
    while some := list(islice(_rows(rows, tally), ROWS)):
        cards, statuses = [], []
        for number, row in some:
            card, status = read(row)
            bits = meanings.default if status is None else meanings[status]
            if bits and (bits < 0 or not tally.is_card(number, card)):
                tally.cannot_read(number, settings.delimiter.join(row))
            elif bits:
                cards.append(card)
                statuses.append(bits)
        yield cards, statuses


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield from block.split("\n")


def _rows(rows: Reader, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that are not empty, each with the number of its line.

    A row of several lines is nearly always a stray quote, which makes one field of all that comes
    after it.
    """
    before = tally.line - rows.line_num
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            row = [""]
        tally.line += 1
        if before + rows.line_num > tally.line:
            raise BlockListError("blocklist.stray_quote", line=tally.line)
        if any(row) or row == [""]:
            tally.lines += 1
            yield tally.line, row


def _columns(
    head: list[str], settings: CsvSettings
) -> Callable[[list[str]], tuple[str, str | None]]:
    """Find the columns; give what reads card and status out of a row."""
    barcode = _column(head, settings.barcode)
    status = _column(head, settings.status) if settings.status else None

    def read(row: list[str]) -> tuple[str, str | None]:
        if len(row) <= max(barcode, status or 0):
            return "", None
        return row[barcode].strip(), row[status] if status is not None else None

    return read


def _column(head: list[str], name: str) -> int:
    if not head and name.isascii() and name.isdigit() and int(name):
        return int(name) - 1
    if name.strip().casefold() not in head:
        raise BlockListError("blocklist.no_column", column=name)
    return head.index(name.strip().casefold())


def _is_card(text: str) -> bool:
    """Tell whether this can be on a card and come out of a scanner."""
    if text.isalnum():
        return len(text) <= LONGEST
    strange = any(c.isspace() or not c.isprintable() or c in "<>\ufffd" for c in text)
    return 0 < len(text) <= LONGEST and not strange
