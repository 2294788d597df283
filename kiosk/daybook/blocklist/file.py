"""The built list: sorted records of fixed width, and an index that says where to look.

    4096 bytes      magic, checksum and length of what follows, then `Header` as JSON, zeros
    8 n bytes       cards of up to 16 digits, each one 64-bit word, the highest byte first: its
                    key, then a byte of statuses
    4 i bytes       index: where in the file the words of each beginning begin, and their end
    w m bytes       all other cards: UTF-8, zeros, and in the last byte the statuses

A key is the number with a 1 before it (so that 007 is not 7), multiplied so that keys lie evenly
however the numbers lie (Knuth, The Art of Computer Programming 3, 6.4). So all beginnings of a key
have about as many words: the index, which is read into memory, leads to a few hundred bytes, and
one read and one search of these find the card.

The file is read, not mapped into memory: of a mapped page that a bad sector or a truncation takes
away the system tells by a signal that ends the process, of a read by an error that can be told.

A card that stands in the list several times is one record with all its statuses. Opening checks
header, size and index: no more than that is worth making a start wait for. `verify` reads it all.
The file is replaced by renaming, never written again, because it is in use.
"""

from __future__ import annotations

import os
import struct
import weakref
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from kiosk.daybook.blocklist.errors import BlockListDamagedError
from kiosk.desk.checks.blocklist import STATUSES, Listed, Status

if TYPE_CHECKING:
    from pathlib import Path

NAME = "blocklist"
MAGIC = b"DBBLOCK3"
HEADER_SIZE = 4096
MOST_DIGITS = 16
"""So many fit into a key, with the 1 before them."""
KEY_BITS = 56
KEY_BYTES = KEY_BITS // 8
WORD_BYTES = 8
STATUS_BITS = 8
STATUS_MASK = (1 << STATUS_BITS) - 1
SPREAD = 0x9E3779B97F4A7D
"""An odd number near the golden section of all keys: no two numbers have the same key."""
_KEYS = (1 << KEY_BITS) - 1

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
    second; `index_bits` is how much of a key the index goes by.
    """

    made: datetime
    built: datetime
    origin: str
    words: int
    texts: int
    width: int
    index_bits: int
    index_checksum: int
    checksum: int
    unreadable: int = 0

    @property
    def cards(self) -> int:
        """How many cards are on the list."""
        return self.words + self.texts

    @property
    def index_at(self) -> int:
        """Where the index begins."""
        return HEADER_SIZE + WORD_BYTES * self.words

    @property
    def texts_at(self) -> int:
        """Where the records of the second kind begin."""
        return self.index_at + 4 * ((1 << self.index_bits) + 1)

    @property
    def size(self) -> int:
        """How many bytes the whole file has."""
        return self.texts_at + self.width * self.texts


class BlockListFile:
    """A built list, open for looking up. Raises BlockListDamagedError, or OSError at opening."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.close = weakref.finalize(self, os.close, self._file)
        """Let go of the file."""
        self.header = header = read_header(_read(self._file, HEADER_SIZE, 0))
        if os.fstat(self._file).st_size != header.size:
            raise BlockListDamagedError("blocklist.damaged")
        index = _read(self._file, header.texts_at - header.index_at, header.index_at)
        if zlib.crc32(index) != header.index_checksum:  # a lookup might leave the list
            raise BlockListDamagedError("blocklist.damaged")
        self._index = memoryview(index).cast("I")
        self._shift = KEY_BITS - header.index_bits
        self._texts = _Texts(self._file, header)
        day = header.made.date()
        self._answers = {bits: Listed(statuses, day) for bits, statuses in MEANINGS.items()}

    def listed(self, card: str) -> Listed | None:
        """Tell what the list says of a card. Raises BlockListDamagedError."""
        number = as_key(card)
        if number is None:
            return self._answers.get(self._texts.find(card.encode(errors="surrogatepass")))
        beginning = number >> self._shift
        start, end = self._index[beginning], self._index[beginning + 1]
        # As `_read` does it; a call more takes a tenth of the time of all this.
        try:
            words = os.pread(self._file, end - start, start)
        except OSError as error:
            raise BlockListDamagedError("blocklist.damaged") from error
        if len(words) != end - start:
            raise BlockListDamagedError("blocklist.damaged")
        key = number.to_bytes(KEY_BYTES, "big")
        place = words.find(key)
        while place > 0 and place % WORD_BYTES:  # the end of one word and the beginning of another
            place = words.find(key, place + 1)
        return self._answers.get(words[place + KEY_BYTES]) if place >= 0 else None


def _read(file: int, size: int, at: int) -> bytes:
    """Read a part of a list. A bad sector is told like any other damage."""
    try:
        content = os.pread(file, size, at)
    except OSError as error:
        raise BlockListDamagedError("blocklist.damaged") from error
    if len(content) != size:
        raise BlockListDamagedError("blocklist.damaged")
    return content


class _Texts(Sequence[bytes]):
    """The second kind of records, as a sorted sequence."""

    def __init__(self, file: int, header: Header) -> None:
        self._file = file
        self._start = header.texts_at
        self._width = header.width
        self._count = header.texts

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override] # bisection takes no slices
        return _read(self._file, self._width, self._start + place * self._width)

    def find(self, card: bytes) -> int:
        """Give the statuses of a card, or 0."""
        key = card.ljust(self._width - 1, b"\0")
        place = bisect_left(self, key)
        if place == self._count:
            return 0
        record = self[place]
        return record[-1] if record[:-1] == key else 0


def as_key(card: str) -> int | None:
    """Make the key of a card; None where it is of the second kind."""
    if len(card) <= MOST_DIGITS and card.isascii() and card.isdigit():
        return int("1" + card) * SPREAD & _KEYS
    return None


def as_words(cards: list[str], statuses: list[int]) -> list[int]:
    """Make the words of cards that are all of the first kind; a JSON decoder is fastest at it."""
    numbers = _NUMBERS.decode("[1" + ",1".join(cards) + "]")
    pairs = zip(numbers, statuses, strict=True)
    return [(number * SPREAD & _KEYS) << STATUS_BITS | bits for number, bits in pairs]


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
    """Read the first bytes of a built list. Raises BlockListDamagedError."""
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
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        header = read_header(_read(file.fileno(), min(HEADER_SIZE, size), 0))
        checksum = 0
        for at in range(HEADER_SIZE, size, _CHUNK):
            chunk = _read(file.fileno(), min(_CHUNK, size - at), at)
            checksum = zlib.crc32(chunk, checksum)
    if checksum != header.checksum or size != header.size:
        raise BlockListDamagedError("blocklist.damaged")
    return header
