r"""A journal under TinyDB: append-only, checksummed, synced before memory changes.

TinyDB's own storages write the whole database for every change. This one appends one frame for
each commit, calls fdatasync, and only then changes what is read back:

    file   = b"DAYBOOK 1\n" frame*
    frame  = crc32 (4 bytes) | length (4) | sequence (8) | body, `length` bytes
    body   = index, one line of JSON | documents, one line of JSON each
    index  = [[table, [[id, size], ...], [removed id, ...] or null], ...]

The checksum covers everything after itself. Sequence numbers count the commits. `null` in place of
the removed ids drops the whole table. Documents stay on the disk and are decoded when asked for;
memory holds where each one lies, in about 100 bytes.

What can go wrong, and what is done about it:

- The power goes in the middle of a frame: the torn tail is cut off at the next opening. Nothing in
  it was acknowledged.
- Bytes inside the file change: a bad frame before a good one is damage. It is reported, never
  skipped and never cut off.
- A write or sync fails: what the disk holds is not known any more, and a failed fsync must not be
  retried. The storage takes nothing until it is opened again. The same where the file was removed.
- Two processes: the writer holds a lock. Readers take none; they stop at the last whole frame and
  repair nothing.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from tinydb.storages import Storage
from tinydb.table import Table

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"DAYBOOK 1\n"
_HEAD = struct.Struct("<IIQ")
_HALF_SEQUENCE = 4
_INTO_BODY = b"\0" * _HALF_SEQUENCE + b"[["
"""Where a frame's head ends and its body begins, whatever lies before: nobody commits 2**32 times,
and JSON has no zero bytes."""
_PLACE_BITS = 24
"""A document's place is one integer: its offset in the file, then its size in these bits."""

LARGEST_DOCUMENT = (1 << _PLACE_BITS) - 1
"""In bytes."""

_CLOSED = -1

Document = dict[str, Any]
Index = list[tuple[str, list[tuple[int, int]], list[int] | None]]


class JournalError(Exception):
    """The journal cannot do what was asked. The message is fit to show to staff."""


class JournalBusyError(JournalError):
    """Another process is writing to this journal."""


class JournalDamagedError(JournalError):
    """Bytes inside the journal have changed since they were written."""


