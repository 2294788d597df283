"""TinyDB's storage on a journal: one synced write for a commit, memory changed after it."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb.storages import Storage

from kiosk.daybook.journal import frames, places, recovery, segments
from kiosk.daybook.journal.errors import JournalBusyError, JournalDamagedError, JournalError
from kiosk.daybook.journal.frames import LARGEST_DOCUMENT, Change, Frame
from kiosk.daybook.journal.places import key_of
from kiosk.daybook.journal.recovery import Part
from kiosk.daybook.journal.segments import HEADER_SIZE, SEGMENT_SIZE, path_of
from kiosk.daybook.journal.table import TableView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOOKS = 5
"""So often a reader looks again when files have moved under it."""
_WINDOW = 1 << 18
"""Bytes that are read at once where documents are read in their order."""


class JournalStorage(Storage):
    """TinyDB's storage in a folder, which is made. Its tables have to be `JournalTable`s.

    `segment_size`: bytes that are reserved at a time. `spares`: segments kept ready, made in a
    thread. `through`: a reader looks no further than this segment. `set_aside`: where bytes were
    kept that had to be cut off although they may have been acknowledged; look at it after opening.

    Raises JournalBusyError, JournalDamagedError, or OSError where the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        read_only: bool = False,
        through: int | None = None,
        segment_size: int = SEGMENT_SIZE,
        spares: int = 2,
    ) -> None:
        self.folder = Path(folder)
        self.set_aside: Path | None = None
        self.sequence = 0
        self.base = 0
        self._segment_size = segment_size
        self._wanted_spares = spares
        self._read_only = read_only
        self._through = through
        self._poison: str | None = None
        self._together: list[Change] | None = None
        self._active = self._end = self._size = 0
        self._active_path = ""
        self._looked = 0.0
        self._tables: places.Tables = {}
        self._files: dict[int, int] = {}
        self._spares: dict[int, tuple[int, int]] = {}
        self._making: threading.Thread | None = None
        self._lock = _CLOSED if read_only else _lock(self.folder)
        try:
            self._open_to_read() if read_only else self._open_to_write()
        except BaseException:
            self.close()
            raise

    # -- what TinyDB asks of a storage ---------------------------------------------------------

    def read(self) -> dict[str, Any] | None:
        """Give the tables. They are views: what is written to them is not stored."""
        return {name: TableView(self, table) for name, table in self._tables.items()}

    def write(self, data: dict[str, Any]) -> None:
        """Drop the tables that are missing in `data`; refuse anything else.

        TinyDB drops tables this way. Its plain Table would rewrite all there is for every change.
        """
        for name, documents in data.items():
            if not isinstance(documents, TableView) or documents.places is not self._tables[name]:
                msg = "use JournalTable: the journal never rewrites what it holds"
                raise JournalError(msg)
        gone = [name for name in self._tables if name not in data]
        if gone:
            self.commit([Change(name, {}, None) for name in gone])

    def close(self) -> None:
        """Close all files and give the lock back. Harmless when closed already."""
        self.retire("it is closed")
        for file in [*self._files.values(), *(file for file, _ in self._spares.values())]:
            os.close(file)
        self._files.clear()
        self._spares.clear()
        if self._lock != _CLOSED:
            lock, self._lock = self._lock, _CLOSED
            os.close(lock)

    # -- writing -------------------------------------------------------------------------------

    def commit(self, changes: list[Change]) -> None:
        """Put changes on the disk as one, then into memory.

        Raises JournalError. They may be on the disk all the same, then; nothing more is taken.
        """
        if self._together is not None:
            self._together += changes
            return
        if self._read_only:
            raise JournalError("the journal was opened for reading only")
        if self._poison is not None:
            raise JournalError(f"nothing can be written: {self._poison}")
        data, frame = frames.encode(self.sequence + 1, changes)
        try:
            offset = self._append(data)
            self.sequence += 1
            places.apply(self._tables, key_of("segment", self._active), offset, frame)
        except OSError as error:
            self._poison = error.strerror or str(error)
            raise JournalError(self._poison) from error
        except BaseException as error:  # whatever it was: the next frame might not fit to this one
            self._poison = self._poison or f"a commit was stopped by {error!r}"
            raise

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one commit of all that is written inside; within another one, a part of that.

        It is not readable before the end, so nothing inside may build on it: a `truncate`, say,
        removes what was there before.
        """
        if self._together is not None:
            yield
            return
        self._together = []
        try:
            yield
            changes = self._together
        finally:
            self._together = None
        if changes:
            self.commit(changes)

    def retire(self, reason: str) -> None:
        """Take nothing more and let another writer in. All can still be read, until `close`.

        A segment under making is waited for: the next writer makes one of the same name.
        """
        self._poison = self._poison or reason
        self._finish_making()
        if self._lock != _CLOSED:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    @property
    def reserved(self) -> int:
        """Bytes for commits to come that are on the disk already."""
        spares = sum(size - HEADER_SIZE for _, size in list(self._spares.values()))
        return self._size - self._end + spares

    def reserve(self) -> None:
        """Make the spare segments that are missing, in a thread; again, if the disk was full."""
        busy = self._making is not None and self._making.is_alive()
        if not busy and len(self._spares) < self._wanted_spares:
            making = threading.Thread(target=self._make_spares, name="spare segments")
            making.start()
            self._making = making

    def make_room(self, least: int) -> None:
        """See to it that so many bytes are reserved. Raises JournalError where the disk is full."""
        self._finish_making()
        try:
            while self.reserved < least:
                number = self._active + 1 + len(self._spares)
                size = max(self._segment_size, HEADER_SIZE + least)
                self._spares[number] = (segments.create(self.folder, number, size), size)
        except OSError as error:
            raise JournalError(error.strerror or str(error)) from error

    # -- changing over to a base (see compaction) ----------------------------------------------

    def seal(self) -> int:
        """Let what comes go into the next segment; give the number of the last one before it.

        Raises JournalError where there is no room for one; the segment before goes on then.
        """
        try:
            self._go_on(0)
        except OSError as error:  # nothing was written: the old segment can go on
            raise JournalError(error.strerror or str(error)) from error
        self.reserve()
        return self._active - 1

    def adopt(self, number: int) -> Iterator[dict[tuple[str, int], int]]:
        """Move over to a base that was published, a piece for each step; then `release`.

        Gives the old places of documents that the base has changed or dropped, by table and id;
        they can still be read. Raises JournalDamagedError.
        """
        path = path_of(self.folder, "base", number)
        key = key_of("base", number)
        if key not in self._files:  # else this goes on where it was broken off
            self._files[key] = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        file = self._files[key]
        part = Part(path, "base", number, file)
        part.size = segments.read_header(file, path, "base", number).length
        for frame in recovery.frames_of(part, 0):
            yield places.move(self._tables, key, frame)
            part.end = frame.end
        if part.end < part.size:
            raise JournalDamagedError(f"{path} is damaged at byte {part.end}")
        self.base = number

    def release(self) -> list[Path]:
        """Close the files for which the base stands, and give them: they can be removed.

        Nobody may be reading in another thread. The tables' caches have to be cleared.
        """
        base = key_of("base", self.base)
        old = sorted(key for key in list(self._files) if key < places.behind(base) and key != base)
        for key in old:
            os.close(self._files.pop(key))
        return [path_of(self.folder, *places.file_of(key)) for key in old]

    # -- inside --------------------------------------------------------------------------------

    def _append(self, data: bytes) -> int:
        """Write a frame and sync it; give where it lies."""
        full = self._end + len(data) > self._size
        if full:
            self._go_on(len(data))
        offset = self._end
        file = self._files[key_of("segment", self._active)]
        segments.write_at(file, data, offset)
        os.fdatasync(file)
        if self._is_removed(file):  # else it would go on into a file without a name
            self._poison = (
                f"{self._active_path} was removed. If its folder was moved: a new one stands in "
                "its place now. Move that one aside first, then move the old one back"
            )
            raise JournalError(self._poison)
        self._end += len(data)
        if full:  # only now: a spare under making would be in the way of this commit
            self.reserve()
        return offset

    def _is_removed(self, file: int) -> bool:
        """Tell whether the file is gone; within a second also where another has its name now.

        Not by fstat each time: since Linux 6.13, who asks for a file's times makes the next write
        note new ones, which is a write to the disk more.
        """
        if not os.access(self._active_path, os.F_OK):
            return True
        now = time.monotonic()
        if now - self._looked < 1:
            return False
        self._looked = now
        try:
            there = Path(self._active_path).stat()
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(file))

    def _go_on(self, needed: int) -> None:
        """Go on in the next segment."""
        self._finish_making()
        number = self._active + 1
        file, size = self._spares.pop(number, (_CLOSED, 0))
        if size < HEADER_SIZE + needed:
            if file != _CLOSED:
                os.close(file)
            size = max(self._segment_size, HEADER_SIZE + needed)
            file = segments.create(self.folder, number, size)
        self._files[key_of("segment", number)] = file
        self._use(number, HEADER_SIZE, size)

    def _use(self, number: int, end: int, size: int) -> None:
        """Let the next frame go there."""
        self._active, self._end, self._size = number, end, size
        self._active_path = os.fspath(path_of(self.folder, "segment", number))

    def _finish_making(self) -> None:
        making, self._making = self._making, None
        if making is not None:
            making.join()

    def _make_spares(self) -> None:
        """Make what is missing. A full disk is met again, and told, when one is needed."""
        with suppress(OSError):
            for number in range(self._active + 1, self._active + 1 + self._wanted_spares):
                if number not in self._spares:
                    size = self._segment_size
                    self._spares[number] = (segments.create(self.folder, number, size), size)

    # -- reading -------------------------------------------------------------------------------

    @property
    def tables(self) -> list[str]:
        """The names of the tables."""
        return list(self._tables)

    def has(self, table: str) -> bool:
        """Tell whether there is a table of this name."""
        return table in self._tables

    def places(self, table: str) -> dict[int, int]:
        """Give where each document of a table lies, by its id."""
        return self._tables.get(table, {})

    def load(self, place: int) -> bytes:
        """Read one document as it was written."""
        key, offset, size = places.taken_apart(place)
        return os.pread(self._file(key), size, offset)

    def scan(self, table: str) -> Iterator[tuple[int, bytes]]:
        """Read all documents of a table in their order, which is mostly that of the files."""
        start, window = -1, b""
        for doc_id, place in self.places(table).items():
            size, begin = place & LARGEST_DOCUMENT, (place >> places.SIZE_BITS) - start
            if not 0 <= begin <= len(window) - size:  # in another file it is far away, too
                key, offset, _ = places.taken_apart(place)
                window = os.pread(self._file(key), max(size, _WINDOW), offset)
                start, begin = place >> places.SIZE_BITS, 0
            yield doc_id, window[begin : begin + size]

    def _file(self, key: int) -> int:
        try:
            return self._files[key]
        except KeyError:
            raise JournalError("the journal is closed") from None

    # -- opening -------------------------------------------------------------------------------

    def _open_to_write(self) -> None:
        layout = segments.survey(self.folder)
        reading = self._replay(layout)
        segments.sync_folders(self.folder)  # before anything that is not needed any more goes
        segments.remove(layout.useless)
        active = reading.active
        for part in reading.parts:
            if active is not None and part.number >= active.number and part.tail:
                self._cut_off(part)
        if active is None:
            active = self._first_segment(layout.base + 1)
        else:
            _write_again(active)
        self._begin_at(active, reading.parts)
        self.reserve()

    def _first_segment(self, number: int) -> Part:
        """Make the segment in which the first commit will lie."""
        size = self._segment_size
        file = self._files[key_of("segment", number)] = segments.create(self.folder, number, size)
        return Part(path_of(self.folder, "segment", number), "segment", number, file, size)

    def _begin_at(self, active: Part, parts: Sequence[Part]) -> None:
        """Set where the next frame goes. The segments behind it are spare ones."""
        for part in parts:
            if part.kind == "segment" and part.number > active.number:
                file = self._files.pop(key_of("segment", part.number))
                self._spares[part.number] = (file, part.size)
        self._use(active.number, active.end, active.size)

    def _cut_off(self, part: Part) -> None:
        """Put zeros over a torn frame. What may be more than that is kept."""
        if part.may_be_acknowledged(self.sequence):
            names = (self.folder / f"cut-{self.sequence + 1:08}.{n}" for n in count(1))
            self.set_aside = next(path for path in names if not path.exists())
            segments.put_aside(self.set_aside, part.tail)
        segments.write_at(part.file, b"\0" * len(part.tail), part.end)
        os.fsync(part.file)

    def _open_to_read(self) -> None:
        """Open what is there. The writer may move files meanwhile: then look again."""
        for look in range(1, _LOOKS + 1):
            try:
                segments.expect(self.folder)
                reading = self._replay(segments.survey(self.folder))
            except (JournalDamagedError, FileNotFoundError):
                if look == _LOOKS or not self.folder.is_dir():
                    raise
                self.close()
                self._poison = None
                self._tables.clear()
                time.sleep(0.02 * look)
            else:
                if reading.active is not None:
                    self._begin_at(reading.active, reading.parts)
                return

    def _replay(self, layout: segments.Layout) -> recovery.Reading:
        if self._through is not None:
            for number in [n for n in layout.segments if n > self._through]:
                del layout.segments[number]
        self.base = layout.base
        mode = os.O_RDONLY if self._read_only else os.O_RDWR
        parts = []
        for kind, number, path in layout.files(self.folder):
            file = self._files[key_of(kind, number)] = os.open(path, mode | os.O_CLOEXEC)
            parts.append(Part(path, kind, number, file))
        reading = recovery.read(parts, self._take)
        self.sequence = reading.sequence
        return reading

    def _take(self, part: Part, frame: Frame) -> None:
        places.apply(self._tables, key_of(part.kind, part.number), 0, frame)


_CLOSED = -1


def _write_again(active: Part) -> None:
    """Put the last frame on the disk for certain.

    If its writer was killed before the sync, or the sync failed, it may be in the cache alone, and
    a sync that failed is not made up for by another.
    """
    frame = recovery.pread(active, active.end - active.last, active.last)
    segments.write_at(active.file, frame, active.last)
    os.fsync(active.file)


def _lock(folder: Path) -> int:
    folder.mkdir(mode=0o700, exist_ok=True)
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise JournalBusyError(f"{folder} is in use by another process on this machine") from error
    return file
