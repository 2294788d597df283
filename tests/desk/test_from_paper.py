"""From paper: lines written down during an alarm, entered afterwards under their own time.

Issue 4, point 6. The documents know nothing of it: where the disk fails, both systems lose
what was entered. Symphony's "OFFLINE SESSION WIZARD" C sets the time of a whole session instead.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    MORNING,
    PIPPI,
    SWEETGRASS,
    ZONE,
    Day,
    due_in,
    settings,
)

from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.state import TimeDoubt
from kiosk.desk.transactions import Checkin, Checkout, Override, Transaction
from kiosk.desk.words import Phrase, say
from kiosk.view.picture import reminders

STAFF = Roster(members=(Member(number="1", name="Ines"),))


def at(hour: int, minute: int, second: int = 0, day: int = 21) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZONE)


def told(day: Day) -> list[tuple[str, datetime, str]]:
    """What is on the disk: item, time and source."""
    return [(x.item, x.at, x.source) for x in day.disk.transactions.values()]


def first(day: Day) -> Transaction:
    return next(iter(day.disk.transactions.values()))


def test_a_paper_day_with_an_outage_in_between() -> None:
    """The disk fails at 10:42 and the network is away; the sheet is entered at half past eleven."""
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(SWEETGRASS)
    day.disk_fails()
    day.seconds_pass(1800)
    day.disk_is_back()
    assert day.answer == ("look", "alarm.over", "alarm.over_detail")
    day.presses("done")
    day.seconds_pass(1200)
    day.records(JONAS, BELOVED)
    day.presses("done", "paper")
    form = day.desk.state.form
    assert form is not None  # it offers the day and the time of the alarm
    assert (form.value("day"), form.value("time")) == ("2026-11-21", "10:42")
    day.presses("next")
    day.types("10:50")
    assert day.answer == ("look", "paper.on", "paper.on_detail")
    day.records(MAYA, SWEETGRASS)
    day.presses("checkin")
    day.records(PIPPI)
    day.presses("paper:off")
    assert day.answer == ("look", "paper.off", "paper.off_detail")
    day.records(JONAS, PIPPI)
    assert told(day)[1:] == [
        (BELOVED, at(11, 32), "scan"),
        (SWEETGRASS, at(10, 50), "paper"),
        (PIPPI, at(10, 50, 1), "paper"),
        (PIPPI, at(11, 32), "scan"),
    ]


def test_each_line_is_a_second_after_the_one_before() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND, SWEETGRASS, JONAS, BELOVED)
    assert [when for _, when, _ in told(day)] == [at(9, 0), at(9, 0, 1), at(9, 0, 2)]
    assert first(day).uptime is None  # no clock of this machine said so


def test_another_time_can_be_set_within_the_sheet() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("paper:09:20")
    assert day.patron == MAYA
    day.records(SWEETGRASS)
    assert [when for _, when, _ in told(day)] == [at(9, 0), at(9, 20)]


def test_a_sheet_that_reaches_now_goes_on_by_the_clock_and_never_into_the_future() -> None:
    day = Day()
    day.presses("paper:10:41")
    day.scans(MAYA)
    items = [f"3123400{n:06d}" for n in range(70)]
    for item in items:
        day.scans(item)
        day.presses("yes")
        day.disk_syncs()
    assert max(when for _, when, _ in told(day)) == MORNING
    assert len(day.disk.transactions) == 70


@pytest.mark.parametrize("value", ["10:43", "2026-11-22T09:00", "2027-01-01T00:00"])
def test_a_time_to_come_is_refused(value: str) -> None:
    day = Day()
    day.presses(f"paper:{value}")
    assert day.answer == ("not_taken", "paper.future", "paper.how")
    assert day.desk.state.paper is None


@pytest.mark.parametrize("value", ["soon", "2024-12-31T10:00", "25:00", "2026-02-30T10:00"])
def test_what_can_be_no_time_on_paper_is_refused(value: str) -> None:
    day = Day()
    day.presses(f"paper:{value}")
    assert day.answer == ("not_taken", "paper.unreadable", "paper.how")


def test_with_a_clock_that_cannot_be_right_nobody_knows_what_is_past() -> None:
    day = Day()
    day.clock_is("wrong", latest=MORNING + timedelta(days=1))
    day.presses("paper:09:00")
    assert day.answer[1] == "clock.ask_first"


def test_the_form_takes_day_and_time_by_scanner_alone() -> None:
    day = Day()
    day.scans("PAPER")
    day.scans(*(f"key:{digit}" for digit in "20261120"), "key:ok")
    day.scans(*(f"key:{digit}" for digit in "1405"), "key:ok")
    assert day.desk.state.paper is not None
    assert day.desk.state.paper.at == at(14, 5, day=20)


def test_the_form_asks_again_for_a_time_that_cannot_be() -> None:
    day = Day()
    day.presses("paper", "next")
    day.types("23:59")
    assert day.desk.state.form is not None
    assert day.answer == ("look", "paper.time", "paper.future")
    day.types("09:15")
    assert day.desk.state.paper is not None


def test_due_dates_count_from_the_day_on_the_paper() -> None:
    day = Day()
    day.presses("paper:2026-11-19T15:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("due:7")
    day.records(SWEETGRASS)
    dues = [x.due for x in day.disk.transactions.values() if isinstance(x, Checkout)]
    assert dues == [due_in(19), due_in(5)]


def test_a_loan_that_would_be_overdue_by_now_is_due_today_unless_staff_say_otherwise() -> None:
    day = Day(settings(loan_days=2))
    day.presses("paper:2026-11-16T15:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("due:2026-11-20")
    day.records(SWEETGRASS)
    dues = [x.due for x in day.disk.transactions.values() if isinstance(x, Checkout)]
    assert dues == [due_in(0), due_in(-1)]


def test_returns_count_as_of_the_day_on_the_paper() -> None:
    day = Day()
    day.presses("bookdrop:2026-11-18", "paper:2026-11-19T15:00")
    day.records(LEFT_HAND)
    day.presses("paper:2026-11-17T15:00")
    day.records(SWEETGRASS)
    back = [x for x in day.disk.transactions.values() if isinstance(x, Checkin)]
    assert [x.returned for x in back] == [date(2026, 11, 18), None]  # no drop in the future
    assert [line.returned for line in day.lines] == [date(2026, 11, 18), date(2026, 11, 17)]


def test_the_block_list_warns_because_it_has_happened() -> None:
    day = Day()
    day.disk.block_list[JONAS] = Listed(("barred",), day.now.date())
    day.presses("paper:09:00")
    day.scans(JONAS)
    assert day.answer == ("look", "block.barred", "block.barred_note")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", JONAS, LEFT_HAND)]


def test_what_was_lent_on_a_blocked_card_is_recorded_with_that() -> None:
    day = Day()
    day.disk.block_list |= {
        JONAS: Listed(("barred",), day.now.date()),
        MAYA: Listed(("delinquent",), day.now.date()),
    }
    day.presses("paper:09:00")
    day.records(JONAS, LEFT_HAND, MAYA, SWEETGRASS)
    day.presses("paper:off")
    loans = [x for x in day.disk.transactions.values() if isinstance(x, Checkout)]
    against = Override(supervisor="", reason="", against="barred")
    assert [loan.override for loan in loans] == [against, None]


def test_nothing_is_asked_waited_for_or_printed() -> None:
    day = Day(online=True)
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    assert day.answer[2] == "recorded.later"
    day.presses("done")
    assert day.patron is None
    assert (day.asked, day.printed) == ([], [])
    day.presses("reprint")
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_what_stood_open_before_is_closed_first_with_its_receipt() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("paper:09:00")
    assert day.patron is None
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_it_is_in_sight_as_long_as_it_lasts() -> None:
    day = Day()
    day.presses("bookdrop:yesterday", "paper:09:00")
    keys = [phrase.key for phrase in reminders(day.desk.state)]
    assert keys == ["remind.paper", "remind.bookdrop"]
    day.presses("paper:off", "bookdrop:today")
    assert reminders(day.desk.state) == ()


def test_older_lines_do_not_change_who_has_an_item_nor_what_lies_on_the_cart() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("checkin")
    day.records(SWEETGRASS)
    day.presses("paper:06:00")
    day.records(LEFT_HAND, JONAS, SWEETGRASS)
    day.presses("paper:off", "cart")
    assert day.desk.state.returns.cart == 1
    day.scans(SWEETGRASS)
    assert day.answer[1] == "cart.wait"
    day.scans(JONAS, LEFT_HAND)
    assert day.answer == ("look", "out.headline", "out.detail")


def test_a_forgotten_sheet_ends_by_itself_and_says_so() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.seconds_pass(599)
    day.records(SWEETGRASS)
    day.seconds_pass(599)
    assert day.desk.state.paper is not None
    day.seconds_pass(60)
    assert day.answer == ("look", "paper.off", "paper.quiet")
    assert (day.patron, day.printed) == (None, [])
    day.records(MAYA, BELOVED)
    assert told(day)[-1] == (BELOVED, day.now, "scan")


@pytest.mark.parametrize("staffed", [False, True])
def test_a_restart_goes_on_in_the_middle_of_the_sheet_and_says_so(*, staffed: bool) -> None:
    day = Day(roster=STAFF, pins={"1": "2741"}) if staffed else Day()
    if staffed:
        day.logs_in("1", "usual")
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.scans(SWEETGRASS)
    day.is_killed()
    assert day.answer == ("look", "paper.on", "paper.restarted")
    assert day.stages == [(LEFT_HAND, "recorded")]
    day.records(SWEETGRASS)
    day.presses("checkin")
    day.records(PIPPI)
    assert told(day)[1:] == [(SWEETGRASS, at(9, 0, 1), "paper"), (PIPPI, at(9, 0, 2), "paper")]
    assert day.printed == []
    assert ended(day) == say("paper.off", count=3, failed=0)


def test_a_sheet_that_lay_for_long_or_was_somebody_elses_ends_at_a_restart() -> None:
    day = Day(roster=STAFF, pins={"1": "2741"})
    day.logs_in("1", "usual")
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    other = day.again()
    day.now += timedelta(minutes=11)
    day.is_killed()
    assert day.answer == ("look", "paper.off", "paper.quiet")
    assert (day.patron, day.desk.state.paper) == (None, None)
    other.roster = Roster(members=(Member(number="3", name="Ruth"),))
    other.is_killed()
    assert other.answer == ("look", "paper.off", "paper.other_session")
    assert other.desk.state.paper is None


def test_ending_it_waits_for_the_disk() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.scans(MAYA, LEFT_HAND)
    day.presses("paper:off")
    day.scans(SWEETGRASS)
    day.disk_syncs()
    assert day.desk.state.paper is None
    assert told(day) == [(LEFT_HAND, at(9, 0), "paper")]


def ended(day: Day) -> Phrase:
    """End the sheet, and give what is said of it."""
    day.presses("paper:off")
    assert day.desk.state.answer is not None
    return day.desk.state.answer.headline


def test_at_its_end_only_lines_that_were_recorded_are_counted() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND, SWEETGRASS, BELOVED)
    day.presses("undo")
    day.disk_syncs()
    day.presses("today", "undo:3")
    day.disk_syncs()
    assert ended(day) == say("paper.off", count=1, failed=0)


def test_at_its_end_it_is_said_how_many_lines_the_disk_did_not_take() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.scans(SWEETGRASS, BELOVED)
    day.disk_fails()
    day.disk_is_back()
    again = day.again()
    assert ended(day) == say("paper.off_failed", count=1, failed=2)
    again.records(SWEETGRASS)
    assert ended(again) == say("paper.off_failed", count=2, failed=1)


def test_there_is_nothing_to_end_when_nothing_was_begun() -> None:
    day = Day()
    day.presses("paper:off")
    assert day.answer == ("neutral", "paper.none", "paper.how")


def test_a_doubtful_number_that_is_used_anyway_counts_as_of_the_paper() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.scans(MAYA, MISREAD)
    day.seconds_pass(30)
    day.presses("yes")
    day.disk_syncs()
    assert told(day) == [(MISREAD, at(9, 0), "paper")]


def returned_since() -> Day:
    """An item was lent on paper at nine; it came back at 10:42, and the library knows."""
    day = Day(online=True)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.library_confirms()
    day.presses("done", "paper:09:00")
    day.scans(MAYA, LEFT_HAND)
    return day


def test_what_happened_later_and_is_delivered_is_not_undone_by_an_older_line() -> None:
    day = returned_since()
    assert day.answer == ("look", "paper.later_checkin", "paper.later_detail")
    day.presses("no")
    assert day.answer == ("not_taken", "scan.not_taken", "paper.left_out")
    assert day.recorded == [("checkin", "", LEFT_HAND)]
    day.records(SWEETGRASS)
    assert told(day)[-1] == (SWEETGRASS, at(9, 0), "paper")


def test_a_question_about_a_line_ends_with_its_sheet() -> None:
    day = returned_since()
    day.seconds_pass(11 * 60)
    assert day.answer == ("look", "paper.off", "paper.quiet")
    assert day.desk.state.asked is None


def test_a_question_about_the_clock_does_not_end_with_it() -> None:
    ines = Member(number="1", name="Ines")
    day = Day(roster=Roster(members=(ines,)), pins={"1": "2741"})
    day.logs_in("1", "yes")
    day.clock_is("unconfirmed")
    day.presses("paper:09:00", "login")
    day.logs_in("1", "2", "usual", "2027-11-22T14:05")
    assert day.desk.state.paper is None
    assert isinstance(day.desk.state.asked, TimeDoubt)


def test_staff_can_record_such_a_line_all_the_same() -> None:
    day = returned_since()
    day.presses("yes")
    day.disk_syncs()
    assert told(day)[-1] == (LEFT_HAND, at(9, 0), "paper")


def test_what_happened_later_but_is_not_delivered_needs_no_question() -> None:
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.presses("done", "paper:09:00")
    day.records(MAYA, LEFT_HAND)
    assert told(day)[-1] == (LEFT_HAND, at(9, 0), "paper")


def test_what_happened_before_needs_no_question_either() -> None:
    day = Day(online=True)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.library_confirms()
    day.presses("done")
    day.seconds_pass(3600)
    day.presses("paper:11:00")
    day.records(MAYA, LEFT_HAND)
    assert told(day)[-1] == (LEFT_HAND, at(11, 0), "paper")


SHEET = st.lists(
    st.one_of(
        st.sampled_from([MAYA, JONAS, LEFT_HAND, SWEETGRASS, BELOVED, PIPPI]).map(
            lambda text: ("scans", text)
        ),
        st.sampled_from(["checkin", "done", "undo", "paper:09:30", "paper:08:00", "due:3"]).map(
            lambda word: ("presses", word)
        ),
    ),
    max_size=20,
)


@hypothesis_settings(max_examples=100, deadline=None)
@given(SHEET)
def test_no_line_of_any_sheet_is_of_the_future_or_out_of_order_until_a_time_is_set(
    steps: list[tuple[str, str]],
) -> None:
    day = Day()
    day.presses("paper:09:00")
    known = 0
    for what, text in steps:
        getattr(day, what)(text)
        day.disk_syncs()
        lines = list(day.disk.transactions.values())
        assert all(x.source == "paper" or getattr(x, "undoes", "") for x in lines)
        assert all(x.at <= day.now for x in lines)
        if text.startswith("paper"):
            known = len(lines)
        since = [x.at for x in lines[known:]]
        assert since == sorted(set(since))


def test_looking_back_says_which_lines_came_from_paper() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("today")
    assert day.told[-1].rows[0].key == "lookback.row_paper"


def test_locking_the_desk_ends_it() -> None:
    day = Day()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "lock")
    assert day.desk.state.paper is None
