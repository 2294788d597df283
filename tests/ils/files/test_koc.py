"""Koha's .koc, read back by a reader of its own, and held to what Koha's wiki shows."""

# ruff: noqa: DTZ001 - the files name no zone
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from support.filing import DENVER, days
from support.readers import koc as reader
from support.transactions import checkin, checkout, in_house_use, renewal

from kiosk.desk.transactions import Checkin
from kiosk.ils.files import koc
from kiosk.ils.files.fields import Unwritable

LOANS = frozenset({"checkout", "checkin", "renewal"})

SAMPLE = (
    "Version=1.0\tGenerator=kocPHP\tGeneratorVersion=0.7\n"
    "2008-06-11 12:24:11 547\tissue\t85947584\t8364585674\n"
    "2008-06-11 12:24:12 368\tissue\t93847563\t3948573894\n"
    "2008-06-11 12:24:13 213\treturn\t9485694847\n"
    "2008-06-11 12:24:13 478\treturn\t5564354352\n"
)
"""The example of the wiki, without its payments."""


def at(day: int, hour: int, minute: int, second: int, thousandths: int) -> datetime:
    """A time of June 2008, by clocks in Denver."""
    return datetime(2008, 6, day, hour, minute, second, thousandths * 1000, tzinfo=DENVER)


def test_the_lines_are_those_of_the_wiki_byte_for_byte():
    written = koc.write(
        [
            checkout("8364585674", "85947584", at=at(11, 12, 24, 11, 547)),
            checkout("3948573894", "93847563", at=at(11, 12, 24, 12, 368)),
            checkin("9485694847", at=at(11, 12, 24, 13, 213)),
            checkin("5564354352", at=at(11, 12, 24, 13, 478)),
        ],
        DENVER,
    )
    ours, theirs = written.decode().split("\n", 1), SAMPLE.split("\n", 1)
    assert ours[1] == theirs[1]
    assert ours[0] == "Version=1.0\tGenerator=Daybook\tGeneratorVersion=1"
    assert len(reader.read(SAMPLE.encode())) == 4


@given(days(LOANS))
def test_whatever_a_day_brings_is_read_back_in_its_order(day):
    found = reader.read(koc.write(day, DENVER))
    assert [action.barcode for action in found] == [each.item for each in day]
    for action, each in zip(found, day, strict=True):
        lent = not isinstance(each, Checkin)
        assert action.name == ("issue" if lent else "return")
        assert action.cardnumber == (each.patron if lent else "")


@given(days(frozenset({"checkout", "renewal"})))
def test_times_are_the_librarys_to_the_thousandth(day):
    found = reader.read(koc.write(day, DENVER))
    local = [each.at.astimezone(DENVER).replace(tzinfo=None) for each in day]
    for action, at in zip(found, local, strict=True):
        assert timedelta(0) <= at - action.at < timedelta(milliseconds=1)


def test_a_renewal_is_an_issue_to_the_same_patron():
    (action,) = reader.read(koc.write([renewal("3010", "2010")], DENVER))
    assert (action.name, action.cardnumber, action.barcode) == ("issue", "2010", "3010")


def test_a_renewal_without_a_card_is_left_to_a_person():
    with pytest.raises(Unwritable) as raised:
        koc.write([renewal("3010", "")], DENVER)
    assert raised.value.code == "no_card"


def test_what_lay_in_the_book_drop_came_back_on_its_day():
    monday = checkin("3010", at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    friday = checkin("3010", at=monday.at, returned=date(2026, 11, 20))
    today = checkin("3010", at=monday.at, returned=date(2026, 11, 23))
    found = reader.read(koc.write([monday, friday, today], DENVER))
    assert [action.at for action in found] == [
        datetime(2026, 11, 23, 9, 0),
        datetime(2026, 11, 20, 23, 59, 59),
        datetime(2026, 11, 23, 9, 0),
    ]


@pytest.mark.parametrize("number", ["30\t10", "30\n10", " 3010", "3010 ", "३०१०", "30\x0010"])
def test_a_number_that_would_read_back_as_another_is_left_to_a_person(number):
    for each in (checkout(number), checkout("3010", number), checkin(number)):
        with pytest.raises(Unwritable) as raised:
            koc.write([each], DENVER)
        assert raised.value.code == "not_writable"
        assert raised.value.transaction == each.id


def test_what_koha_has_no_line_for_is_left_to_a_person():
    with pytest.raises(Unwritable) as raised:
        koc.write([in_house_use("3010")], DENVER)
    assert raised.value.code == "not_carried"
