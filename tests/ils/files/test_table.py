"""The table of everything, read back as a spreadsheet or a script does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from support.filing import DENVER, days
from support.readers import table as reader
from support.transactions import checkin, checkout, guest_checkout, noncat_checkout, registration

from kiosk.desk.checks.functions import EVERYTHING
from kiosk.ils.files import table
from kiosk.ils.files.fields import Unwritable

NOON = datetime(2026, 11, 21, 19, 5, 59, tzinfo=UTC)


def written(*transactions):
    return reader.read(table.write(transactions, DENVER))


@given(days(EVERYTHING))
def test_every_kind_has_its_row_in_its_order(day):
    day = [each for each in day if not any(map(looks_like_a_formula, numbers(each)))]
    rows = written(*day)
    assert [(row["id"], row["kind"], row["item"]) for row in rows] == [
        (each.id, each.kind, each.item) for each in day
    ]
    for row, each in zip(rows, day, strict=True):
        assert datetime.fromisoformat(row["at"]) == each.at
        assert row["patron"] == getattr(each, "patron", "")
        assert row["count"] == str(getattr(each, "count", ""))
        if row["due"]:
            assert datetime.fromisoformat(row["due"]) == each.due
        if row["returned"]:
            assert date.fromisoformat(row["returned"]) == each.returned
        if each.kind == "registration":
            assert json.loads(row["details"]) == each.details


def numbers(each):
    return each.item, getattr(each, "patron", "")


def looks_like_a_formula(number):
    return number[:1] in ("=", "+", "-", "@")


def test_the_columns_stand_in_the_first_line():
    first = table.write([], DENVER).decode()
    assert first == (
        "id,kind,at,library,profile,terminal,staff,source,item,patron,due,returned,count,noncat,"
        "name,details,undoes,corrects\r\n"
    )


def test_times_are_the_librarys_with_their_offset():
    (row,) = written(checkout("3010", at=NOON))
    assert row["at"] == "2026-11-21T12:05:59-07:00"


def test_names_are_written_in_utf_8_and_commas_do_no_harm():
    new = registration(details={"family_name": "Müller, geb. Đặng", "note": 'two\nlines "here"'})
    (row,) = written(new)
    assert json.loads(row["details"]) == new.details


def test_who_borrowed_without_a_card_is_in_the_details():
    (row,) = written(guest_checkout("3010"))
    assert row["patron"] == ""
    assert json.loads(row["details"]) == {"name": "Anna Maier", "born": "", "phone": "555 0100"}


def test_items_without_a_barcode_have_their_kind_and_count():
    (row,) = written(noncat_checkout("2010", count=4))
    assert (row["noncat"], row["name"], row["count"]) == ("2", "Paperback", "4")


@pytest.mark.parametrize("number", ["=1+1", "+3010", "-3010", "@SUM(A1)", "30\n10", "30\x0710"])
def test_what_a_spreadsheet_would_reckon_with_is_left_to_a_person(number):
    with pytest.raises(Unwritable) as raised:
        written(checkin(number))
    assert raised.value.code == "not_writable"
