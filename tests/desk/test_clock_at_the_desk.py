"""The clock at the desk: set by the network, confirmed by staff, or plainly wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, MISREAD, MORNING, ZONE, Day, due_in

from kiosk.desk.dates.clocks import parse_time

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LAST_NIGHT = datetime(2026, 11, 20, 17, 55, tzinfo=ZONE)


def wrong_day() -> Day:
    """A day that begins with a clock that cannot be right."""
    day = Day()
    day.clock_is("wrong", to=LAST_NIGHT, latest=LAST_NIGHT)
    return day


# -- what staff say --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:05", datetime(2026, 11, 21, 14, 5, tzinfo=ZONE)),
        ("9:30", datetime(2026, 11, 21, 9, 30, tzinfo=ZONE)),
        (" 00:00 ", datetime(2026, 11, 21, 0, 0, tzinfo=ZONE)),
        ("2026-11-22T14:05", datetime(2026, 11, 22, 14, 5, tzinfo=ZONE)),
        ("2026-11-22 14:05", datetime(2026, 11, 22, 14, 5, tzinfo=ZONE)),
        ("2027-02-28t23:59", datetime(2027, 2, 28, 23, 59, tzinfo=ZONE)),
        ("1405", datetime(2026, 11, 21, 14, 5, tzinfo=ZONE)),
        ("202611221405", datetime(2026, 11, 22, 14, 5, tzinfo=ZONE)),
        ("2026112214", None),
        ("24:00", None),
        ("2400", None),
        ("12:60", None),
        ("2026-02-30T10:00", None),
        ("2024-12-31T10:00", None),
        ("2206-11-22T14:05", None),
        ("now", None),
        ("14", None),
        ("-1:00", None),
        ("\u0661\u0662:00", None),
        ("", None),
    ],
)
def test_reading_a_time(text: str, moment: datetime | None) -> None:
    assert parse_time(text, MORNING) == moment


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_is_not(text: str) -> None:
    moment = parse_time(text, MORNING)
    assert moment is None or 2025 <= moment.year <= 2099


def test_on_the_night_of_the_change_to_summer_time_a_moment_comes_out_all_the_same() -> None:
    night = datetime(2026, 3, 29, 1, 0, tzinfo=ZONE)
    moment = parse_time("2:30", night)  # there is no such time
    assert moment is not None
    assert night < moment < night + 2 * HOUR


def test_staff_can_ask_what_time_it_is_and_who_says_so() -> None:
    day = Day()
    day.clock_is("fine", "network")
    day.presses("time")
    assert day.answer == ("neutral", "clock.now", "clock.by_network")
    day.clock_is("unconfirmed")
    day.types(":time")
    assert day.answer == ("look", "clock.now", "clock.by_unconfirmed")


def test_staff_set_the_clock_on_screen_at_the_console_and_by_barcode() -> None:
    for how in ("presses", "types", "scans"):
        day = Day()
        day.clock_is("unconfirmed")
        getattr(day, how)(":time 14:05" if how == "types" else "TIME:14:05")
        assert day.now == MORNING.replace(hour=14, minute=5)
        assert day.answer == ("neutral", "clock.set", "clock.by_staff")
        assert day.desk.state.clock.by == "staff"


def test_staff_confirm_the_clock_as_it_is() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("time:ok")
    assert (day.now, day.desk.state.clock.state) == (MORNING, "fine")


def test_a_form_stays_as_it_is_while_the_clock_is_confirmed() -> None:
    day = Day()
    day.presses("register")
    day.types("21234000777771")
    form = day.desk.state.form
    day.clock_is("wrong", latest=MORNING + DAY)
    day.presses("time:ok")
    assert day.desk.state.clock.state == "fine"
    assert day.desk.state.form == form


@pytest.mark.parametrize("said", ["soon", "2036-11-21T10:42"])
def test_a_time_that_has_to_be_asked_about_puts_a_form_away(said: str) -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("register", f"time:{said}")
    assert day.desk.state.form is None
    day.presses("yes")
    assert day.desk.state.clock.state == "fine"


def test_what_is_no_time_is_refused() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("time:soon")
    assert day.answer == ("not_taken", "clock.unreadable", "clock.how")
    assert day.desk.state.clock.state == "unconfirmed"


def test_after_what_is_no_time_yes_says_that_the_time_on_show_is_right() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("time:soon")
    day.presses("yes")
    assert (day.now, day.desk.state.clock.state) == (MORNING, "fine")
    day.presses("time:soon")
    day.presses("no")
    assert day.answer == ("neutral", "clock.left", "clock.left_detail")


@pytest.mark.parametrize(
    ("said", "shift", "how"),
    [
        ("2036-11-21T10:42", 3653 * DAY, "clock.far_ahead"),
        ("2026-11-20T10:41", -DAY - MINUTE, "clock.far_back"),
    ],
)
def test_a_time_that_is_far_off_is_set_only_when_it_is_said_twice(
    said: str, shift: timedelta, how: str
) -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses(f"time:{said}")
    assert day.answer == ("look", "clock.ask", how)
    assert (day.now, day.desk.state.clock.state) == (MORNING, "unconfirmed")
    assert day.desk.state.question is not None
    day.seconds_pass(60)
    day.presses("yes")
    assert (day.now, day.desk.state.clock.state) == (MORNING + shift + MINUTE, "fine")
    assert day.desk.state.question is None


@pytest.mark.parametrize("said", ["2026-11-23T10:42", "2026-11-20T10:42"])
def test_a_time_that_is_not_so_far_off_is_set_at_once(said: str) -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses(f"time:{said}")
    assert (day.desk.state.clock.state, day.desk.state.question) == ("fine", None)


@pytest.mark.parametrize("command", ["no", "time:10:45", "time:ok"])
def test_a_slip_in_the_year_can_be_taken_back(command: str) -> None:
    day = wrong_day()
    day.presses("time:2036-11-21T10:42")
    day.presses(command)
    assert day.now.year == 2026
    assert day.desk.state.question is None
    day.presses("yes")
    assert day.now.year == 2026


def test_going_on_with_a_scan_leaves_the_clock_as_it_is_and_says_so() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.records(MAYA)
    day.presses("time:2036-11-21T10:42")
    day.records(LEFT_HAND)
    assert day.told[-2].headline.key == "clock.left"
    assert [item for _, _, item in day.recorded] == [LEFT_HAND]
    day.presses("yes")
    assert (day.desk.state.clock.state, day.now) == ("unconfirmed", MORNING)


def test_when_the_network_says_what_time_it_is_staff_are_asked_no_more() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("time:2036-11-21T10:42")
    day.clock_is("fine", "network", to=MORNING)
    assert day.desk.state.question is None
    day.presses("yes")
    assert day.now == MORNING


def test_a_clock_that_the_network_keeps_is_not_for_staff_to_set() -> None:
    day = Day()
    day.clock_is("fine", "network")
    day.presses("time:14:05")
    assert day.answer == ("not_taken", "clock.network_keeps_it", "clock.zone")
    assert day.now == MORNING


# -- a clock that cannot be right ------------------------------------------------------------------


def test_nothing_is_lent_by_a_wrong_clock_for_its_due_date_could_not_be_mended() -> None:
    day = wrong_day()
    day.records(MAYA, LEFT_HAND)
    assert day.answer == ("not_taken", "scan.not_taken", "clock.not_lent")
    assert day.recorded == []
    assert [(line.item, line.stage) for line in day.lines] == [(LEFT_HAND, "not_taken")]


def test_returns_are_taken_all_the_same() -> None:
    day = wrong_day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkin", "", LEFT_HAND)]


@pytest.mark.parametrize("command", ["yes", "time:ok", "time:2026-11-21T10:42"])
def test_once_staff_have_said_what_time_it_is_lending_goes_on(command: str) -> None:
    day = wrong_day()
    day.records(MAYA)
    day.presses(command)
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_the_due_date_is_counted_from_the_day_that_staff_have_said() -> None:
    day = wrong_day()
    day.records(MAYA)
    day.presses("time:2026-11-21T10:42")
    day.records(LEFT_HAND)
    assert day.lines[0].due == due_in(21)


def test_a_time_before_the_last_transaction_is_taken_but_pointed_out() -> None:
    day = wrong_day()
    day.presses("time:2026-11-20T17:05")
    assert day.answer == ("look", "clock.set", "clock.before_latest")
    assert day.desk.state.clock.state == "fine"  # it may have been that one that was wrong


def test_saying_no_tells_how_to_set_it() -> None:
    day = wrong_day()
    day.presses("no")
    assert day.answer == ("not_taken", "clock.ask_first", "clock.how")


def test_a_number_in_doubt_is_answered_before_the_clock() -> None:
    day = wrong_day()
    day.presses("checkin")
    day.scans(MISREAD)
    day.presses("yes")
    day.disk_syncs()
    assert day.recorded == [("checkin", "", MISREAD)]
    assert day.desk.state.clock.state == "wrong"


def test_without_any_question_yes_and_no_mean_nothing() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("yes")
    assert day.answer == ("neutral", "doubt.nothing", "")


# -- set while the desk is at work -----------------------------------------------------------------


def test_at_the_start_nothing_is_said() -> None:
    day = Day()
    day.clock_is("fine", "network")
    assert day.told == []


def test_a_clock_set_by_seconds_is_not_worth_a_word() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.clock_is("fine", "network", to=day.now + timedelta(seconds=30))
    assert day.told == []


def test_a_clock_set_by_the_network_to_another_day_is_said_for_the_sake_of_the_due_dates() -> None:
    day = Day()
    day.clock_is("unconfirmed", to=LAST_NIGHT)
    day.records(MAYA, LEFT_HAND)
    day.clock_is("fine", "network", to=MORNING)
    assert day.answer == ("look", "clock.set", "clock.another_day")
    day.records(BELOVED)
    assert [line.due for line in day.lines] == [due_in(20), due_in(21)]  # the first never shifts


def test_a_clock_set_within_the_day_is_said() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.clock_is("fine", "network", to=MORNING + HOUR)
    assert day.answer == ("neutral", "clock.set", "clock.by_network")
    day.clock_is("unconfirmed", to=MORNING)
    assert day.answer == ("look", "clock.set", "clock.by_unconfirmed")


@pytest.mark.parametrize("jump", [-15 * HOUR, 15 * HOUR, -400 * DAY, 400 * DAY])
def test_a_visit_goes_on_whatever_the_clock_does(jump: timedelta) -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.records(MAYA, LEFT_HAND)
    day.clock_is("fine", "network", to=MORNING + jump)
    day.records(BELOVED)
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND, BELOVED])]


def test_a_done_that_waits_for_the_library_ends_when_the_clock_is_set_back() -> None:
    day = Day(online=True)
    day.clock_is("unconfirmed")
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert day.patron == MAYA
    day.clock_is("fine", "network", to=MORNING - DAY)
    assert day.patron is None


def test_what_is_recorded_keeps_the_uptime_whatever_the_clock_says() -> None:
    day = Day()
    day.clock_is("unconfirmed", to=LAST_NIGHT)
    day.records(MAYA, LEFT_HAND)
    day.seconds_pass(60)
    day.clock_is("fine", "network", to=MORNING)
    day.records(BELOVED)
    uptimes = [x.uptime for x in day.disk.transactions.values()]
    assert uptimes == [600.0, 660.0]


def test_over_the_night_in_which_summer_time_ends_the_uptime_counts_on() -> None:
    day = Day()
    day.clock_is("fine", "network", to=datetime(2026, 10, 25, 1, 30, tzinfo=ZONE))
    day.now = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZONE)  # two hours later
    day.records(MAYA, LEFT_HAND)
    assert [x.uptime for x in day.disk.transactions.values()] == [600.0 + 2 * 3600]


def test_a_book_drop_day_that_is_now_to_come_is_forgotten_and_said() -> None:
    day = Day()
    day.clock_is("unconfirmed")
    day.presses("bookdrop:yesterday")
    day.clock_is("fine", "network", to=MORNING - 3 * DAY)
    assert day.desk.state.bookdrop is None
    assert day.answer == ("look", "bookdrop.off", "clock.bookdrop_to_come")


def test_a_book_drop_day_to_come_is_forgotten_at_the_start_too() -> None:
    day = Day()
    day.presses("bookdrop:yesterday")
    day.disk_syncs()
    day.is_killed()
    day.clock_is("unconfirmed", to=MORNING - 3 * DAY)
    assert day.desk.state.bookdrop is None
    day.disk_syncs()
    assert day.disk.standing.bookdrop is None


def test_what_was_held_back_when_the_clock_was_set_has_the_time_of_now() -> None:
    day = Day()
    day.clock_is("unconfirmed", to=MORNING)
    day.records(MAYA)
    day.scans(BELOVED)
    day.scans(JONAS)  # held back until the loan before is on the disk
    day.clock_is("fine", "staff", to=MORNING + 40 * DAY)
    day.disk_syncs()
    visit = day.desk.state.visit
    assert visit is not None
    assert visit.patron == JONAS
    assert timedelta(0) <= day.now - visit.opened < timedelta(minutes=1)
