"""Due dates are days of the library's calendar, whatever its clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.dates.closed_days import Calendar, ClosedDays
from kiosk.desk.dates.duedates import (
    Length,
    as_promised,
    due_after,
    due_on,
    parse_due,
    parse_returned,
)

VIENNA = ZoneInfo("Europe/Vienna")
TODAY = date(2026, 11, 21)
ALWAYS_OPEN = Calendar(ClosedDays())
SUNDAYS = Calendar(ClosedDays(weekdays=("sun",)))

DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
# Among them: half and quarter hours, no daylight saving at all, clocks set at midnight.
ZONES = st.sampled_from([
    "Europe/Vienna", "America/Chicago", "America/Santiago", "America/Havana", "America/Nuuk",
    "Asia/Kolkata", "Asia/Beirut", "Africa/Cairo", "Pacific/Chatham", "Australia/Lord_Howe",
]).map(ZoneInfo)  # fmt: skip
MOMENTS = st.builds(
    datetime.fromtimestamp,
    st.integers(1_704_067_200, 2_871_763_199),  # the years 2024 to 2060
    ZONES,
)
WEEKDAYS = st.lists(
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), max_size=6, unique=True
).map(tuple)
HOLIDAYS = st.lists(
    st.builds(lambda day: f"{day:%Y-%m-%d}", DAYS)
    | st.builds(lambda day: f"{day:%m-%d}", DAYS)
    | st.builds(lambda day, n: f"{day}..{day + timedelta(n)}", DAYS, st.integers(0, 60))
    | st.builds(
        lambda day, n: f"{day:%m-%d}..{day + timedelta(n):%m-%d}", DAYS, st.integers(0, 60)
    ),
    max_size=3,
).map(tuple)
CALENDARS = st.builds(
    lambda weekdays, days: Calendar(ClosedDays(weekdays=weekdays, days=days)), WEEKDAYS, HOLIDAYS
)
LENGTHS = st.builds(Length, st.integers(0, 400)) | st.builds(
    lambda hours: Length(hours=hours), st.integers(1, 999)
)


def lent(length: Length, at: str, calendar: Calendar = ALWAYS_OPEN) -> str:
    moment = datetime.fromisoformat(at).replace(tzinfo=VIENNA)
    return due_after(length, moment, VIENNA, calendar).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("days", "at", "due"),
    [
        (21, "2026-10-10T10:00", "2026-10-31T23:59+01:00"),  # over the end of summer time
        (7, "2026-10-10T10:00", "2026-10-17T23:59+02:00"),
        (15, "2026-10-10T10:00", "2026-10-25T23:59+01:00"),  # on its very day
        (21, "2026-03-20T10:00", "2026-04-10T23:59+02:00"),  # over its start
        (9, "2026-03-20T10:00", "2026-03-29T23:59+02:00"),  # on its very day
        (21, "2027-12-20T10:00", "2028-01-10T23:59+01:00"),
        (14, "2028-02-20T10:00", "2028-03-05T23:59+01:00"),  # a leap year
        (0, "2026-11-21T10:00", "2026-11-21T23:59+01:00"),
        (0, "2026-11-21T23:59", "2026-11-22T23:59+01:00"),  # the last minute of a day
    ],
)
def test_a_loan_by_days_is_due_at_the_end_of_its_last_day(days: int, at: str, due: str) -> None:
    assert lent(Length(days), at) == due


@pytest.mark.parametrize(
    ("hours", "at", "due"),
    [
        (3, "2026-11-21T10:42", "2026-11-21T13:42+01:00"),
        (3, "2026-11-21T10:42:07", "2026-11-21T13:43+01:00"),  # never shorter than was said
        (3, "2026-11-21T22:00", "2026-11-22T01:00+01:00"),
        (3, "2026-10-25T01:30", "2026-10-25T03:30+01:00"),  # three hours pass, clocks say two
        (3, "2026-03-29T01:30", "2026-03-29T05:30+02:00"),  # three hours pass, clocks say four
        (48, "2026-10-24T12:00", "2026-10-26T11:00+01:00"),
    ],
)
def test_a_loan_by_hours_ends_when_these_hours_have_passed(hours: int, at: str, due: str) -> None:
    assert lent(Length(hours=hours), at) == due


def test_where_clocks_are_set_back_at_midnight_a_day_ends_the_second_time() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    due = due_on(date(2026, 10, 29), cairo)
    assert due.isoformat() == "2026-10-29T23:59:00+02:00"
    first_time = datetime(2026, 10, 29, 23, 59, 30, tzinfo=cairo)
    assert due_after(Length(0), first_time, cairo, ALWAYS_OPEN) == due


SUNDAY = ClosedDays(weekdays=("sun",))


@pytest.mark.parametrize(
    ("closed", "length", "due"),
    [
        (SUNDAY, Length(1), "2026-11-23T23:59+01:00"),
        (SUNDAY, Length(2), "2026-11-23T23:59+01:00"),
        (ClosedDays(weekdays=("sat", "sun")), Length(0), "2026-11-23T23:59+01:00"),
        (ClosedDays(days=("2026-12-12",)), Length(21), "2026-12-13T23:59+01:00"),
        (ClosedDays(days=("12-12",)), Length(21), "2026-12-13T23:59+01:00"),
        (ClosedDays(days=("12-24..01-01",)), Length(35), "2027-01-02T23:59+01:00"),
        (
            ClosedDays(weekdays=("sun",), days=("2026-12-24..2027-01-02",)),
            Length(35),
            "2027-01-04T23:59+01:00",  # the 3rd is a Sunday
        ),
        # By hours: while the library is open by the hour, else with the next open day.
        (SUNDAY, Length(hours=3), "2026-11-21T13:42+01:00"),
        (SUNDAY, Length(hours=24), "2026-11-23T23:59+01:00"),
        (ClosedDays(weekdays=("sat",)), Length(hours=3), "2026-11-21T13:42+01:00"),
    ],
)
def test_nothing_falls_due_on_a_closed_day(closed: ClosedDays, length: Length, due: str) -> None:
    assert lent(length, "2026-11-21T10:42", Calendar(closed)) == due


@pytest.mark.parametrize(
    "day",
    ["", "christmas", "2026-02-29", "13-01", "2026-12-25..", "..12-25", "12-25..2026-12-26",
     "2026-12-26..2026-12-25", "12-24...12-26", "1-1"],
)  # fmt: skip
def test_a_closed_day_that_cannot_be_read_is_refused(day: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what was wrong is told by kiosk.config
        Calendar(ClosedDays(days=(day,)))


def test_a_yearly_day_may_be_that_of_a_leap_year() -> None:
    calendar = Calendar(ClosedDays(days=("02-29",)))
    assert calendar.closed(date(2028, 2, 29))
    assert not calendar.closed(date(2027, 3, 1))


def test_a_library_that_never_opens_takes_the_day_itself() -> None:
    never = Calendar(ClosedDays(days=("01-01..12-31",)))
    assert never.next_open(TODAY) == TODAY


@given(MOMENTS, LENGTHS, CALENDARS)
def test_what_is_counted_is_never_in_the_past_and_never_on_a_closed_day(
    at: datetime, length: Length, calendar: Calendar
) -> None:
    assert at.tzinfo is not None
    due = due_after(length, at, at.tzinfo, calendar)
    assert due.astimezone(UTC) > at.astimezone(UTC)
    assert not calendar.closed(due.date()) or (length.hours and due.date() == at.date())


@given(MOMENTS, st.integers(0, 400), st.integers(0, 30), CALENDARS)
def test_more_days_are_never_due_earlier(
    at: datetime, days: int, more: int, calendar: Calendar
) -> None:
    assert at.tzinfo is not None
    fewer, longer = (due_after(Length(n), at, at.tzinfo, calendar) for n in (days, days + more))
    assert fewer.astimezone(UTC) <= longer.astimezone(UTC)
    assert (longer.date() - at.date()).days >= days + more


@given(MOMENTS, st.integers(1, 999))
def test_hours_are_elapsed_time_on_every_clock(at: datetime, hours: int) -> None:
    assert at.tzinfo is not None
    due = due_after(Length(hours=hours), at, at.tzinfo, ALWAYS_OPEN)
    passed = due.astimezone(UTC) - at.astimezone(UTC)
    assert timedelta(hours=hours) <= passed < timedelta(hours=hours, minutes=1)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("0", Length(0)),
        ("21", Length(21)),
        ("2026-11-21", TODAY),
        ("TODAY", TODAY),
        ("2027-01-01", date(2027, 1, 1)),
        ("2026-11-20", None),
        ("yesterday", None),
        ("9999", Length(9999)),
        ("10000", None),
        ("3h", Length(hours=3)),
        ("48H", Length(hours=48)),
        ("0h", None),
        ("1000h", None),
        ("h", None),
        ("9999-12-31", None),
        ("2027-02-29", None),
        ("٢١", None),
        ("²", None),
        ("", None),
        ("\udcff", None),
    ],
)
def test_reading_a_due_date(text: str, due: Length | date | None) -> None:
    assert parse_due(text, TODAY) == due


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-22", None),
        ("0001-01-01", None),
        ("3", date(2026, 11, 18)),
    ],
)
def test_reading_a_day_of_return(text: str, day: date | None) -> None:
    assert parse_returned(text, TODAY) == day


@given(st.text(max_size=20), DAYS)
def test_no_text_is_a_day_in_the_wrong_direction(text: str, today: date) -> None:
    due, returned = parse_due(text, today), parse_returned(text, today)
    assert due is None or isinstance(due, Length) or due >= today
    assert returned is None or returned <= today


def test_a_due_day_can_be_said_in_utc() -> None:
    due = due_on(TODAY + timedelta(days=9999), ZoneInfo("America/Chicago"))
    assert due.astimezone(UTC).year == 2054


@pytest.mark.parametrize(
    ("promised", "said", "same"),
    [
        (time(23, 59), time(23, 59), True),
        (time(23, 59), time(0, 0), True),  # the day alone
        (time(23, 59), time(18, 0), True),  # rounded to when the doors close
        (time(13, 42), time(13, 45), True),
        (time(13, 42), time(23, 59, 59), True),  # a library that knows days only
        (time(13, 42), time(17, 0), False),
        (time(13, 42), time(12, 42), False),
    ],
)
def test_a_due_date_is_as_promised_on_its_day_and_by_the_hour_at_its_time(
    promised: time, said: time, same: bool
) -> None:
    told, due = (datetime.combine(TODAY, each, VIENNA) for each in (promised, said))
    assert as_promised(told, due, VIENNA) == same
    assert not as_promised(told, due + timedelta(days=1), VIENNA)


@given(MOMENTS, LENGTHS)
def test_what_was_promised_is_as_promised_in_any_zone(at: datetime, length: Length) -> None:
    assert at.tzinfo is not None
    due = due_after(length, at, at.tzinfo, SUNDAYS)
    stored = datetime.fromisoformat(due.isoformat())
    assert as_promised(due, stored, at.tzinfo)
