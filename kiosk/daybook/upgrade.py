"""Daybooks of earlier versions, made into this one's when a kiosk opens them.

    1   one file, `daybook.journal`, of frames as they are now (kiosk.daybook.journal.frames)
    2   a folder of segments, `journal`; titles that the library said have a table of their own

Nothing of the old one is removed before the new one is whole and on the disk.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from kiosk.daybook.facts import Answered, Learnt, decode_delivery, decode_head
from kiosk.daybook.journal import (
    JournalBusyError,
    JournalDamagedError,
    JournalError,
    compaction,
    frames,
    segments,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.journal import JournalStorage

SCHEMA = 2
"""The version whose documents this one writes. It reads these and all earlier ones."""

_ONE_FILE = "daybook.journal"
_MAGIC = b"DAYBOOK 1\n"

Tables = dict[str, dict[int, bytes]]


def check_schema(schema: int) -> None:
    """Refuse a daybook of a later version. Raises JournalError."""
    if schema > SCHEMA:
        raise JournalError(
            f"the daybook was written by a later version of Daybook (its schema is {schema}, this "
            f"one knows {SCHEMA}). Nothing was changed. Install that version again"
        )


def titles(journal: JournalStorage) -> list[Learnt]:
    """Give what schema 1 knew of titles: what stood in the library's answers."""
    said: dict[str, str] = {}
    for _, text in journal.scan("deliveries"):
        fact = decode_delivery(text)
        if isinstance(fact, Answered) and fact.outcome.title:
            said.setdefault(fact.outcome.transaction, fact.outcome.title)
    heads = (decode_head(text) for _, text in journal.scan("transactions"))
    newest = {head.item: said[head.id] for head in heads if head.id in said}
    return [Learnt(item=item, title=title) for item, title in newest.items()]


def has_one_file(folder: Path, journal: Path) -> bool:
    """Tell whether what there is is the one file of version 1."""
    return (folder / _ONE_FILE).exists() and not journal.exists()


def refuse_one_file(folder: Path, journal: Path) -> None:
    """Refuse to read what has to be brought up to date first. Raises JournalError."""
    if has_one_file(folder, journal):
        raise JournalError(
            f"{folder} holds the daybook of an earlier version. Start the kiosk once, and it "
            "is brought up to date"
        )


def from_one_file(folder: Path, journal: Path) -> None:
    """Make the one file of version 1 into a journal. Raises JournalError, OSError."""
    old = folder / _ONE_FILE
    if not old.exists():
        return
    if not journal.exists():
        file = os.open(old, os.O_RDWR | os.O_CLOEXEC)
        try:
            _lock(file, folder)
            _copy(old, journal)
        finally:
            os.close(file)
    segments.sync_folder(folder)
    segments.remove([old])


def _lock(file: int, folder: Path) -> None:
    """Keep an earlier version from writing meanwhile, or see that it does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise JournalBusyError(f"{folder} is in use by another kiosk on this machine") from error


def _copy(old: Path, journal: Path) -> None:
    """Write a journal that begins with a base: all that the one file comes to."""
    sequence, tables = _read(old)
    compaction.create(journal, sequence, ((name, table.items()) for name, table in tables.items()))


def _read(old: Path) -> tuple[int, Tables]:
    """Read all whole commits. A torn one at the end is left out, as version 1 did."""
    data = old.read_bytes()
    tables: Tables = {}
    sequence, end = 0, len(_MAGIC)
    if not data.startswith(_MAGIC):
        if _MAGIC.startswith(data.rstrip(b"\0")):
            return 0, tables  # torn in its very first bytes: it never held anything
        raise JournalDamagedError(
            f"{old} is not a daybook of version 1. Nothing was changed. Keep the file and ask for "
            "help"
        )
    for frame in frames.chain(data, end, 0):
        _apply(tables, frame, data)
        sequence, end = frame.sequence, frame.end
    later = frames.find(data[end:], sequence)
    if later is not None:
        raise JournalDamagedError(
            f"{old} is damaged between byte {end} and byte {end + later.start}: {sequence} commits "
            f"before it can be read, and so can commit {later.sequence} after it. Nothing was "
            "changed. Keep the file and ask for help"
        )
    return sequence, tables


def _apply(tables: Tables, frame: frames.Frame, data: bytes) -> None:
    for name, added, removed in frames.changes(data, frame):
        documents = tables.setdefault(name, {})
        if removed is None:
            del tables[name]
            continue
        for doc_id in removed:
            documents.pop(doc_id, None)
        documents.update(added)
