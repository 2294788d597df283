"""Rewriting the oldest of a journal in another process, while commits go on.

What was changed or removed later still lies in the old segments, and what nobody may keep any
longer can only go by writing the rest anew. In a thread of Python this makes commits many times
slower; so it is done in a child process, and the writer only changes over:

    writer   number = storage.seal()             what comes now goes into the next segment
    anyone   new = unfinished(folder, number)    a name that nobody else uses
    child    write_base(new)                     all that the segments up to there come to
    writer   publish(new)                        it gets its name: from now on it counts
    writer   for _ in storage.adopt(number)      places in memory move over, between commits
    reader   storage.release()                   the old files are closed, and can be removed

A child whose parent was killed may go on: it writes under a name of its own, and nobody publishes
it. The next writer removes what was left over.

Wherever the power goes, either the old files count or the base does, and both say the same, but
for what was revised on purpose.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from typing import TYPE_CHECKING

from kiosk.daybook.journal import frames, segments
from kiosk.daybook.journal.frames import Change
from kiosk.daybook.journal.segments import HEADER_SIZE, Header, path_of
from kiosk.daybook.journal.storage import JournalStorage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Texts = Iterable[tuple[int, bytes]]
    """The documents of a table as they are written, by id."""
    Revise = Callable[[str, int, bytes], bytes | None]
    """Takes a table's name, an id and a document; gives what to keep of it, None for nothing."""

_PIECE = 1 << 12
"""Bytes of documents in a frame: so much is lost with a bit of it."""
_SYNC = 1 << 16
"""Bytes between two syncs."""


def unchanged(_table: str, _id: int, text: bytes) -> bytes:
    """Revise nothing."""
    return text


def unfinished(folder: Path, number: int) -> Path:
    """Name a base that is to be written."""
    base = path_of(folder, "base", number)
    return base.with_name(f"{base.name}.{os.urandom(4).hex()}.new")


def write_base(new: Path, revise: Revise = unchanged, rest: float = 0.0) -> None:
    """Write what the segments up to the number of an unfinished base come to, synced.

    `rest`: how many times longer than it worked it pauses after each piece, so that a commit does
    not find the disk busy. Raises JournalDamagedError, OSError.
    """
    with closing(JournalStorage(new.parent, read_only=True, through=_number(new))) as storage:
        tables = ((table, storage.scan(table)) for table in storage.tables)
        _write(new, storage.sequence, _pieces(tables, revise), rest)


def _write(new: Path, sequence: int, changes: Iterable[Change], rest: float = 0.0) -> None:
    """Write changes as a base, the last commit in it being `sequence`, synced."""
    file = segments.create_new(new)
    try:
        end = synced = HEADER_SIZE
        began = time.monotonic()
        for count, change in enumerate(changes, 1):
            data, _ = frames.encode(count, [change])
            segments.write_at(file, data, end)
            end += len(data)
            if end - synced > _SYNC:
                os.fdatasync(file)
                time.sleep(rest * (time.monotonic() - began))
                synced, began = end, time.monotonic()
        segments.write_at(file, Header("base", _number(new), end, sequence).encode(), 0)
        os.fsync(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    finally:
        os.close(file)


def publish(new: Path) -> None:
    """Give a base that was written its name: from now on it counts. Raises OSError."""
    try:
        new.rename(path_of(new.parent, "base", _number(new)))
    except OSError:
        new.unlink(missing_ok=True)
        raise
    segments.sync_folder(new.parent)


def _number(new: Path) -> int:
    return int(new.name.partition(".")[0])


def create(folder: Path, sequence: int, tables: Iterable[tuple[str, Texts]]) -> None:
    """Make a new journal of documents, the last commit being `sequence`: all of it, or nothing.

    `folder` may be there, if no journal was begun in it (`segments.is_begun`).
    """
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    base = unfinished(new, 1)
    _write(base, sequence, _pieces(tables))
    publish(base)
    segments.clear(folder)
    new.rename(folder)
    segments.sync_folder(folder.parent)


def _pieces(tables: Iterable[tuple[str, Texts]], revise: Revise = unchanged) -> Iterator[Change]:
    """Give all documents in pieces. What was revised stands among the removed ones too."""
    for table, documents in tables:
        added: dict[int, bytes] = {}
        revised: list[int] = []
        size = 0
        for doc_id, text in documents:
            kept = revise(table, doc_id, text)
            if kept != text:
                revised.append(doc_id)
            if kept is not None:
                added[doc_id] = kept
            size += len(text)
            if size > _PIECE:
                yield Change(table, added, revised)
                added, revised, size = {}, [], 0
        yield Change(table, added, revised)