class JournalStorage(Storage):
    """TinyDB's storage on a journal file. Its tables have to be `JournalTable`s.

    Raises JournalBusyError, JournalDamagedError, or OSError where the file cannot be opened.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._poison: str | None = None
        self._together: list[_Change] | None = None
        self._tables: dict[str, dict[int, int]] = {}
        self._sequence = 0
        self._file = _open_to_read(path) if read_only else _open_to_write(path)
        self._read_only = read_only
        try:
            self._end = self._recover()
        except BaseException:
            os.close(self._file)
            raise

    # -- what TinyDB asks of a storage ---------------------------------------------------------

    def read(self) -> dict[str, Any] | None:
        """Give the tables. They are views: what is written to them is not stored."""
        return {name: _Documents(self, places) for name, places in self._tables.items()}

    def write(self, data: dict[str, Any]) -> None:
        """Drop the tables that are missing in `data`; refuse anything else.

        TinyDB drops tables this way. Its plain Table would rewrite all there is for every change.
        """
        for name, documents in data.items():
            if not isinstance(documents, _Documents) or documents.places is not self._tables[name]:
                msg = "use JournalTable: the journal never rewrites what it holds"
                raise JournalError(msg)
        gone = [name for name in self._tables if name not in data]
        if gone:
            self.commit([_Change(name, {}, None) for name in gone])

    def close(self) -> None:
        """Close the file and give the lock back. Harmless when closed already."""
        self.retire("it is closed")
        if self._file != _CLOSED:
            file, self._file = self._file, _CLOSED
            os.close(file)

    # -- what JournalTable and the daybook ask -------------------------------------------------

    def commit(self, changes: list[_Change]) -> None:
        """Put changes on the disk as one, then into memory."""
        if self._together is not None:
            self._together += changes
            return
        if self._read_only:
            raise JournalError("the journal was opened for reading only")
        if self._poison is not None:
            raise JournalError(f"nothing can be written: {self._poison}")
        body, index = _body(changes)
        self._append(body)
        self._sequence += 1
        self._apply(index, self._end - len(body))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one commit of all that is written inside. It is not readable before the end."""
        self._together = []
        try:
            yield
            changes = self._together
        finally:
            self._together = None
        if changes:
            self.commit(changes)

    def retire(self, reason: str) -> None:
        """Take nothing more and let another writer in. All can still be read, until `close`."""
        self._poison = self._poison or reason
        if self._file != _CLOSED:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def has(self, table: str) -> bool:
        """Tell whether there is a table of this name."""
        return table in self._tables

    def places(self, table: str) -> dict[int, int]:
        """Give where each document of a table lies, by its id."""
        return self._tables.get(table, {})

    def load(self, place: int) -> bytes:
        """Read one document as it was written."""
        return os.pread(self._file, place & LARGEST_DOCUMENT, place >> _PLACE_BITS)

    def scan(self, table: str) -> Iterator[tuple[int, bytes]]:
        """Read all documents of a table in the order in which they were written."""
        places = self.places(table)
        if not places:
            return
        with mmap.mmap(self._file, self._end, access=mmap.ACCESS_READ) as view:
            for doc_id, place in places.items():
                offset = place >> _PLACE_BITS
                yield doc_id, view[offset : offset + (place & LARGEST_DOCUMENT)]

    # -- inside --------------------------------------------------------------------------------

    def _append(self, body: bytes) -> None:
        head = _HEAD.pack(0, len(body), self._sequence + 1)[4:]
        checksum = zlib.crc32(body, zlib.crc32(head))
        frame = struct.pack("<I", checksum) + head + body
        try:
            self._write_at(self._end, frame)
            os.fdatasync(self._file)
        except OSError as error:
            self._poison = error.strerror or str(error)
            raise JournalError(self._poison) from error
        if os.fstat(self._file).st_nlink == 0:  # else it would go on into a file without a name
            self._poison = f"{self._path} was removed"
            raise JournalError(self._poison)
        self._end += len(frame)

    def _write_at(self, offset: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._file, rest, offset)
            rest, offset = rest[written:], offset + written

    def _recover(self) -> int:
        """Read the file from the start; give where the next frame goes."""
        size = os.fstat(self._file).st_size
        head = os.pread(self._file, len(MAGIC), 0)
        if head != MAGIC:
            if size > len(MAGIC) or not MAGIC.startswith(head.rstrip(b"\0")):
                raise JournalDamagedError(
                    f"{self._path} is not a daybook of this version. Nothing was changed. Start "
                    "the version that wrote it, or keep the daybook in another folder"
                )
            # It is new, or its very first bytes were torn: it holds nothing yet.
            if not self._read_only:
                self._make_sure(0, MAGIC)
            return len(MAGIC)
        with mmap.mmap(self._file, size, access=mmap.ACCESS_READ) as view:
            last, end = self._replay(view)
            if end < size:
                self._check_tail(view, end)
            if not self._read_only:
                self._make_sure(last, view[last:end])
        return end

    def _make_sure(self, offset: int, last: bytes) -> None:
        """Put what was found on the disk before anything is built on it; cut off what follows.

        The last frame is written again: if its writer was killed before the sync, or the sync
        failed, it may be in the cache alone, and a sync that failed is not made up for by another.
        """
        self._write_at(offset, last)
        os.ftruncate(self._file, offset + len(last))
        os.fsync(self._file)
        _sync_directories(self._path.parent)

    def _replay(self, view: mmap.mmap) -> tuple[int, int]:
        """Take in all whole frames; give where the last one starts and ends."""
        last = offset = len(MAGIC)
        while (frame := _frame(view, offset)) is not None:
            sequence, start, stop = frame
            if sequence != self._sequence + 1:
                break
            self._sequence = sequence
            line_end = view.find(b"\n", start, stop) + 1
            index = _decode_index(view[start : line_end - 1])
            self._apply(index, start, line_end - start)
            last, offset = offset, stop
        return last, offset

    def _apply(self, index: Index, start: int, index_size: int | None = None) -> None:
        """Take a committed frame, whose body starts there, into memory."""
        if index_size is None:
            index_size = len(_encode(index)) + 1
        offset = start + index_size
        for name, added, removed in index:
            places = self._tables.setdefault(name, {})
            if removed is None:
                del self._tables[name]
                continue
            for doc_id in removed:
                places.pop(doc_id, None)
            for doc_id, size in added:
                places[doc_id] = offset << _PLACE_BITS | size
                offset += size + 1

    def _check_tail(self, view: mmap.mmap, end: int) -> None:
        """Tell a torn tail from damage: after damage there is a good frame."""
        place = end
        while (place := view.find(_INTO_BODY, place + 1)) != -1:
            offset = place + _HALF_SEQUENCE - _HEAD.size
            frame = _frame(view, offset) if offset >= end else None
            if frame is not None and frame[0] > self._sequence:
                raise JournalDamagedError(
                    f"{self._path} is damaged between byte {end} and byte {offset}: "
                    f"{self._sequence} commits before it can be read, and so can commit {frame[0]} "
                    "after it. Nothing was changed. Keep the file and ask for help"
                )


class _Change:
    """What one operation does to one table. `removed` None drops the table."""

    __slots__ = ("added", "removed", "table")

    def __init__(self, table: str, added: dict[int, bytes], removed: list[int] | None) -> None:
        self.table = table
        self.added = added
        self.removed = removed


