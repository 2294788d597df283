"""Builds a list: any number of cards in any order, with little memory.

Cards are sorted in runs that fit into memory; the runs go to files without names (a killed builder
leaves none behind) and are merged into `blocklist.new`, which then takes the old list's name.
"""

from __future__ import annotations

import heapq
import os
import sys
import tempfile
import zlib
from array import array
from bisect import bisect_left, bisect_right
from contextlib import ExitStack
from itertools import count, islice
from typing import IO, TYPE_CHECKING, Self

from kiosk.daybook.blocklist.file import (
    HEADER_SIZE,
    KEY_BITS,
    NAME,
    STATUS_BITS,
    STATUS_MASK,
    WORD_BYTES,
    Header,
    as_key,
    as_words,
    header_bytes,
    only_digits,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

RUN = 200_000
"""So many cards are sorted in memory at a time: about ten megabytes."""
BLOCK = 4096
"""So many records are read from each run, or written, at a time."""
TOGETHER = 32
"""So many words at least have one place in the index, on average, and not twice as many."""
NO_LINE_END = 64
"""A bit that no status has: with it, a byte of statuses does not end a line of a run."""

Batch = tuple[list[str], list[int]]
"""Some thousands of cards, and the bits of the statuses of each."""


class Builder:
    """Takes entries in any order, and writes the list. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = ExitStack()
        self._word_runs: list[IO[bytes]] = []
        self._text_runs: list[IO[bytes]] = []
        self._longest = 0
        self._taken = 0
        self.path = folder / f"{NAME}.new"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()
        self.path.unlink(missing_ok=True)

    def take(self, batches: Iterable[Batch]) -> None:
        """Sort entries into runs."""
        words: list[int] = []
        texts: list[bytes] = []
        for cards, statuses in batches:
            if only_digits(cards):
                words += as_words(cards, statuses)
            else:
                for card, bits in zip(cards, statuses, strict=True):
                    key = as_key(card)
                    if key is not None:
                        words.append(key << STATUS_BITS | bits)
                    else:
                        texts.append(b"%b %c\n" % (card.encode(), bits | NO_LINE_END))
            if len(words) >= RUN:
                self._end_words(words)
            if len(texts) >= RUN // 4:
                self._end_texts(texts)
        self._end_words(words)
        self._end_texts(texts)

    def _end_words(self, words: list[int]) -> None:
        words.sort()
        run = self._new_run(self._word_runs)
        array("Q", words).tofile(run)
        self._taken += len(words)
        words.clear()

    def _end_texts(self, texts: list[bytes]) -> None:
        """Keep lines: card, space, statuses. A space is less than whatever a card goes on with."""
        texts.sort()
        self._new_run(self._text_runs).writelines(texts)
        self._longest = max(self._longest, max(map(len, texts), default=0) - len(" s\n"))
        texts.clear()

    def _new_run(self, runs: list[IO[bytes]]) -> IO[bytes]:
        run = self._files.enter_context(tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
        runs.append(run)
        return run

    def write(self, *, made: datetime, built: datetime, origin: str, unreadable: int) -> Header:
        """Merge what was taken into `blocklist.new`, synced."""
        for run in (*self._word_runs, *self._text_runs):
            run.seek(0)
        width = self._longest + 1
        private = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(private, "wb") as out:
            out.write(bytes(HEADER_SIZE))
            index = _Index(max(0, (self._taken // TOGETHER).bit_length() - 1))
            words = index.follow(_merged([_Run(run) for run in self._word_runs]))
            word_count, checksum = _write(out, map(_packed, words), WORD_BYTES, 0)
            index_bytes = index.starts.tobytes()
            _, checksum = _write(out, [index_bytes], 1, checksum)
            texts = _records(heapq.merge(*self._text_runs), width)
            text_count, checksum = _write(out, _joined(texts), width, checksum)
            header = Header(
                made=made,
                built=built,
                origin=origin,
                words=word_count,
                texts=text_count,
                width=width,
                index_bits=index.bits,
                index_checksum=zlib.crc32(index_bytes),
                checksum=checksum,
                unreadable=unreadable,
            )
            out.seek(0)
            out.write(header_bytes(header))
            out.flush()
            os.fsync(out.fileno())
        return header

    def put_in_place(self) -> None:
        """Read it all once more, then let it take the place of the old list, for good."""
        verify(self.path)
        self.path.replace(self._folder / NAME)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class _Run:
    """A sorted run of words, of which one block is in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.block: list[int] = []
        self.take(0)

    def take(self, most: int) -> list[int]:
        """Give the words of the block that are not greater than this."""
        end = bisect_right(self.block, most)
        taken, self.block = self.block[:end], self.block[end:]
        if not self.block:
            self.block = memoryview(self._file.read(8 * BLOCK)).cast("Q").tolist()
        return taken


def _merged(runs: list[_Run]) -> Iterator[list[int]]:
    """Merge runs, by sorting together what is certain to come before all the rest.

    A list that consists of sorted parts is sorted in one go of C: in half the time of a merge.
    """
    last: list[int] = []  # its card may have more words to come
    while runs := [run for run in runs if run.block]:
        most = min(run.block[-1] for run in runs)
        together = last
        for run in runs:
            together += run.take(most)
        together.sort()
        together = _united(together)
        last = [together.pop()]
        yield together
    yield last


class _Index:
    """Where in the file the words of each beginning begin."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.starts = array("I")

    def follow(self, blocks: Iterable[list[int]]) -> Iterator[list[int]]:
        """Give on sorted words, and take note of them. It is whole when they are at their end."""
        shift, at = KEY_BITS + STATUS_BITS - self.bits, HEADER_SIZE
        for block in blocks:
            known = (block[-1] >> shift) + 1 if block else 0
            for beginning in range(len(self.starts), known):
                self.starts.append(at + WORD_BYTES * bisect_left(block, beginning << shift))
            at += WORD_BYTES * len(block)
            yield block
        rest = (1 << self.bits) + 1 - len(self.starts)
        self.starts.extend([at] * rest)


def _united(words: list[int]) -> list[int]:
    """Make one of all words of a card. Most cards have one, so look for the others first."""
    again = [
        place
        for place, word, before in zip(count(1), islice(words, 1, None), words, strict=False)
        if word ^ before <= STATUS_MASK
    ]
    for place in again:
        words[place] |= words[place - 1]
        words[place - 1] = 0
    return [word for word in words if word] if again else words


def _packed(words: list[int]) -> bytes:
    """Pack words, the highest byte first."""
    packed = array("Q", words)
    if sys.byteorder == "little":
        packed.byteswap()
    return packed.tobytes()


def _records(lines: Iterable[bytes], width: int) -> Iterator[bytes]:
    """Make one record of all lines of a card."""
    last, statuses = b"", 0
    for line in lines:
        card = line[:-3]
        if card != last:
            if last:
                yield last.ljust(width - 1, b"\0") + bytes([statuses])
            last, statuses = card, 0
        statuses |= line[-2] & ~NO_LINE_END
    if last:
        yield last.ljust(width - 1, b"\0") + bytes([statuses])


def _joined(records: Iterator[bytes]) -> Iterator[bytes]:
    while block := b"".join(islice(records, BLOCK)):
        yield block


def _write(out: IO[bytes], blocks: Iterable[bytes], width: int, checksum: int) -> tuple[int, int]:
    """Write blocks of records; give how many records they were, and the checksum with them."""
    count = 0
    for block in blocks:
        out.write(block)
        checksum = zlib.crc32(block, checksum)
        count += len(block) // width
    return count, checksum
