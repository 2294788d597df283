"""Daybooks of earlier versions, made into this one's when a kiosk opens them.

    1   one file, `daybook.journal`, of frames as they are now (kiosk.daybook.journal.frames)
    2   a folder of segments, `journal`; titles that the library said have a table of their own
    3   desk sessions have a table of their own; where the desk stands says which warning of the
        block list waits for staff and which override is in force; transactions of more kinds, and
        who allowed a number that does not look right
    4   what needs a person can be sent again, corrected, or be told of by an error report; runs
        of delivery have a table of their own
    5   what goes to the library in batches, and what staff decide about these; decisions that do
        not count have a table of their own

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
    checking,
    compaction,
    segments,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.journal import JournalStorage
    from kiosk.daybook.journal.checking import Report, Tables, Trouble

SCHEMA = 5
"""The version whose documents this one writes. It reads these and all earlier ones."""

_ONE_FILE = "daybook.journal"
_MAGIC = b"DAYBOOK 1\n"


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
    return (folder / _ONE_FILE).exists() and not segments.is_begun(journal)


def refuse_one_file(folder: Path, journal: Path) -> None:
    """Refuse to read what has to be brought up to date first. Raises JournalError."""
    if has_one_file(folder, journal):
        raise JournalError(
            f"{folder} holds the daybook of an earlier version. Start the kiosk once, and it "
            "is brought up to date"
        )


def one_file(folder: Path) -> Path:
    """Name the one file of version 1."""
    return folder / _ONE_FILE


def examine_one_file(folder: Path) -> tuple[Report, Tables]:
    """Go through the one file of version 1, past any damage. Raises OSError."""
    return checking.examine_one_file(one_file(folder), _MAGIC)


def from_one_file(folder: Path, journal: Path) -> None:
    """Make the one file of version 1 into a journal. Raises JournalError, OSError."""
    old = one_file(folder)
    if not old.exists():
        return
    if not segments.is_begun(journal):
        file = os.open(old, os.O_RDWR | os.O_CLOEXEC)
        try:
            _lock(file, folder)
            _copy(folder, journal)
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


def _copy(folder: Path, journal: Path) -> None:
    """Write a journal that begins with a base: all that the one file comes to.

    A torn commit at its end is left out, as version 1 did.
    """
    report, found = examine_one_file(folder)
    [file] = report.files
    for trouble in file.troubles:
        if trouble.kind not in checking.HARMLESS:
            raise JournalDamagedError(_refusal(one_file(folder), trouble))
    _, sequence = file.commits or (0, 0)
    tables = (
        (name, ((number, document.text) for number, document in documents.items()))
        for name, documents in found.items()
    )
    compaction.create(journal, sequence, tables)


def _refusal(old: Path, trouble: Trouble) -> str:
    what = f"{old} is damaged between byte {trouble.start} and byte {trouble.end}"
    if trouble.kind == "header":
        what = f"{old} is not a daybook of version 1, or its first bytes have changed"
    return f"{what}. Nothing was changed. Keep the file and ask for help"
