from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.forms.typing_day import begun, completed, day, masked, said, written

YEAR_FIRST, GERMAN, TIME = "YYYY-MM-DD", "TT.MM.JJJJ", "HH:MM"


def pad(digits: str, mask: str) -> str:
    typed = ""
    for digit in digits:
        typed += completed(typed, digit, mask)
    return typed


@pytest.mark.parametrize(
    ("digits", "wanted"),
    [("19660430", "1966-04-30"), ("1966430", "1966-04-30"), ("196645", "1966-04-05")],
)
def test_a_digit_that_can_only_be_a_whole_month_or_day_is_one(digits, wanted):
    assert said(pad(digits, YEAR_FIRST), YEAR_FIRST) == wanted


def test_of_a_time_too():
    assert said(pad("905", TIME), TIME) == "09:05"
    assert said(pad("1405", TIME), TIME) == "14:05"


def test_what_is_unfinished_stays_as_it_was_typed():
    assert said("196", YEAR_FIRST) == "196"


def test_what_was_typed_stands_in_the_mask():
    assert masked("", YEAR_FIRST) == ("", "YYYY-MM-DD")
    assert masked("1966", YEAR_FIRST) == ("1966-", "MM-DD")
    assert masked("1966-4-3", YEAR_FIRST) == ("1966-04-3", "D")


@pytest.mark.parametrize("typed", ["31121999", "31.12.1999", "31/12/1999", "31-12-1999"])
def test_where_the_day_comes_first_it_is_typed_first(typed):
    assert masked(typed, GERMAN) == ("31.12.1999", "")
    assert said(typed, GERMAN) == "1999-12-31"
    assert begun(typed[:2], GERMAN) == ["", "", "31"]


def test_it_stands_as_it_is_typed_and_a_digit_that_can_only_be_a_whole_part_is_one():
    assert written("1999-12-31", GERMAN) == "31.12.1999"
    assert written("1999-12-31", YEAR_FIRST) == "1999-12-31"
    assert said(pad("4466", GERMAN), GERMAN) == "040466"
    assert said(pad("441966", GERMAN), GERMAN) == "1966-04-04"
    assert masked("3112", GERMAN) == ("31.12.", "JJJJ")


@pytest.mark.parametrize("typed", ["1999-12-31", "19991231"])
def test_year_month_and_day_are_understood_there_too_and_are_shown_so(typed):
    assert masked(typed, GERMAN) == ("1999-12-31", "")
    assert said(typed, GERMAN) == "1999-12-31"
    assert masked("1999", GERMAN) == ("1999-", "MM-TT")


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(2150, 1, 1)))
def test_no_day_means_another_one_than_it_says(when):
    for typed in (f"{when:%d%m%Y}", f"{when:%d.%m.%Y}", f"{when:%Y%m%d}", when.isoformat()):
        assert day(typed, GERMAN) == when
        assert said(typed, GERMAN) == when.isoformat()
    assert day(pad(f"{when:%d%m%Y}", GERMAN), GERMAN) == when


@given(st.dates(min_value=date(1000, 1, 1)))
def test_any_day_typed_in_digits_is_that_day(when):
    typed = pad(f"{when:%Y%m%d}", YEAR_FIRST)
    assert day(typed, YEAR_FIRST) == when
    assert said(typed, YEAR_FIRST) == when.isoformat()


@given(st.text(max_size=20))
def test_nothing_that_is_typed_is_too_strange(text):
    masked(text, YEAR_FIRST)
    day(text, YEAR_FIRST)
    masked(text, GERMAN)
    day(text, GERMAN)
    said(text, TIME)
