"""Until when an item is lent: who says so, how staff say otherwise, and what they are told.

Symphony, "OFFLINE SESSION WIZARD" D: the default due date is that of the most frequent loan, and
can be changed while items are checked out. "CHECKOUT WIZARD" V.1: where it is incorrect, it is
changed with the "Alt due date" gadget.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    PIPPI,
    SWEETGRASS,
    ZONE,
    Day,
    due_in,
    settings,
)

from kiosk.desk.dates.closed_days import ClosedDays
from kiosk.desk.dates.duedates import Length
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.transactions import Checkout
from kiosk.desk.words import say
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.view.picture import picture
from kiosk.view.state import BlockList, Library, Support
from kiosk.words import Words

DVD = "31234900000017"
LOANS = (
    LoanRule(kind="dvd", name="DVD", item=(r"3\d{4}9\d{8}",), days=7),
    LoanRule(kind="laptop", name="Laptop", hours=3),
)
WITH_KINDS = settings(loans=LOANS)
SUNDAYS = ClosedDays(weekdays=("sun",))
SATURDAYS = ClosedDays(weekdays=("sat",))


def session_is(day: Day, default: date | int | None) -> None:
    """Staff have chosen the usual loan of this desk session."""
    work = day.desk._work
    work.set(session=replace(work.session, default_due=default))


def lent(day: Day) -> list[tuple[datetime, str]]:
    """Until when each item was lent, by what is on the disk, and who says so."""
    checkouts = (x for x in day.disk.transactions.values() if isinstance(x, Checkout))
    return [(x.due, x.due_by) for x in checkouts]


# -- who says so -----------------------------------------------------------------------------------

SAYINGS = ["item", "kind", "patron", "rule", "learnt", "session", "usual"]
"""In the order in which they count."""
COMES_TO = {"item": 1, "kind": 2, "patron": 3, "rule": 4, "learnt": 5, "session": 6, "usual": 21}
"""To so many days does each of them come, in the tests that follow."""


def a_desk_where(*say: str) -> Day:
    """A desk with a patron, at which these say until when the next item is lent."""
    rule = LoanRule(kind="dvd", item=(r"31\d+",) if "rule" in say else (), days=4)
    chosen = LoanRule(kind="game", days=2)
    day = Day(settings(loans=(rule, chosen), learn_loans="learnt" in say))
    day.disk.lengths[LEFT_HAND] = Length(5)
    if "session" in say:
        session_is(day, 6)
    day.records(MAYA)
    for what, command in (("patron", "due:3"), ("kind", "kind:game"), ("item", "due-next:1")):
        if what in say:
            day.presses(command)
    return day


@pytest.mark.parametrize("says", SAYINGS)
def test_each_of_them_is_heard_where_nobody_before_it_says_anything(says: str) -> None:
    for others in range(len(SAYINGS)):
        for more in combinations(SAYINGS[SAYINGS.index(says) + 1 :], others):
            if {"item", "kind"} <= {says, *more}:
                continue  # staff say one of them of the next item, the last
            day = a_desk_where(says, *more)
            day.records(LEFT_HAND)
            assert lent(day) == [(due_in(COMES_TO[says]), says)], more


def test_a_rule_may_be_for_what_the_library_calls_such_items_after_one_for_their_numbers() -> None:
    cd = LoanRule(kind="cd", media=("006",), days=4)
    day = Day(settings(loans=(cd, *LOANS)))
    day.disk.medias |= {LEFT_HAND: "006", DVD: "006", BELOVED: "001"}
    day.records(MAYA, LEFT_HAND, DVD, BELOVED, SWEETGRASS)
    usual = (due_in(21), "usual")
    assert lent(day) == [(due_in(4), "rule"), (due_in(7), "rule"), usual, usual]


def test_of_what_staff_say_of_the_next_item_the_last_counts() -> None:
    day = a_desk_where("kind", "item")
    day.records(LEFT_HAND)
    day.presses("due-next:1", "kind:game")
    day.records(BELOVED)
    assert [by for _, by in lent(day)] == ["item", "kind"]


# -- what staff say --------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "today"])
@pytest.mark.parametrize(("closed", "why"), [(ClosedDays(), "over"), (SATURDAYS, "moved")])
def test_in_the_last_minute_of_a_day_it_is_said_why_the_loan_is_until_another(
    value: str, closed: ClosedDays, why: str
) -> None:
    day = Day(settings(closed=closed))
    day.now = day.now.replace(hour=23, minute=59, second=30)
    day.scans(MAYA)
    day.presses(f"due:{value}")
    assert day.answer == ("neutral", "due.now", f"due.for_patron_{why}")


def test_a_due_date_for_one_item_counts_for_it_alone() -> None:
    day = Day()
    day.records(MAYA)
    day.scans("due-next:2026-12-01")
    assert day.answer == ("neutral", "due.now", "due.for_item")
    day.records(LEFT_HAND, BELOVED)
    assert lent(day) == [(due_in(10), "item"), (due_in(21), "usual")]


def test_afterwards_the_due_date_chosen_for_the_patron_counts_again() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:14", "due-next:3")
    day.records(LEFT_HAND, BELOVED)
    day.presses("done")
    day.records(JONAS, PIPPI)
    assert lent(day) == [(due_in(3), "item"), (due_in(14), "patron"), (due_in(21), "usual")]


def test_what_was_not_lent_leaves_the_choice_for_the_next_item() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("due-next:3")
    day.scans(LEFT_HAND)  # on the list already
    day.records(BELOVED)
    assert lent(day) == [(due_in(21), "usual"), (due_in(3), "item")]


def test_a_choice_can_be_taken_back() -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA)
    for choice, back in (
        ("due:7", "due:usual"),
        ("due-next:7", "DUE-NEXT:USUAL"),
        ("kind:1", "kind:usual"),
    ):
        day.presses(choice, back)
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(21), "usual")]


def test_the_kind_of_the_next_item_can_be_chosen_by_its_word_or_its_number() -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA)
    for choice, item in (("kind:dvd", LEFT_HAND), ("KIND:1", BELOVED), ("kind:2", PIPPI)):
        day.scans(choice)
        assert day.answer[1:] == (
            "due.now_time" if choice == "kind:2" else "due.now",
            "due.by_kind",
        )
        day.records(item)
    in_three_hours = day.now + timedelta(hours=3)
    assert lent(day) == [(due_in(7), "kind"), (due_in(7), "kind"), (in_three_hours, "kind")]
    assert [line.loan for line in day.lines] == ["DVD", "DVD", "Laptop"]


def test_the_kinds_are_listed_with_their_numbers() -> None:
    day = Day(WITH_KINDS)
    day.types(":kind")
    assert day.desk.state.answer is not None
    assert day.desk.state.answer.rows == (
        say("kind.days", kind="DVD", count=7),
        say("kind.hours", kind="Laptop", count=3),
    )
    day.records(MAYA)
    day.types(":kind:vinyl")
    assert day.answer == ("not_taken", "kind.unknown", "kind.how")


def test_where_no_kinds_are_set_up_a_due_date_is_chosen_instead() -> None:
    day = Day()
    day.records(MAYA)
    day.types(":kind:1")
    assert day.answer == ("not_taken", "kind.none", "kind.none_detail")


@pytest.mark.parametrize("command", ["due:7", "due-next:7", "kind:dvd"])
def test_a_choice_needs_a_patron(command: str) -> None:
    day = Day(WITH_KINDS)
    day.presses(command)
    assert day.answer == ("not_taken", "due.nobody", "due.nobody_detail")


def test_loans_are_renewed_until_another_date_also_without_a_card() -> None:
    day = Day(WITH_KINDS)
    day.presses("renew", "due:14", "kind:dvd")
    day.records(LEFT_HAND, BELOVED)
    assert [(line.kind, line.due, line.due_by) for line in day.lines] == [
        ("renewal", due_in(7), "kind"),
        ("renewal", due_in(14), "patron"),
    ]


@pytest.mark.parametrize("value", ["soon", "2026-11-20", "99999", "9999-12-31", "\u0667", "-3"])
@pytest.mark.parametrize("word", ["due", "due-next"])
def test_what_cannot_be_a_due_date_changes_nothing(word: str, value: str) -> None:
    day = Day()
    day.records(MAYA)
    day.presses(f"{word}:{value}")
    assert day.answer == ("not_taken", "due.unreadable", "due.how")
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(21), "usual")]


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ([], "due.by_usual"),
        (["due:7"], "due.by_patron"),
        (["due:7", "due-next:3"], "due.by_item"),
        (["due:7", "kind:dvd"], "due.by_kind"),
    ],
)
def test_staff_are_told_what_is_in_force_and_why(choices: list[str], why: str) -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA)
    day.presses(*choices)
    day.types(":due")
    assert day.answer == ("neutral", "due.now", why)
    day.types(":due-next")
    assert day.answer == ("neutral", "due.now", why)


def test_a_line_says_where_a_due_date_comes_from_that_is_not_the_usual_one() -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA, LEFT_HAND)
    day.presses("due:14")
    day.records(BELOVED, DVD)
    shown = picture(
        day.desk, day.now, library=Library(state="none"), block_list=BlockList(),
        devices=(), space=None, support=Support(),
    )  # fmt: skip
    assert [line.why for line in shown.lines] == [
        say("due.by_patron", kind=""),
        say("due.by_patron", kind=""),
        None,
    ]
    labels = [answer.aside_label for answer in day.told if answer.tone == "recorded"]
    assert [label.key for label in labels if label is not None] == [
        "answer.due_usual",
        "answer.due_patron",
        "answer.due_patron",
    ]


# -- rules, lengths that were learnt, the desk session ---------------------------------------------


def test_a_dvd_is_lent_as_a_dvd_by_its_number() -> None:
    day = Day(WITH_KINDS)
    session_is(day, 28)
    day.records(MAYA, DVD, LEFT_HAND)
    assert lent(day) == [(due_in(7), "rule"), (due_in(28), "session")]
    assert Words()(say("answer.due_rule", kind=day.lines[0].loan)) == "DVD, due"


def test_an_item_is_lent_as_long_as_the_library_lent_it_before() -> None:
    day = Day(settings(learn_loans=True))
    day.disk.lengths |= {LEFT_HAND: Length(14), BELOVED: Length(hours=2)}
    day.records(MAYA, LEFT_HAND, BELOVED, PIPPI)
    assert lent(day) == [
        (due_in(14), "learnt"),
        (day.now + timedelta(hours=2), "learnt"),
        (due_in(21), "usual"),
    ]


def test_lengths_are_not_used_unless_that_is_switched_on() -> None:
    day = Day()
    day.disk.lengths[LEFT_HAND] = Length(14)
    day.records(MAYA, LEFT_HAND)
    assert lent(day) == [(due_in(21), "usual")]


def test_a_date_of_the_desk_session_counts_until_it_has_passed() -> None:
    day = Day()
    session_is(day, date(2026, 11, 22))
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.seconds_pass(2 * 24 * 3600)
    assert day.answer == ("look", "due.session_passed", "due.by_usual")
    day.records(JONAS, BELOVED)
    assert lent(day) == [(due_in(1), "session"), (due_in(23), "usual")]


# -- closed days -----------------------------------------------------------------------------------


def test_what_is_counted_moves_to_the_next_open_day() -> None:
    day = Day(settings(closed=SUNDAYS, loan_days=15))  # two weeks and a day from a Saturday
    day.records(MAYA, LEFT_HAND)
    assert lent(day) == [(due_in(16), "usual")]


def test_a_number_of_days_that_staff_choose_moves_too_and_they_are_told() -> None:
    day = Day(settings(closed=SUNDAYS))
    day.records(MAYA)
    day.presses("due:1")
    assert day.answer == ("neutral", "due.now", "due.for_patron_moved")
    assert day.desk.due(day.now).at == due_in(2)


def test_hours_that_staff_choose_count_from_then() -> None:
    day = Day(settings(closed=SUNDAYS))
    day.records(MAYA)
    day.presses("due-next:3h")
    assert day.answer == ("neutral", "due.now_time", "due.for_item")
    chosen = day.now
    day.seconds_pass(600)
    day.records(LEFT_HAND)
    assert lent(day) == [(chosen + timedelta(hours=3), "item")]
    day.presses("due-next:24h")
    assert day.answer == ("neutral", "due.now", "due.for_item_moved")


def test_a_date_that_staff_choose_stays_and_they_are_told() -> None:
    day = Day(settings(closed=SUNDAYS))
    day.records(MAYA)
    day.presses("due-next:2026-11-22")
    assert day.answer == ("look", "due.now", "due.for_item_closed")
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(1), "item")]


def test_a_date_on_a_closed_day_is_remarked_on_whoever_chose_it() -> None:
    day = Day(settings(closed=SUNDAYS))
    session_is(day, date(2026, 11, 22))
    day.types(":due")
    assert day.answer == ("look", "due.now", "due.and_closed")
    day.types(":session")
    answer = day.desk.state.answer
    assert answer is not None
    assert "duty.due_told_closed" in [row.key for row in answer.rows]


def test_presets_name_the_day_on_which_an_item_is_really_due() -> None:
    day = Day(settings(closed=ClosedDays(days=("2026-11-28..2026-11-29",))))
    due = picture(
        day.desk, day.now, library=Library(state="none"), block_list=BlockList(),
        devices=(), space=None, support=Support(),
    ).due  # fmt: skip
    assert (due.presets[0].days, due.presets[0].day) == (7, "2026-11-30")
    assert (due.by, due.why) == ("usual", say("due.by_usual", kind=""))


# -- time passes -----------------------------------------------------------------------------------


def test_a_chosen_date_that_has_passed_overnight_is_dropped_and_said() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:0", "due-next:2026-11-21")
    day.seconds_pass(24 * 3600)
    assert day.answer == ("look", "due.passed", "due.by_usual")
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(22), "usual")]


def test_it_is_dropped_before_an_item_is_lent_also_when_no_tick_came_between() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:0")
    day.now += timedelta(hours=14)
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(22), "usual")]
    assert say("due.passed") in [answer.headline for answer in day.told]


def test_what_the_patron_was_told_never_shifts() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:7")
    day.seconds_pass(13.5 * 3600)  # past midnight
    day.records(LEFT_HAND)
    assert lent(day) == [(due_in(7), "patron")]
    assert day.lines[0].due == due_in(7)
    day.clock_is("fine", "network", to=day.now + timedelta(days=3))
    assert day.lines[0].due == due_in(7)


def test_a_crash_takes_no_choice_away() -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA)
    day.presses("due:14", "kind:laptop")
    day.disk_syncs()
    day.is_killed()
    day.records(LEFT_HAND, BELOVED)
    assert [by for _, by in lent(day)] == ["kind", "patron"]
    day.presses("due-next:1")
    day.disk_syncs()
    day.is_killed()
    day.records(PIPPI)
    assert lent(day)[-1] == (due_in(1), "item")
    assert [(line.due_by, line.loan) for line in day.lines] == [
        ("kind", "Laptop"),
        ("patron", ""),
        ("item", ""),
    ]


def test_a_loan_by_hours_over_the_end_of_summer_time_lasts_its_hours() -> None:
    day = Day(WITH_KINDS)
    day.now = datetime(2026, 10, 25, 1, 30, tzinfo=ZONE)  # the night has an hour more
    day.records(MAYA)
    day.presses("kind:laptop")
    day.records(LEFT_HAND)
    (due, _), *_ = lent(day)
    assert due.isoformat() == "2026-10-25T03:30:00+01:00"
    assert due.astimezone(UTC) - day.now.astimezone(UTC) == timedelta(hours=3)


# -- what is printed and sent ----------------------------------------------------------------------


def test_a_receipt_says_the_time_of_a_loan_by_hours_and_the_year_of_every_day() -> None:
    day = Day(WITH_KINDS)
    day.records(MAYA)
    day.presses("kind:laptop")
    day.records(LEFT_HAND)
    day.presses("due:60")
    day.records(SWEETGRASS)
    day.presses("done")
    document = lay_out(day.printed[0], 42, Words(), ReceiptSettings())
    text = "\n".join(x.text for x in document.elements if hasattr(x, "text"))
    assert "due Sat 21 Nov 2026 13:42" in text
    assert "due Wed 20 Jan 2027" in text


def test_a_due_date_of_another_year_is_told_with_its_year() -> None:
    words = Words()
    words.year = 2026
    day = Day()
    day.records(MAYA)
    day.presses("due:60")
    day.records(LEFT_HAND)
    asides = [answer.aside for answer in day.told if answer.tone == "recorded"]
    assert [words(aside) for aside in asides if aside is not None] == ["Wed 20 Jan 2027"]


def test_the_librarys_other_time_for_a_loan_by_hours_is_told_with_its_time() -> None:
    day = Day(WITH_KINDS, online=True)
    day.records(MAYA)
    day.presses("kind:laptop")
    day.records(LEFT_HAND)
    day.library_notices(code="due-differs", due=day.now + timedelta(hours=1))
    assert day.answer[2] == "noticed.due_differs_time"


CHOICES = st.sampled_from([
    "due-next:5h",
    "due:0", "due:1", "due:usual", "due:2026-11-22", "due-next:0", "due-next:2026-11-29", "kind:1",
    "kind:2", "kind:usual", "due-next:usual", "due:2027-02-28", "due", "kind",
])  # fmt: skip


@hypothesis_settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(CHOICES, max_size=3), st.sampled_from([0, 60, 40_000, 90_000])),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([ClosedDays(), SUNDAYS, ClosedDays(days=("11-23..12-24",))]),
)
def test_whatever_staff_choose_nothing_is_lent_into_the_past(
    steps: list[tuple[list[str], int]], closed: ClosedDays
) -> None:
    day = Day(settings(loans=LOANS, closed=closed, loan_days=2))
    day.records(MAYA)
    calendar = day.desk._work.calendar
    for number, (choices, seconds) in enumerate(steps):
        day.seconds_pass(seconds)
        day.presses(*choices)
        day.scans(str(number), "yes")
        day.disk_syncs()
        due, by = lent(day)[-1]
        assert due.astimezone(UTC) > day.now.astimezone(UTC)
        today = due.date() == day.now.date()
        assert by in ("item", "patron") or today or not calendar.closed(due.date())
