r"""Frames: one for each commit, with a checksum over all of it.

    frame  = crc32 (4 bytes) | length (4) | sequence (8) | body, `length` bytes
    body   = index, one line of JSON | documents, one line of JSON each
    index  = [[table, [[id, size], ...], [removed id, ...] or null], ...]

The checksum covers everything after itself. Sequence numbers count the commits. An entry of the
index first removes, then adds; `null` in place of the removed ids drops the whole table.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kiosk.daybook.journal.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Index = list[tuple[str, list[tuple[int, int]], list[int] | None]]

HEAD = struct.Struct("<IIQ")
_CHECKED = struct.Struct("<IQ")
"""The part of the head that the checksum covers."""
LARGEST_DOCUMENT = (1 << 24) - 1
"""In bytes."""

_HALF_SEQUENCE = 4
_INTO_BODY = b"\0" * _HALF_SEQUENCE + b"[["
"""Where a frame's head ends and its body begins, whatever lies before: nobody commits 2**32 times,
and JSON has no zero bytes."""

_encode_index = msgspec.json.Encoder().encode
_decode_index: Callable[[bytes], Index] = msgspec.json.Decoder(Index).decode


class Change(NamedTuple):
    """What one operation does to one table. `removed` None drops the table."""

    table: str
    added: Mapping[int, bytes]
    removed: list[int] | None


class Frame(NamedTuple):
    """A good frame: where it lies in its file, and what it says. `documents`: where they begin."""

    sequence: int
    start: int
    end: int
    documents: int
    tables: Index


def encode(sequence: int, changes: Iterable[Change]) -> tuple[bytes, Frame]:
    """Make the bytes of a frame; and what it says, as if it lay at the start of its file.

    Raises JournalError where a document is too large.
    """
    index: Index = []
    lines = [b""]
    for table, added, removed in changes:
        sizes = []
        for doc_id, text in added.items():
            size = len(text)
            if size > LARGEST_DOCUMENT:
                raise JournalError(f"a document of {size} bytes is too large for the journal")
            sizes.append((doc_id, size))
            lines.append(text)
        index.append((table, sizes, removed))
    first = lines[0] = _encode_index(index)
    lines.append(b"")
    body = b"\n".join(lines)
    head = _CHECKED.pack(len(body), sequence)
    checksum = zlib.crc32(body, zlib.crc32(head))
    data = checksum.to_bytes(4, "little") + head + body
    return data, Frame(sequence, 0, len(data), HEAD.size + len(first) + 1, index)


def decode(data: bytes, offset: int) -> Frame | None:
    """Read the frame that lies there; None where there is no good one."""
    start = offset + HEAD.size
    if start > len(data):
        return None
    checksum, length, sequence = HEAD.unpack_from(data, offset)
    end = start + length
    if length == 0 or end > len(data):
        return None
    with memoryview(data) as view:
        if zlib.crc32(view[offset + 4 : end]) != checksum:
            return None
    line_end = data.find(b"\n", start, end)
    index = _decode_index(data[start:line_end])
    return Frame(sequence, offset, end, line_end + 1, index)


def chain(data: bytes, offset: int, sequence: int) -> Iterator[Frame]:
    """Read frames one behind another, from the commit after `sequence` on, while they are good."""
    while (frame := decode(data, offset)) is not None and frame.sequence == sequence + 1:
        yield frame
        offset, sequence = frame.end, frame.sequence


def changes(data: bytes, frame: Frame) -> Iterator[Change]:
    """Read what a frame does, with the documents, out of the bytes in which it lies."""
    place = frame.documents
    for table, sizes, removed in frame.tables:
        added = {}
        for doc_id, size in sizes:
            added[doc_id] = data[place : place + size]
            place += size + 1
        yield Change(table, added, removed)


def find(data: bytes, sequence: int, offset: int = 0) -> Frame | None:
    """Find the first good frame of a commit after `sequence`, wherever it lies behind `offset`."""
    place = offset - 1
    while (place := data.find(_INTO_BODY, place + 1)) != -1:
        start = place + _HALF_SEQUENCE - HEAD.size
        frame = decode(data, start) if start >= offset else None
        if frame is not None and frame.sequence > sequence:
            return frame
    return None
