"""What files are called, so that no two of them ever have one name.

    koc-desk-1-2026-11-22-17-Northside.koc
    |   |      |          |  library
    |   |      |          number: counts on for ever, on this desk
    |   |      date
    |   terminal
    format

All but the library and what comes after it is the name of the batch. One batch can be several
files: whoever loads one does so for one library.
"""

from __future__ import annotations

import os
import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kiosk.desk.transactions import Transaction

LONGEST = 40
"""Characters of a terminal's or a library's name in that of a file."""


def of_batch(what: str, terminal: str, day: date, number: int) -> str:
    """Name a batch."""
    return f"{what}-{safe(terminal)}-{day}-{number}"


def by_library(
    batch: str, extension: str, transactions: Iterable[Transaction]
) -> dict[str, list[Transaction]]:
    """Divide the transactions of a batch among files by their library, and name those."""
    libraries: dict[str, list[Transaction]] = {}
    for each in transactions:
        libraries.setdefault(each.library, []).append(each)
    files: dict[str, list[Transaction]] = {}
    for library, found in libraries.items():
        stem = f"{batch}-{safe(library)}"
        alike = sum(name.casefold().startswith(stem.casefold()) for name in files)
        files[f"{stem}-{alike + 1}.{extension}" if alike else f"{stem}.{extension}"] = found
    return files


def day_of(name: str, what: str, terminal: str) -> date | None:
    """Give the day in the name of a file of this desk; None of any other file."""
    ours = rf"{what}-{re.escape(safe(terminal))}-(\d{{4}}-\d\d-\d\d)-\d+-[\w-]+\.\w+"
    found = re.fullmatch(ours, name, re.ASCII)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def safe(text: str) -> str:
    """Give a name that every file system takes, FAT too."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", text)[:LONGEST].strip("-")
    return plain or "x"


def next_number(memory: Path) -> int:
    """Count one further, and see that the disk remembers it. Raises OSError.

    What cannot be read counts as never begun: the date in the name is another by then.
    """
    try:
        number = int(memory.read_text("ascii")) + 1
    except (FileNotFoundError, ValueError):
        number = 1
    new = memory.with_name(f"{memory.name}.new")
    with new.open("w", encoding="ascii") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(memory)
    sync_folder(memory.parent)
    return number


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on its disk. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
