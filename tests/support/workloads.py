"""What is done to a journal while calls fail and the power goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tinydb import where

from kiosk.daybook.journal import JournalError
from kiosk.daybook.journal.compaction import publish, unfinished, write_base
from kiosk.daybook.journal.segments import remove
from support.crashes import PromiseBrokenError, Witnessed, write_on
from support.failing_calls import CHANGING, Killed, Nth
from support.journals import Journal
from support.recording import Recording

if TYPE_CHECKING:
    from pathlib import Path

    from tinydb import TinyDB

Step = Callable[[Witnessed], None]

SEGMENT_SIZE = 2048
"""Bytes. Small, so that a few commits fill some segments."""


def opened(folder: Path, **how: bool) -> Journal:
    """Open the journal inside a folder, for writing unless told otherwise."""
    return Journal(folder / "journal", segment_size=SEGMENT_SIZE, spares=1, **how)


class AtOnce:
    """Stands in for a thread: does its work when it is started, and so always at the same time."""

    def __init__(self, *, target: Callable[[], None], name: str) -> None:
        self.start = target

    def is_alive(self) -> bool:
        return False

    def join(self) -> None:
        pass


def commits(act: Callable[[TinyDB], Any]) -> Step:
    return lambda witnessed: witnessed.commit(act)


def _two_tables(db: TinyDB) -> None:
    db.table("loans").insert_multiple([{"item": "1"}, {"item": "2"}])
    db.table("desk").insert({"who": "Ines"})


COMMITS: list[Step] = [
    commits(lambda db: db.table("loans").insert({"item": "0", "note": "ü" * 20})),
    commits(_two_tables),
    commits(lambda db: db.table("loans").update({"note": "x" * 900}, where("item") == "1")),
    commits(lambda db: db.table("loans").remove(where("item") == "0")),
    commits(lambda db: db.table("loans").insert({"item": "long", "note": "y" * 1200})),
    commits(lambda db: db.drop_table("desk")),
    commits(lambda db: db.table("loans").insert({"item": "long", "note": "z" * 2500})),
    commits(lambda db: db.table("loans").insert({"item": "3"})),
]
"""Small ones, one that fills a segment, and one that is larger than a segment."""


def compacts(witnessed: Witnessed) -> None:
    """Rewrite the oldest, and commit at each point at which that may come in between."""
    number = witnessed.storage.seal()
    _commit_between(witnessed)
    new = unfinished(witnessed.storage.folder, number)
    write_base(new)
    _commit_between(witnessed)
    publish(new)
    steps = witnessed.storage.adopt(number)
    for _ in steps:
        _commit_between(witnessed)
    remove(witnessed.storage.release())
    witnessed.journal.clear_cache()


def _commit_between(witnessed: Witnessed) -> None:
    def act(db: TinyDB) -> None:
        db.table("meanwhile").insert({"n": 1})
        db.table("loans").update({"note": "newer"}, where("item") == "2")

    witnessed.commit(act)


PATRON = "21234000012345"


def forgets(witnessed: Witnessed) -> None:
    """Rewrite the oldest without a patron, and without one of the documents."""
    number = witnessed.storage.seal()
    with witnessed.becoming(_forget):
        new = unfinished(witnessed.storage.folder, number)
        write_base(new, _forgotten)
        _commit_between(witnessed)
        publish(new)
    for _ in witnessed.storage.adopt(number):
        _commit_between(witnessed)
    remove(witnessed.storage.release())
    witnessed.journal.clear_cache()


def _forgotten(table: str, _doc_id: int, text: bytes) -> bytes | None:
    if table == "old":
        return None
    return text.replace(PATRON.encode(), b"forgotten")


def _forget(db: TinyDB) -> None:
    db.table("old").truncate()
    db.table("loans").update({"patron": "forgotten"}, where("patron") == PATRON)


FIRST_COMPACTION: list[Step] = [COMMITS[4], compacts]
COMPACTION: list[Step] = [*COMMITS[:5], compacts, *COMMITS[5:7], compacts, COMMITS[7]]
RETENTION: list[Step] = [
    commits(lambda db: db.table("loans").insert({"item": "1", "patron": PATRON})),
    commits(lambda db: db.table("old").insert({"patron": PATRON, "note": "x" * 1000})),
    COMMITS[1],
    forgets,
]


def work(recording: Recording, steps: list[Step]) -> None:
    """Take one step after the other, close, open, and commit once more."""
    recording.mark({})
    with opened(recording.folder) as db:
        witnessed = Witnessed(db, recording.mark)
        for step in steps:
            step(witnessed)
    with opened(recording.folder) as db:
        COMMITS[0](Witnessed(db, recording.mark))


def work_until_it_fails(recording: Recording, nth: Nth, steps: list[Step]) -> BaseException | None:
    """Work until something fails; give what it was. After a commit that did, none is taken."""
    recording.mark({})
    try:
        with opened(recording.folder) as db:
            witnessed = Witnessed(db, recording.mark)
            try:
                for step in steps:
                    step(witnessed)
            finally:
                if witnessed.failed:
                    _refuses_everything(db, nth)
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
