"""Alma's .dat, read back by a reader of its own."""

# ruff: noqa: DTZ001 - the files name no zone
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from support.filing import DENVER, days
from support.readers import alma as reader
from support.transactions import checkin, checkout, in_house_use, renewal

from kiosk.desk.transactions import Checkin
from kiosk.ils.files import alma
from kiosk.ils.files.fields import Unwritable

LOANS = frozenset({"checkout", "checkin", "renewal"})
NOON = datetime(2026, 11, 21, 19, 5, 59, tzinfo=UTC)  # five past noon in Denver


def test_the_columns_are_those_that_alma_names():
    written = alma.write([checkout("3010", "2010", at=NOON), checkin("3011", at=NOON)], DENVER)
    assert written == b"202611211205L3010" + 76 * b" " + b"2010\r\n" + b"202611211205R3011\r\n"
    assert written.index(b"2010\r") == 93  # the 94th column


@given(days(LOANS))
def test_whatever_a_day_brings_is_read_back_in_its_order(day):
    found = reader.read(alma.write(day, DENVER))
    for row, each in zip(found, day, strict=True):
        lent = not isinstance(each, Checkin)
        assert (row.kind, row.item) == ("L" if lent else "R", each.item)
        assert row.user == (each.patron if lent else "")
        if lent:
            local = each.at.astimezone(DENVER).replace(tzinfo=None, second=0, microsecond=0)
            assert row.at == local


def test_a_renewal_is_a_loan_to_the_same_patron():
    (row,) = reader.read(alma.write([renewal("3010", "2010")], DENVER))
    assert (row.kind, row.item, row.user) == ("L", "3010", "2010")


def test_what_lay_in_the_book_drop_came_back_on_its_day():
    (row,) = reader.read(alma.write([checkin("1", at=NOON, returned=date(2026, 11, 19))], DENVER))
    assert row.at == datetime(2026, 11, 19, 23, 59)


@pytest.mark.parametrize(
    ("each", "code"),
    [
        (renewal("3010", ""), "no_card"),
        (checkout(81 * "3"), "not_writable"),
        (checkout("3010 ", "2010"), "not_writable"),
        (checkin("30\r\n10"), "not_writable"),
        (in_house_use("3010"), "not_carried"),
    ],
)
def test_what_does_not_fit_is_left_to_a_person(each, code):
    with pytest.raises(Unwritable) as raised:
        alma.write([each], DENVER)
    assert (raised.value.code, raised.value.transaction) == (code, each.id)


def test_a_number_may_be_as_wide_as_its_column():
    (row,) = reader.read(alma.write([checkout(80 * "3", "2010")], DENVER))
    assert (row.item, row.user) == (80 * "3", "2010")
