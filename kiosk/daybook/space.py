"""How much more the disk takes, in the measure of a desk: transactions, and days of work.

A full disk stops the desk, so it is told in time, twice: `low` when less than a fifth of the disk
is free, `short` when what is left may not last one more day. Space that the journal has reserved
counts for the daybook alone, and counts as free here; nobody else can take it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from pathlib import Path

LOW = 20
"""Percent."""
PER_TRANSACTION = 2_000
"""Bytes that one transaction comes to, with what is kept about its delivery and the desk.

Measured: 1,500 for a visit with a single item, lent online; a test holds it to that.
"""
QUIET_DAY = 1_000
"""Transactions that a day may bring at a desk that does not know its busy days yet."""
FILES_A_DAY = 100
"""Files that a day may need: segments, lists, logs, and what stands beside them for a moment."""
LONG = 365
"""Days beyond which nobody counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disk:
    """What a file system has for us, in bytes and in files (its inodes).

    `files` is 0 where their number is not limited, as on btrfs or FAT.
    """

    free: int
    total: int
    files_free: int
    files: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What that means. `percent` is what is free, of bytes or, where `of_files`, of files.

    `transactions` and `days` are what still fits, days being as busy as the busiest of late.
    """

    state: Literal["ok", "low", "short"]
    percent: int
    transactions: int
    days: int
    of_files: bool = False


def look(folder: Path) -> Disk | None:
    """Ask the system about the disk of a folder (statvfs(3)); None where it does not tell.

    Raises OSError where the folder is not to be reached. May block as long as its disk does.
    """
    told = os.statvfs(folder)
    if not told.f_blocks:
        return None
    return Disk(
        free=told.f_bavail * told.f_frsize,
        total=told.f_blocks * told.f_frsize,
        files_free=told.f_favail,
        files=told.f_files,
    )


def room(disk: Disk, *, reserved: int, busiest: int) -> Room:
    """Judge a disk.

    `reserved` bytes are the journal's already; `busiest` is how many transactions the busiest day
    of late has brought, 0 where none has.
    """
    day = max(busiest, QUIET_DAY)
    percent = 100 * disk.free // disk.total
    percent_files = 100 * disk.files_free // disk.files if disk.files else 100
    no_files = bool(disk.files) and disk.files_free < FILES_A_DAY
    left = reserved if no_files else reserved + disk.free
    transactions = left // PER_TRANSACTION
    lowest = min(percent, percent_files)
    state: Literal["ok", "low", "short"] = "ok"
    if transactions < day:
        state = "short"
    elif lowest < LOW or no_files:
        state = "low"
    return Room(
        state=state,
        percent=lowest,
        transactions=transactions,
        days=transactions // day,
        of_files=percent_files < percent,
    )


def headline(room: Room) -> Phrase:
    """Say how the disk is."""
    scarce = "_files" if room.of_files and room.state == "low" else ""
    return say(f"space.{room.state}{scarce}", percent=room.percent)


def lasting(room: Room) -> Phrase:
    """Say how long it lasts, in numbers that people can use."""
    if room.days > LONG:
        return say("space.lasts_long")
    number = _about(room.transactions)
    if room.days == 0:
        return say("space.lasts_no_day", count=number)
    return say("space.lasts", transactions=number, count=_about(room.days))


def _about(number: int) -> int:
    """Round down to two digits: nobody counts on more, and what is on show changes seldom."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return number // step * step