class JournalTable(Table):
    """TinyDB's Table on a JournalStorage: reads what it needs, journals what has changed.

    It overrides the two private methods through which a Table of TinyDB 4.9 reads and writes.
    """

    _storage: JournalStorage

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        places = self._storage.places(self.name)
        return _Documents(self._storage, places)  # type: ignore[return-value] # all it needs

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        overlay = _Overlay(self._storage, self._storage.places(self.name))
        updater(overlay)  # type: ignore[arg-type]
        change = overlay.change(self.name)
        if change.added or change.removed or not self._storage.has(self.name):
            self._storage.commit([change])
        self.clear_cache()


class _Documents(Mapping[str, Document]):
    """A table as TinyDB reads it: by ids as text, documents decoded when asked for."""

    def __init__(self, storage: JournalStorage, places: dict[int, int]) -> None:
        self._storage = storage
        self.places = places

    def __getitem__(self, doc_id: str) -> Document:
        return _decode(self._storage.load(self.places[int(doc_id)]))

    def __iter__(self) -> Iterator[str]:
        return (str(doc_id) for doc_id in self.places)

    def __len__(self) -> int:
        return len(self.places)


class _Overlay(MutableMapping[int, Document]):
    """A table under change: remembers what was read and set, changes nothing underneath."""

    def __init__(self, storage: JournalStorage, places: dict[int, int]) -> None:
        self._storage = storage
        self._places = places
        self._before: dict[int, bytes] = {}
        self._now: dict[int, Document] = {}
        self._gone: dict[int, None] = {}
        self._cleared = False

    def __getitem__(self, doc_id: int) -> Document:
        if doc_id not in self._now:
            if not self._underneath(doc_id):
                raise KeyError(doc_id)
            self._before[doc_id] = self._storage.load(self._places[doc_id])
            self._now[doc_id] = _decode(self._before[doc_id])
        return self._now[doc_id]

    def __setitem__(self, doc_id: int, document: Document) -> None:
        self._now[doc_id] = document

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._now.pop(doc_id, None)
        self._before.pop(doc_id, None)
        self._gone[doc_id] = None

    def __contains__(self, doc_id: object) -> bool:
        return doc_id in self._now or (isinstance(doc_id, int) and self._underneath(doc_id))

    def __iter__(self) -> Iterator[int]:
        yield from (doc_id for doc_id in self._places if self._underneath(doc_id))
        yield from (doc_id for doc_id in self._now if not self._underneath(doc_id))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove everything, without reading it."""
        self._now.clear()
        self._before.clear()
        self._cleared = True

    def _underneath(self, doc_id: int) -> bool:
        return not self._cleared and doc_id in self._places and doc_id not in self._gone

    def change(self, table: str) -> _Change:
        """Give what has changed, as it will be written."""
        added = {}
        for doc_id, document in self._now.items():
            text = _encode(document)
            if len(text) > LARGEST_DOCUMENT:
                raise JournalError(f"a document of {len(text)} bytes is too large for the journal")
            if self._before.get(doc_id) != text:
                added[doc_id] = text
        gone = list(self._places) if self._cleared else [x for x in self._gone if x in self._places]
        return _Change(table, added, gone)


_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], Document] = msgspec.json.Decoder(dict[str, Any]).decode
_decode_index: Callable[[bytes], Index] = msgspec.json.Decoder(Index).decode


def _body(changes: list[_Change]) -> tuple[bytes, Index]:
    index: Index = []
    lines = [b""]
    for change in changes:
        sizes = [(doc_id, len(text)) for doc_id, text in change.added.items()]
        index.append((change.table, sizes, change.removed))
        lines += change.added.values()
    lines[0] = _encode(index)
    return b"\n".join(lines) + b"\n", index


def _frame(view: mmap.mmap, offset: int) -> tuple[int, int, int] | None:
    """Check the frame at an offset: its sequence number, where its body starts and stops."""
    start = offset + _HEAD.size
    if start > len(view):
        return None
    checksum, length, sequence = _HEAD.unpack_from(view, offset)
    stop = start + length
    if length == 0 or stop > len(view):
        return None
    with memoryview(view) as bytes_:
        if zlib.crc32(bytes_[offset + 4 : stop]) != checksum:
            return None
    return sequence, start, stop


def _open_to_read(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _open_to_write(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise JournalBusyError(f"{path} is in use by another kiosk on this machine") from error
    return file


def _sync_directories(folder: Path) -> None:
    """Put the names on the disk that lead to a file in a folder, which may have just been made."""
    for directory in (folder.absolute(), *folder.absolute().parents):
        try:
            handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        except PermissionError:
            return  # not ours, and so not made by us
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if directory.is_mount():
            return
