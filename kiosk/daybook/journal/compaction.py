"""Rewriting the oldest of a journal in another process, while commits go on.

What was changed or removed later still lies in the old segments, and what nobody may keep any
longer can only go by writing the rest anew. In a thread of Python this makes commits many times
slower; so it is done in a child process, and the writer only changes over:

    writer   number = storage.seal()       what comes now goes into the next segment
    child    write_base(folder, number)    all that the segments up to there come to: N.base.new
    anyone   publish(folder, number)       the new file gets its name; from now on it counts
    writer   for _ in storage.adopt(...)   places in memory move over, between commits
    reader   storage.release()             the old files are closed; then they can be removed

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
from kiosk.daybook.journal.segments import HEADER_SIZE, Header, new_path, path_of
from kiosk.daybook.journal.storage import JournalStorage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Documents = Iterable[tuple[int, bytes]]
    """Ids and texts of a table."""
    Revise = Callable[[str, int, bytes], bytes | None]
    """Takes a table's name, an id and a document; gives what to keep of it, None for nothing."""

_PIECE = 1 << 16
"""Bytes of documents in a frame, and between two syncs."""


def keep(_table: str, _id: int, text: bytes) -> bytes:
    """Revise nothing."""
    return text


def write_base(folder: Path, number: int, revise: Revise = keep, rest: float = 0.0) -> None:
    """Write what the segments up to a number come to into a new file, synced.

    `rest`: how many times longer than it worked it pauses after each piece, so that a commit does
    not find the disk busy. Raises JournalDamagedError, OSError.
    """
    with closing(JournalStorage(folder, read_only=True, through=number)) as storage:
        tables = ((table, storage.scan(table)) for table in storage.tables)
        write(folder, number, storage.sequence, pieces(tables, revise), rest)


def write(
    folder: Path, number: int, sequence: int, changes: Iterable[Change], rest: float = 0.0
) -> None:
    """Write changes as the base of a number, the last commit in it being `sequence`, synced."""
    path = path_of(folder, "base", number)
    file = segments.create_new(path)
    try:
        end, began = HEADER_SIZE, time.monotonic()
        for count, change in enumerate(changes, 1):
            data, _ = frames.encode(count, [change])
            segments.write_at(file, data, end)
            os.fdatasync(file)
            end += len(data)
            time.sleep(rest * (time.monotonic() - began))
            began = time.monotonic()
        segments.write_at(file, Header("base", number, end, sequence).encode(), 0)
        os.fsync(file)
    except BaseException:
        new_path(path).unlink(missing_ok=True)
        raise
    finally:
        os.close(file)


def publish(folder: Path, number: int) -> None:
    """Give a base that was written its name: from now on it counts."""
    path = path_of(folder, "base", number)
    new_path(path).rename(path)
    segments.sync_folder(folder)


def create(folder: Path, sequence: int, tables: Iterable[tuple[str, Documents]]) -> None:
    """Make a new journal of documents, the last commit being `sequence`: all of it, or nothing."""
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    write(new, 1, sequence, pieces(tables))
    publish(new, 1)
    new.rename(folder)
    segments.sync_folder(folder.parent)


def pieces(tables: Iterable[tuple[str, Documents]], revise: Revise = keep) -> Iterator[Change]:
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
