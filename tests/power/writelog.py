"""What dm-log-writes has recorded, and what a power cut could have left of it.

Source of the format: drivers/md/dm-log-writes.c in Linux. All numbers are little-endian.

    log   = super block, one sector | entry*
    entry = head, one sector, a mark's text in it | data, so many sectors

A write stands in the log where a flush had put it on the disk for good, one with FUA (for good at
once) where it was over. Of what stands between two flushes, a cut may keep any part.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAGIC = 0x6A736677736872
_SUPER = struct.Struct("<QQQI")
_HEAD = struct.Struct("<QQQQ")
_FLUSH, _FUA, _DISCARD, _MARK = 1, 2, 4, 8
SECTOR = 512
"""What a disk writes whole or not at all."""
_SUPER_BLOCK_END = 2048
"""ext4 itself does not survive a torn super block."""


@dataclass(frozen=True)
class Write:
    """Bytes on the disk. `for_good`: no flush is needed for them."""

    offset: int
    data: bytes
    for_good: bool = False


@dataclass(frozen=True)
class Flush:
    """All that was written before is on the disk for good."""


@dataclass(frozen=True)
class Mark:
    """What the recorded program said when it believed everything before to be on the disk."""

    text: str


Entry = Write | Flush | Mark


def read(log: BinaryIO) -> Iterator[Entry]:
    """Give what was recorded, in order."""
    magic, version, count, sector = _SUPER.unpack(log.read(_SUPER.size))
    if (magic, version) != (_MAGIC, 1):
        raise ValueError("this is no log of dm-log-writes")
    log.seek(sector)
    for _ in range(count):
        head = log.read(sector)
        place, sectors, flags, size = _HEAD.unpack_from(head)
        if flags & _MARK:
            yield Mark(head[_HEAD.size : _HEAD.size + size].rstrip(b"\0").decode())
        if flags & _FLUSH:
            yield Flush()
        if flags & _DISCARD:
            yield Write(place * sector, bytes(sectors * sector))
        elif sectors:
            yield Write(place * sector, log.read(sectors * sector), bool(flags & _FUA))


@dataclass(frozen=True)
class Cut:
    """A state in which a power cut may have left the disk.

    `flushed` is the whole disk at the last flush; it changes once the next cut is asked for.
    `writes` came through after it. `marked` is the last mark before the cut.
    """

    name: str
    flushed: bytearray
    writes: tuple[Write, ...]
    marked: str


def cuts(disk: bytes, log: Iterable[Entry]) -> Iterator[Cut]:
    """Give the states after each write, in the middle of it, and with one before it missing."""
    flushed, now = bytearray(disk), bytearray(disk)
    writes: list[Write] = []
    marked = ""
    for number, entry in enumerate(log):
        if isinstance(entry, Mark):
            marked = entry.text
        elif isinstance(entry, Write):
            before = tuple(writes)
            for torn in _torn(entry, now):
                yield Cut(f"in the middle of write {number}", flushed, (*before, torn), marked)
            yield Cut(f"after write {number}", flushed, (*before, entry), marked)
            writes.append(entry)
            _put(entry, now)
        else:
            for missing, write in enumerate(writes[:-1]):
                if not write.for_good:
                    rest = (*writes[:missing], *writes[missing + 1 :])
                    name = f"at flush {number}, the write {len(writes) - missing} before it missing"
                    yield Cut(name, flushed, rest, marked)
            for write in writes:
                _put(write, flushed)
            writes.clear()


def _put(write: Write, disk: bytearray) -> None:
    disk[write.offset : write.offset + len(write.data)] = write.data


def _torn(write: Write, disk: bytearray) -> Iterator[Write]:
    """Give what the first changed sector alone makes of a write, and what the last one does."""
    if write.offset < _SUPER_BLOCK_END:
        return
    sectors = range(0, len(write.data), SECTOR)
    there = disk[write.offset : write.offset + len(write.data)]
    changed = [s for s in sectors if write.data[s : s + SECTOR] != there[s : s + SECTOR]]
    if len(changed) > 1:
        for sector in (changed[0], changed[-1]):
            yield Write(write.offset + sector, write.data[sector : sector + SECTOR])
