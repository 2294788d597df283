"""What is done to a journal while calls fail and the power goes."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tinydb import where

from kiosk.daybook.journal import JournalError
from support.crashes import PromiseBrokenError, Witnessed, write_on
from support.failing_calls import CHANGING, Killed, Nth
from support.journals import Journal
from support.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tinydb import TinyDB

SEGMENT_SIZE = 2048
"""Bytes. Small, so that a few commits fill some segments."""


def opened(folder: Path) -> Journal:
    """Open the journal inside a folder for writing."""
    return Journal(folder / "journal", segment_size=SEGMENT_SIZE, spares=1)


class AtOnce:
    """Stands in for a thread: does its work when it is started, and so always at the same time."""

    def __init__(self, *, target: Callable[[], None], name: str) -> None:
        self.start = target

    def is_alive(self) -> bool:
        return False

    def join(self) -> None:
        pass


@contextmanager
def in_memory() -> Iterator[Path]:
    """Give a folder in memory where there is one: thousands of states are written there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def _two_tables(db: TinyDB) -> None:
    db.table("loans").insert_multiple([{"item": "1"}, {"item": "2"}])
    db.table("desk").insert({"who": "Ines"})


COMMITS: list[Callable[[TinyDB], Any]] = [
    lambda db: db.table("loans").insert({"item": "0", "note": "ü" * 20}),
    _two_tables,
    lambda db: db.table("loans").update({"note": "x" * 900}, where("item") == "1"),
    lambda db: db.table("loans").remove(where("item") == "0"),
    lambda db: db.table("loans").insert({"item": "long", "note": "y" * 1200}),
    lambda db: db.drop_table("desk"),
    lambda db: db.table("loans").insert({"item": "longer than a segment", "note": "z" * 2500}),
    lambda db: db.table("loans").insert({"item": "3"}),
]


def work(recording: Recording) -> None:
    """Commit one after the other, close, open, and commit once more."""
    recording.mark({})
    with opened(recording.folder) as db:
        witnessed = Witnessed(db, recording.mark)
        for commit in COMMITS:
            witnessed.commit(commit)
    with opened(recording.folder) as db:
        Witnessed(db, recording.mark).commit(COMMITS[0])


def work_until_it_fails(recording: Recording, nth: Nth) -> BaseException | None:
    """Commit until something fails; give what it was. After that, nothing is taken any more."""
    recording.mark({})
    try:
        with opened(recording.folder) as db:
            witnessed = Witnessed(db, recording.mark)
            for commit in COMMITS:
                try:
                    witnessed.commit(commit)
                except JournalError:
                    _refuses_everything(db, nth)
                    raise
    except (JournalError, OSError, Killed) as error:
        return error
    return None


def _refuses_everything(db: TinyDB, nth: Nth) -> None:
    nth.since.clear()
    for _ in range(2):
        with pytest.raises(JournalError, match="nothing can be written"):
            db.insert({"n": "refused"})
    assert not set(nth.since) & set(CHANGING)  # above all, no sync is tried again


def go_on(recording: Recording) -> None:
    """Let calls succeed again; open, look, and commit."""
    accepted = recording.accepted
    recording.interfere = Recording.interfere.__get__(recording)
    found = write_on(opened, recording.folder, recording.mark)
    if found not in accepted:
        raise PromiseBrokenError(f"found {found}, but accepted are {accepted}")
