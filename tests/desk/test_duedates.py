"""Due dates are days of the library's calendar, whatever its clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.duedates import due_in, due_on, parse_due, parse_returned

VIENNA = ZoneInfo("Europe/Vienna")
TODAY = date(2026, 11, 21)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
ZONES = st.sampled_from(["Europe/Vienna", "America/Santiago", "Asia/Kolkata", "Pacific/Chatham"])


def test_a_loan_over_the_end_of_summer_time_is_due_at_the_end_of_its_day() -> None:
    due = due_in(21, date(2026, 10, 10), VIENNA)
    assert due.isoformat() == "2026-10-31T23:59:00+01:00"
    assert due_in(7, date(2026, 10, 10), VIENNA).isoformat() == "2026-10-17T23:59:00+02:00"


def test_a_loan_over_the_start_of_summer_time_is_due_at_the_end_of_its_day() -> None:
    assert due_in(21, date(2026, 3, 20), VIENNA).isoformat() == "2026-04-10T23:59:00+02:00"


def test_a_loan_over_the_end_of_the_year_is_due_in_the_next() -> None:
    assert due_in(21, date(2027, 12, 20), VIENNA).date() == date(2028, 1, 10)
    assert due_in(14, date(2028, 2, 20), VIENNA).date() == date(2028, 3, 5)


@given(DAYS, st.integers(0, 9999), ZONES)
def test_a_loan_is_due_so_many_days_on_and_never_in_the_past(
    today: date, days: int, zone: str
) -> None:
    due = due_in(days, today, ZoneInfo(zone))
    assert due.date() == today + timedelta(days=days)
    assert due.astimezone(UTC) > datetime(*today.timetuple()[:3], 12, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0", TODAY),
        ("21", date(2026, 12, 12)),
        ("2026-11-21", TODAY),
        ("TODAY", TODAY),
        ("2027-01-01", date(2027, 1, 1)),
        ("2026-11-20", None),
        ("yesterday", None),
        ("9999", TODAY + timedelta(days=9999)),
        ("10000", None),
        ("9999-12-31", None),
        ("2027-02-29", None),
        ("٢١", None),
        ("²", None),
        ("", None),
        ("\udcff", None),
    ],
)
def test_reading_a_due_date(text: str, day: date | None) -> None:
    assert parse_due(text, TODAY) == day


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
    assert due is None or due >= today
    assert returned is None or returned <= today


def test_a_due_day_can_be_said_in_utc() -> None:
    due = due_on(TODAY + timedelta(days=9999), ZoneInfo("America/Chicago"))
    assert due.astimezone(UTC).year == 2054
