"""What a daybook tells of the past: by day, by item, by card; before and after a restart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from support.days import BELOVED, HOBBIT, answered, voided
from support.transactions import MAYA, NOW, OMAR, checkin, checkout

from kiosk.daybook import entries, visits
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Settled

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.facts import Fact

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def told(folder: Path, *facts: Fact) -> Daybook:
    with Daybook(folder) as daybook:
        for fact in facts:
            daybook.learn(daybook.commit([fact]))
        before = entries.recorded_on(daybook, TODAY), entries.last_of(daybook, BELOVED)
    again = Daybook(folder, read_only=True)
    assert (entries.recorded_on(again, TODAY), entries.last_of(again, BELOVED)) == before
    return again


def test_a_day_is_listed_the_newest_first_and_by_item_and_card(tmp_path: Path) -> None:
    facts = [
        checkout(BELOVED, MAYA, at=NOW - DAY),
        checkout(HOBBIT, OMAR),
        checkin(BELOVED, source="paper", at=NOW - DAY),
        checkout(BELOVED, OMAR),
    ]
    daybook = told(tmp_path, *facts)
    assert entries.recorded_on(daybook, TODAY) == ["4", "2"]
    assert entries.recorded_on(daybook, TODAY - DAY) == ["3", "1"]
    assert entries.recorded_on(daybook, TODAY, BELOVED) == ["4"]
    assert entries.recorded_on(daybook, TODAY - DAY, BELOVED) == ["3", "1"]
    assert entries.recorded_on(daybook, TODAY, OMAR) == ["4", "2"]
    assert entries.recorded_on(daybook, TODAY, MAYA) == []
    assert entries.recorded_on(daybook, TODAY + DAY) == []
    assert entries.ending_on(daybook, TODAY, OMAR[-4:]) == ["4", "2"]
    assert entries.ending_on(daybook, TODAY, BELOVED[-4:]) == ["4"]
    assert entries.ending_on(daybook, TODAY - DAY, BELOVED[-4:]) == ["3", "1"]
    assert entries.ending_on(daybook, TODAY, MAYA[-4:]) == []
    assert entries.ending_on(daybook, TODAY + DAY, OMAR[-4:]) == []


def test_a_line_tells_what_became_of_it_and_whether_something_came_after_it(tmp_path: Path) -> None:
    lent, back, again = checkout(BELOVED, MAYA), checkin(BELOVED), checkout(BELOVED, OMAR)
    facts = [lent, back, again, voided(again), answered(lent, title="Beloved")]
    daybook = told(tmp_path, *facts)
    first, second, third = (daybook.past(entry) for entry in ("1", "2", "3"))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.stage, first.title, first.overtaken) == ("applied", "Beloved", True)
    assert (second.stage, second.overtaken) == ("recorded", False)
    assert third.stage == "voided"
    assert daybook.past("9") is None


def test_a_line_tells_whether_a_person_has_entered_it(tmp_path: Path) -> None:
    lent, other = checkout(BELOVED, MAYA), checkout(HOBBIT, MAYA)
    outcomes = [answered(x, kind="by_hand") for x in (lent, other)]
    daybook = told(tmp_path, lent, other, *outcomes, Settled(transaction=lent.id, at=NOW))
    pasts = [daybook.past(entry) for entry in ("1", "2")]
    assert [past.entered for past in pasts if past is not None] == [True, False]


def test_what_a_checkin_took_back_is_undone_everywhere(tmp_path: Path) -> None:
    lent = checkout(BELOVED, MAYA)
    daybook = told(tmp_path, lent, answered(lent), checkin(BELOVED, visit="v2", undoes=lent.id))
    past = daybook.past("1")
    assert past is not None
    assert (past.stage, past.overtaken) == ("voided", False)
    visit = visits.visit(daybook, 1)
    assert visit.receipt("").lines == ()
    assert entries.last_of(daybook, BELOVED) is None


def test_the_last_of_an_item_is_the_last_in_time_that_counts(tmp_path: Path) -> None:
    lent = checkout(BELOVED, MAYA)
    paper = checkin(BELOVED, source="paper", at=NOW - DAY)
    refused, undone = checkin(BELOVED), checkin(BELOVED)
    facts = [lent, paper, refused, answered(refused, "refused")]
    daybook = told(tmp_path, *facts, undone, voided(undone))
    last = entries.last_of(daybook, BELOVED)
    assert last is not None
    assert (last.kind, last.at) == ("checkout", lent.at)
    assert entries.last_of(daybook, HOBBIT) is None
