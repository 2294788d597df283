"""How long an item is lent, learnt from the library's answers; one odd answer is not believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.transactions import checkout

from kiosk.daybook.facts import Learnt
from kiosk.daybook.learning import Lengths, Numbers, length_of, with_length, with_names
from kiosk.desk.dates.closed_days import Calendar, ClosedDays
from kiosk.desk.dates.duedates import Length, due_after
from kiosk.desk.transactions import Outcome

if TYPE_CHECKING:
    from kiosk.desk.vocabulary import DueBy

ZONE = ZoneInfo("Europe/Vienna")
MONDAY = datetime(2026, 11, 16, 10, 42, tzinfo=ZONE)
ALWAYS_OPEN = Calendar(ClosedDays())
SUNDAYS = Calendar(ClosedDays(weekdays=("sun",)))
DVD = "31234900448207"


class Desk:
    """Lends items while the library answers, and learns."""

    def __init__(self, calendar: Calendar = ALWAYS_OPEN) -> None:
        self.calendar = calendar
        self.facts: dict[str, Learnt] = {}
        self.lengths = Lengths()

    def lends(self, item: str, until: datetime, on: datetime = MONDAY, by: DueBy = "usual") -> None:
        lent = checkout(item, due_by=by)
        outcome = Outcome(transaction=lent.id, kind="applied", at=on, due=until)
        known = self.facts.get(item, Learnt(item=item))
        fact = with_length(known, lent, on, outcome, self.calendar)
        if fact != known:
            self.facts[item] = fact
            self.lengths.learn(fact)

    def lends_for(self, item: str, days: int, on: datetime = MONDAY) -> None:
        self.lends(item, due_after(Length(days), on, ZONE, ALWAYS_OPEN), on)


@pytest.mark.parametrize(
    ("due", "length"),
    [
        ("2026-11-23T23:59", Length(7)),
        ("2026-11-23T23:59:59", Length(7)),
        ("2026-11-23T00:00", Length(7)),  # a day without a time
        ("2026-11-23T18:00", Length(7)),
        ("2026-11-16T23:59", Length(0)),
        ("2026-11-16T13:42", Length(hours=3)),
        ("2026-11-16T13:39", Length(hours=3)),
        ("2026-11-17T08:42", Length(hours=22)),
        ("2026-11-17T10:42", Length(1)),
        ("2026-11-16T10:50", None),  # hardly a loan
        ("2026-11-15T23:59", None),  # before it was lent: a wrong clock there
        ("9999-01-01T23:59", None),
    ],
)
def test_the_length_of_a_loan(due: str, length: Length | None) -> None:
    assert length_of(MONDAY, datetime.fromisoformat(due).replace(tzinfo=ZONE)) == length


def test_an_item_that_was_lent_so_long_on_two_days_is_lent_so_long() -> None:
    desk = Desk()
    desk.lends_for(DVD, 7)
    desk.lends_for(DVD, 7, MONDAY + timedelta(hours=2))  # the same day proves nothing
    assert desk.lengths.of(DVD) is None
    desk.lends_for(DVD, 7, MONDAY + timedelta(days=9))
    assert desk.lengths.of(DVD) == Length(7)
    assert desk.facts[DVD].lent is None  # and when that was is not kept


def test_a_length_that_is_usual_here_is_believed_at_once() -> None:
    desk = Desk()
    for n in range(5):
        desk.lends_for(f"dvd{n}", 7, MONDAY + timedelta(days=n % 2))
    assert desk.lengths.of("dvd0") == Length(7)
    desk.lends_for(DVD, 7)
    assert desk.lengths.of(DVD) == Length(7)


def test_a_term_that_ends_on_one_day_for_all_is_no_length() -> None:
    desk, end = Desk(), datetime(2027, 1, 31, 23, 59, tzinfo=ZONE)
    for day in range(5):
        for n in range(20):
            desk.lends(f"book{day}-{n}", end, MONDAY + timedelta(days=day))
        desk.lends(DVD, end, MONDAY + timedelta(days=day))
    assert desk.lengths.of(DVD) is None
    assert desk.lengths.of("book0-0") is None


def test_a_card_about_to_expire_does_not_change_what_was_known() -> None:
    desk = Desk()
    desk.lends_for(DVD, 21)
    desk.lends_for(DVD, 21, MONDAY + timedelta(days=30))
    desk.lends_for(DVD, 4, MONDAY + timedelta(days=60))
    assert desk.lengths.of(DVD) is None  # in doubt
    desk.lends_for(DVD, 21, MONDAY + timedelta(days=90))
    assert desk.lengths.of(DVD) == Length(21)


def test_a_length_that_the_library_has_changed_is_learnt_anew() -> None:
    desk = Desk()
    for days, length in ((0, 21), (30, 21), (60, 14), (90, 14), (120, 14)):
        desk.lends_for(DVD, length, MONDAY + timedelta(days=days))
    assert desk.lengths.of(DVD) == Length(14)


@pytest.mark.parametrize("by", ["item", "kind", "patron"])
def test_a_date_that_staff_chose_says_nothing_of_the_item(by: DueBy) -> None:
    desk = Desk()
    for day in range(3):
        on = MONDAY + timedelta(days=day)
        desk.lends(DVD, due_after(Length(3), on, ZONE, ALWAYS_OPEN), on, by)
    assert desk.facts == {}


def test_a_date_right_after_closed_days_may_have_been_moved() -> None:
    desk = Desk(SUNDAYS)
    desk.lends(DVD, datetime(2026, 11, 23, 23, 59, tzinfo=ZONE))  # a Monday
    assert desk.facts == {}
    desk.lends(DVD, datetime(2026, 11, 24, 23, 59, tzinfo=ZONE))
    assert desk.facts[DVD].days == 8


def test_what_the_library_refused_or_gave_no_date_for_teaches_nothing() -> None:
    lent, known = checkout(DVD), Learnt(item=DVD, title="Alien")
    no_date = Outcome(transaction=lent.id, kind="applied", at=MONDAY)
    refused = Outcome(transaction=lent.id, kind="refused", at=MONDAY, due=MONDAY)
    for outcome in (no_date, refused):
        assert with_length(known, lent, MONDAY, outcome, ALWAYS_OPEN) == known
    differs = Outcome(
        transaction=lent.id, kind="noticed", code="due-differs", at=MONDAY,
        due=MONDAY + timedelta(days=7),
    )  # fmt: skip
    assert with_length(known, lent, MONDAY, differs, ALWAYS_OPEN).days == 7


def test_a_title_and_a_length_do_not_disturb_each_other() -> None:
    known = Learnt(item=DVD, title="Alien", days=7)
    said = Outcome(transaction="t1", kind="applied", at=MONDAY)
    assert with_names(known, said) == known
    both = with_names(known, replace(said, title="Aliens", media="006"))
    assert both == Learnt(item=DVD, title="Aliens", media="006", days=7)
    assert with_names(both, said) == both


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "d", "e", "f", "g"]),
            st.integers(0, 3),
            st.integers(0, 5),
        ),
        max_size=60,
    )
)
def test_what_was_learnt_does_not_depend_on_the_way_there(
    seen: list[tuple[str, int, int]],
) -> None:
    desk, again = Desk(), Lengths()
    for item, days, on in seen:
        desk.lends_for(item, days, MONDAY + timedelta(days=on))
    for fact in desk.facts.values():
        again.learn(fact)
    assert {item: again.of(item) for item in desk.facts} == {
        item: desk.lengths.of(item) for item in desk.facts
    }
    assert again == desk.lengths


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_no_two_dates_are_too_strange(at: datetime, due: datetime) -> None:
    length = length_of(at, due)
    assert length is None or (0 <= length.days <= 9999 and 0 <= length.hours <= 24)


@given(st.lists(st.text("0123", max_size=5), unique=True), st.text("0123", max_size=5))
def test_a_number_is_found_that_begins_with_another_and_goes_on(
    known: list[str], number: str
) -> None:
    numbers = Numbers()
    for each in known:
        numbers.add(each)
    longer = [each for each in known if each.startswith(number) and each != number]
    assert numbers.longer(number) in longer if longer else numbers.longer(number) == ""
    assert numbers == Numbers(sorted(known))


def test_no_day_of_a_single_loan_is_kept_for_long() -> None:
    desk = Desk()
    desk.lends_for(DVD, 7)
    assert desk.facts[DVD].lent == date(2026, 11, 16)
    desk.lends_for(DVD, 7, MONDAY + timedelta(days=1))
    assert desk.facts[DVD].lent is None
