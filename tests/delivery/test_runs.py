"""Runs and outages: every transaction of a backlog counts once, and an outage has its two ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from hypothesis import given
from hypothesis import strategies as st
from support.transactions import NOW

from kiosk.daybook.facts import LibraryAway, LibraryBack, RunBegan, RunEnded, RunFact
from kiosk.daybook.runs import Runs as Known
from kiosk.delivery.outages import Outages
from kiosk.delivery.runs import Runs, counted
from kiosk.desk.afterwards.runs import Outage
from kiosk.desk.transactions import Kind, Outcome, OutcomeKind

if TYPE_CHECKING:
    from kiosk.daybook.facts import Fact
    from kiosk.desk.afterwards.runs import Run

MINUTE = timedelta(minutes=1)
KINDS, OUTCOMES = st.sampled_from(get_args(Kind)), st.sampled_from(get_args(OutcomeKind))


def at(minutes: float) -> datetime:
    return NOW + minutes * MINUTE


def gone(minutes: float) -> LibraryAway:
    return LibraryAway(at=at(minutes))


@dataclass
class Disk:
    """What was written, and what a kiosk that is started now would know of it."""

    facts: list[RunFact] = field(default_factory=list)

    def put(self, fact: Fact, _: Run | None = None) -> None:
        self.facts.append(fact)  # type: ignore[arg-type] # all that is put here

    def read(self) -> Known:
        known = Known()
        for fact in self.facts:
            known.learn(fact)
        return known

    def outages(self) -> Outages:
        known = self.read()
        return Outages(self.put, known.away, known.outages)


def outcomes(kinds: list[OutcomeKind]) -> list[Outcome]:
    return [Outcome(transaction=f"t{n}", kind=kind, at=NOW) for n, kind in enumerate(kinds)]


# -- runs --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(KINDS, OUTCOMES)), st.integers(0, 30))
def test_the_counts_of_a_run_add_up_also_where_it_was_cut_in_two(
    backlog: list[tuple[Kind, OutcomeKind]], cut: int
) -> None:
    all_of_it = outcomes([outcome for _, outcome in backlog])
    answered = [(kind, x) for (kind, _), x in zip(backlog, all_of_it, strict=True)]
    disk = Disk()
    first = Runs(disk.put, disk.outages(), usual="time")
    first.sent(at(0), NOW, len(backlog))
    for kind, outcome in answered[:cut]:
        first.answered(kind, outcome)
    began = disk.read().unfinished
    assert began is not None
    second = Runs(disk.put, disk.outages(), began, answered[:cut])
    for kind, outcome in answered[cut:]:
        second.answered(kind, outcome)
    second.nothing_left(at(1), 0)
    run = disk.read().last
    assert run is not None
    assert run == replace(counted(began, answered), ended=at(1))
    assert run.done == len(backlog) == sum(run.kinds.values())
    assert run.done - run.applied == run.needing == len(run.to_fix) == len(set(run.to_fix))


def test_what_is_answered_while_no_run_is_under_way_is_counted_nowhere() -> None:
    disk = Disk()
    runs = Runs(disk.put, disk.outages())
    runs.answered("checkout", Outcome(transaction="t1", kind="refused", at=NOW))
    runs.nothing_left(at(1), 0)
    assert disk.facts == []


# -- outages -----------------------------------------------------------------------------------


def test_an_outage_counts_from_its_first_failure_once_something_waits() -> None:
    disk = Disk()
    outages = disk.outages()
    outages.away(gone(0), waiting=False)
    outages.away(gone(5), waiting=False)
    assert disk.facts == []
    outages.away(gone(7), waiting=True)
    outages.away(gone(8), waiting=True)
    outages.back(at(9))
    assert disk.facts == [LibraryAway(at=at(0)), LibraryBack(at=at(9), since=at(0))]
    assert outages.of(at(0)) == (Outage(at(0), at(9)),)


def test_an_outage_that_nobody_noticed_is_none() -> None:
    disk = Disk()
    outages = disk.outages()
    outages.away(gone(0), waiting=False)
    outages.back(at(5))
    assert disk.facts == []
    assert outages.of(at(0)) == ()


def test_an_outage_goes_on_over_a_restart() -> None:
    disk = Disk()
    disk.outages().away(gone(0), waiting=True)
    outages = disk.outages()
    outages.away(gone(30), waiting=True)
    outages.back(at(60))
    assert outages.of(at(0)) == (Outage(at(0), at(60)),)
    assert disk.read().outages == [Outage(at(0), at(60))]


def test_an_outage_ends_no_earlier_than_it_began_whatever_the_clock_was_set_to() -> None:
    outages = Disk().outages()
    outages.away(gone(60), waiting=True)
    outages.back(at(0))
    assert outages.of(at(0)) == (Outage(at(60), at(60)),)


def test_a_run_tells_of_each_outage_once_and_of_none_from_before_its_backlog() -> None:
    disk = Disk()
    outages = disk.outages()
    runs = Runs(disk.put, outages, usual="time")
    for minute in (0, 20, 40):
        outages.away(gone(minute), waiting=True)
        outages.back(at(minute + 5))
    runs.sent(at(50), at(10), 3)
    runs.nothing_left(at(51), 0)
    runs.sent(at(60), at(0), 1)
    runs.nothing_left(at(61), 0)
    told = [x.run.outages for x in disk.facts if isinstance(x, RunEnded)]
    assert told == [(Outage(at(20), at(25)), Outage(at(40), at(45))), ()]
    assert [x.run.outages for x in disk.facts if isinstance(x, RunBegan)] == [(), ()]
