"""A process that commits to a journal, one numbered commit after the other, and says so.

Run it with a folder, the number of the first commit and of the last. It prints `opening`, then each
number when its commit has been acknowledged, then `failed` and why if one was not. With a fourth
argument, it compacts all the while.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tinydb.table import Document

from kiosk.daybook.journal import JournalError
from kiosk.daybook.journal.compaction import publish, unfinished, write_base
from kiosk.daybook.journal.segments import remove
from support.journals import Journal

if TYPE_CHECKING:
    from support.journals import Contents

_KEPT = 50
"""The documents of the last so many commits are kept."""


def held_after(number: int) -> Contents:
    """Give what a journal holds after the commits up to a number."""
    numbers = range(1, number + 1)
    ring = {n % _KEPT: _document(n) for n in numbers[-_KEPT:]}
    tens = {n % 70: {"n": n} for n in numbers[-70:] if n % 10 == 0}
    return {name: table for name, table in (("ring", ring), ("tens", tens)) if table}


def _document(number: int) -> dict[str, object]:
    return {"n": number, "text": "x" * (number * 37 % 900)}


def _commit(db: Journal, number: int) -> None:
    """Write what belongs to a number; every tenth writes into two tables."""
    with db.storage.together():
        db.table("ring").upsert(Document(_document(number), number % _KEPT))
        if number % 10 == 0:
            db.table("tens").upsert(Document({"n": number}, number % 70))


class _Compaction:
    """Compacts in a child, which outlives the process when that is killed."""

    def __init__(self, db: Journal) -> None:
        self._db = db
        self._begin()

    def _begin(self) -> None:
        self._number = self._db.storage.seal()
        self._new = unfinished(self._db.storage.folder, self._number)
        self._child = os.fork()
        if self._child == 0:
            os.closerange(3, 256)  # a program of its own would not hold the parent's lock either
            write_base(self._new)
            os._exit(0)

    def go_on(self) -> None:
        """Change over when the child is done, and begin again."""
        if os.waitpid(self._child, os.WNOHANG)[0] == self._child:
            publish(self._new)
            for _ in self._db.storage.adopt(self._number):
                pass
            remove(self._db.storage.release())
            self._db.clear_cache()
            self._begin()


def main(folder: str, first: str, last: str, compacting: str = "") -> None:
    """Commit from the first number to the last."""
    print("opening", flush=True)
    try:
        with Journal(Path(folder) / "journal", segment_size=2048, spares=1) as db:
            compaction = _Compaction(db) if compacting else None
            for number in range(int(first), int(last) + 1):
                _commit(db, number)
                print(number, flush=True)
                if compaction is not None:
                    compaction.go_on()
    except (JournalError, OSError) as error:
        print("failed", error, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
