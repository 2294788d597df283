"""The built list: sorted records of fixed width, mapped into memory, found by bisection.

    4096 bytes     magic, checksum and length of what follows, then `Header` as JSON, zeros
    4096 p bytes   cards of up to 17 digits, each one native 64-bit word: the number with a 1
                   before it (so that 007 is not 7), then 6 bits of statuses; after the last
                   card, words greater than all fill up the page
    8 p bytes      fences: the last word of each page
    w m bytes      all other cards: UTF-8, zeros, and in the last byte the statuses

The fences are read into memory at opening: a bisection in them finds the page, and one in the page
the card, so that a lookup touches one page of the file. As the last fence is greater than any card,
no lookup has to mind the end.

A card that stands in the list several times is one record with all its statuses. Opening checks
the header, the size and the last fence: no more than that is worth making a start wait for.
`verify` reads it all. The file is replaced by renaming, never written again, because it is mapped.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from kiosk.daybook.blocklist.errors import BlockListDamagedError
from kiosk.desk.blocklist import STATUSES, Listed, Status

if TYPE_CHECKING:
    from pathlib import Path

NAME = "blocklist"
MAGIC = b"DBBLOCK2"
HEADER_SIZE = 4096
PAGE = 512
"""So many words are a page: 4 KiB, as the system reads and maps them."""
GREATEST = (1 << 64) - 1
STATUS_BITS = 6
STATUS_MASK = (1 << STATUS_BITS) - 1
MOST_DIGITS = 17
"""So many fit into 64 bits, with the 1 before them and the statuses after."""

_HEAD = struct.Struct("<8sII")
_CHUNK = 1 << 20
_NUMBERS = msgspec.json.Decoder(list[int])

BIT: dict[Status, int] = {status: 1 << place for place, status in enumerate(STATUSES)}
MEANINGS: dict[int, tuple[Status, ...]] = {
    bits: tuple(status for status in STATUSES if bits & BIT[status])
    for bits in range(1, 1 << len(STATUSES))
}
"""The statuses of every set of bits but the empty one."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the built list says of itself. `made` is the list's own date, `built` ours.

    `origin` names how it was read and what it was made of, so that the same is not built again.
    `words`, `texts` and `width` are the numbers of the two kinds of records and the width of the
    second.
    """

    made: datetime
    built: datetime
    origin: str
    words: int
    texts: int
    width: int
    checksum: int
    unreadable: int = 0

    @property
    def cards(self) -> int:
        """How many cards are on the list."""
        return self.words + self.texts

    @property
    def pages(self) -> int:
        """How many pages the words take, with at least one word to fill up the last."""
        return self.words // PAGE + 1

    @property
    def size(self) -> int:
        """How many bytes the whole file has."""
        return HEADER_SIZE + 8 * (PAGE + 1) * self.pages + self.width * self.texts


class BlockListFile:
    """A built list, open for looking up. Raises BlockListDamagedError, or OSError."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.header = read_header(file.read(HEADER_SIZE))
            if os.fstat(file.fileno()).st_size != self.header.size:
                raise BlockListDamagedError("blocklist.damaged")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        day = self.header.made.date()
        self._answers = {bits: Listed(statuses, day) for bits, statuses in MEANINGS.items()}
        fences_at = HEADER_SIZE + 8 * PAGE * self.header.pages
        texts_at = fences_at + 8 * self.header.pages
        self._bytes = memoryview(self._map)
        self._words = self._bytes[HEADER_SIZE:fences_at].cast("Q")
        self._fences = self._bytes[fences_at:texts_at].cast("Q").tolist()
        if self._fences[-1] != GREATEST:  # a lookup might leave the file
            raise BlockListDamagedError("blocklist.damaged")
        self._texts = _Texts(self._bytes[texts_at:], self.header.width, self.header.texts)

    def listed(self, card: str) -> Listed | None:
        """Tell what the list says of a card."""
        word = as_word(card)
        if word is None:
            return self._answers.get(self._texts.find(card.encode(errors="surrogatepass")))
        page = bisect_left(self._fences, word) * PAGE
        place = bisect_left(self._words, word, page, page + PAGE - 1)
        # Between a card's word without statuses and another card's are more than all the bits.
        return self._answers.get(self._words[place] - word)

    def close(self) -> None:
        """Let go of the file."""
        self._texts.records.release()
        self._words.release()
        self._bytes.release()
        self._map.close()


class _Texts(Sequence[bytes]):
    """The second kind of records, as a sorted sequence of their cards."""

    def __init__(self, records: memoryview, width: int, count: int) -> None:
        self.records = records
        self._width = width
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override] # bisection takes no slices
        start = place * self._width
        return bytes(self.records[start : start + self._width - 1])

    def find(self, card: bytes) -> int:
        """Give the statuses of a card, or 0."""
        key = card.ljust(self._width - 1, b"\0")
        place = bisect_left(self, key)
        if place == self._count or self[place] != key:
            return 0
        return self.records[(place + 1) * self._width - 1]


def as_word(card: str) -> int | None:
    """Make the word of a card without its statuses; None where it is of the second kind."""
    if len(card) <= MOST_DIGITS and card.isascii() and card.isdigit():
        return int("1" + card) << STATUS_BITS
    return None


def as_words(cards: list[str], statuses: list[int]) -> list[int]:
    """Make the words of cards that are all of the first kind; a JSON decoder is fastest at it."""
    numbers = _NUMBERS.decode("[1" + ",1".join(cards) + "]")
    pairs = zip(numbers, statuses, strict=True)
    return [number << STATUS_BITS | bits for number, bits in pairs]


def only_digits(cards: list[str]) -> bool:
    """Tell whether all these cards are of the first kind; quickly, for there may be millions."""
    together = "".join(cards)
    if not together.isascii() or max(map(len, cards), default=0) > MOST_DIGITS:
        return False
    return together.encode().isdigit()  # of bytes: several times as fast as of text


def identity(stat: os.stat_result) -> tuple[int, int]:
    """Tell one file from the next one of its name."""
    return (stat.st_ino, stat.st_mtime_ns)


def read_header(head: bytes) -> Header:
    """Read the first bytes of a built list."""
    try:
        magic, checksum, length = _HEAD.unpack_from(head)
        text = head[_HEAD.size : _HEAD.size + length]
        if magic == MAGIC and zlib.crc32(text) == checksum:
            return msgspec.json.decode(text, type=Header)
    except (struct.error, msgspec.MsgspecError):
        pass
    raise BlockListDamagedError("blocklist.damaged")


def header_bytes(header: Header) -> bytes:
    """Write the first bytes of a built list."""
    text = msgspec.json.encode(header)
    return (_HEAD.pack(MAGIC, zlib.crc32(text), len(text)) + text).ljust(HEADER_SIZE, b"\0")


def verify(path: Path) -> Header:
    """Read a built list to its end. Raises BlockListDamagedError, or OSError."""
    with path.open("rb") as file:
        header = read_header(file.read(HEADER_SIZE))
        checksum, size = 0, HEADER_SIZE
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
            size += len(chunk)
    if checksum != header.checksum or size != header.size:
        raise BlockListDamagedError("blocklist.damaged")
    return header
