"""A shift at a desk, small enough to be cut off at every write, and what must be left of it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.transactions import NOW, checkout, outcome

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import (
    Again,
    Answered,
    ClockReading,
    Fact,
    Learnt,
    NotSent,
    Sending,
    Settled,
    Voided,
    document,
)
from kiosk.daybook.journal import JournalStorage
from kiosk.daybook.journal.compaction import publish, unfinished
from kiosk.daybook.journal.segments import remove
from kiosk.desk.transactions import Transaction
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Contents = dict[str, dict[int, dict[str, Any]]]
"""Documents by table and id."""

VISITS = 24
LOANS = 4
RETENTION = (sys.executable, "-m", "kiosk.daybook.retention")
TERMS = ((NOW + timedelta(days=2)).isoformat(), "1", "1000")
"""The day, and the days for which patrons and transactions are remembered."""


class SmallSegments(JournalStorage):
    """A journal that needs a new segment every other visit."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        super().__init__(folder, read_only=read_only, segment_size=8 << 10)


class SmallDaybook(Daybook):
    """The daybook as it is, on small segments."""

    default_storage_class = SmallSegments


def work(folder: Path, done: Callable[[Contents], None]) -> None:
    """Do a shift in a new folder; say after each step what is recorded now."""
    expected: Contents = {}
    folder.mkdir()
    for first in range(0, VISITS, VISITS // 3):
        with SmallDaybook(folder) as daybook:
            expected = expected or contents(daybook)
            if as_text(contents(daybook)) != as_text(expected):
                raise AssertionError("not what was recorded, and no power cut")
            done(expected)
            for visit in range(first, first + VISITS // 3):
                if visit % 5 == 4:
                    forget(daybook, visit, expected, done)
                else:
                    serve(daybook, visit, expected, done)


def serve(
    daybook: Daybook, visit: int, expected: Contents, done: Callable[[Contents], None]
) -> None:
    for facts in commits_of(visit):
        commit(daybook, facts, expected)
        done(expected)


def forget(
    daybook: Daybook, visit: int, expected: Contents, done: Callable[[Contents], None]
) -> None:
    """Rewrite the journal without the patrons so far, and serve one more meanwhile."""
    journal = daybook.journal
    number = journal.seal()
    done(expected)
    forgotten = [*expected["transactions"].values()]
    new = unfinished(journal.folder, number)
    with subprocess.Popen([*RETENTION, new, *TERMS]) as child:
        serve(daybook, visit, expected, done)
    if child.returncode:
        raise AssertionError("the child that rewrites the journal failed")
    publish(new)
    for transaction in forgotten:
        transaction["patron"] = ""
    done(expected)
    for old in journal.adopt(number):
        daybook.forget(old)
    remove(daybook.release())
    done(expected)


def commits_of(visit: int) -> Iterator[list[Fact]]:
    """Give what is committed for a visit: loans one by one, then what became of them together."""
    loans = [checkout(f"31234{visit * LOANS + n:09d}", visit=f"v{visit}") for n in range(LOANS)]
    yield [Standing(visit=f"v{visit}")]
    for loan in loans:
        yield [loan]
    sent = Sending(transactions=tuple(x.id for x in loans[1:]), no_block=True, at=NOW)
    yield [Voided(transaction=loans[0].id, at=NOW), sent]
    yield [NotSent(transactions=sent.transactions, at=NOW)]
    yield [sent]
    yield [
        *(Answered(outcome=outcome(loan, title="A long title " * visit)) for loan in loans[1:]),
        Learnt(item=loans[1].item, title="A title"),
        Learnt(item="31234000000000", title=f"A title for the {visit}. time"),
        ClockReading(boot="b1", started=NOW, by="staff", at=NOW),
    ]
    yield from _decisions(visit)


def _decisions(visit: int) -> Iterator[list[Fact]]:
    """Give what is committed where the library refuses: one is corrected, one is sent again."""
    wrong, other = (checkout(f"31235{visit * 2 + n:09d}", visit=f"v{visit}") for n in range(2))
    better = checkout(f"31236{visit:09d}", visit=f"v{visit}", corrects=wrong.id)
    refused = (Answered(outcome=outcome(loan, "refused")) for loan in (wrong, other))
    yield [wrong, other, *refused]
    settled = Settled(transaction=wrong.id, at=NOW, by="Ines", replaced_by=better.id)
    yield [better, settled]
    yield [Again(id="a", transaction=other.id, at=NOW, by="Ines")]
    yield [Answered(outcome=outcome(loan)) for loan in (better, other)]


def commit(daybook: Daybook, facts: list[Fact], expected: Contents) -> None:
    committed = daybook.commit(facts)
    daybook.learn(committed)
    for number, fact in committed:
        expected.setdefault(table_of(fact), {})[number] = document(fact)
    for fact in facts:
        if isinstance(fact, Standing):
            expected["desk"] = {1: document(fact)}


def table_of(fact: Fact) -> str:
    names = {Learnt: "titles", ClockReading: "clock"}
    return "transactions" if isinstance(fact, Transaction) else names.get(type(fact), "deliveries")


def check(folder: Path, allowed: list[str]) -> None:
    """Open what a power cut has left; raise where it is not what is allowed, or of no use."""
    folder.mkdir(exist_ok=True)
    with SmallDaybook(folder) as daybook:
        found = contents(daybook)
        if as_text(found) not in allowed:
            raise AssertionError(_difference(found, json.loads(allowed[0])))
        if daybook.journal.set_aside is not None:
            raise AssertionError("what was never acknowledged was taken for damage")
        commit(daybook, [checkout("31234999999999")], found)
    with SmallDaybook(folder) as daybook:
        if as_text(contents(daybook)) != as_text(found):
            raise AssertionError("what was recorded after the cut is not there")


def contents(daybook: Daybook) -> Contents:
    """Read everything."""
    return {
        name: {row.doc_id: dict(row) for row in daybook.table(name)} for name in daybook.tables()
    }


def as_text(what: Contents) -> str:
    """Write it in one way only, to be compared."""
    return json.dumps(what, sort_keys=True)


def _difference(found: Contents, least: Contents) -> str:
    counts = {name: f"{len(found.get(name, ()))} of {len(rows)}" for name, rows in least.items()}
    return f"not what was acknowledged: {counts or found}"
