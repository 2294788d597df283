"""The file for Evergreen's staff client, read back by a reader of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from support.filing import DENVER, days
from support.readers import evergreen as reader
from support.transactions import checkout, noncat_checkout, registration

from kiosk.desk.checks.functions import EVERYTHING
from kiosk.ils.evergreen.settings import EvergreenSettings
from kiosk.ils.files import pending
from kiosk.ils.files.fields import Unwritable

THERE = EvergreenSettings(url="https://x", org=4, login="x", password="x", patron_profile=2)


def written(*transactions, settings=THERE):
    return reader.read(pending.write(transactions, DENVER, settings))


@given(days(EVERYTHING - {"registration"}))
def test_whatever_a_day_brings_is_read_back_in_its_order(day):
    for line, each in zip(written(*day), day, strict=True):
        assert line["timestamp"] == int(each.at.timestamp())
        assert line.get("barcode", "") == each.item
        assert line.get("patron_barcode", "") == getattr(each, "patron", "")
        if each.kind == "checkout":
            assert abs(line["checkout_time"] - each.at) < timedelta(seconds=1)
            assert line["due_date"].date() == each.due.astimezone(DENVER).date()


def test_items_without_a_barcode_go_by_kind_and_count():
    (line,) = written(noncat_checkout("2010", count=4))
    assert (line["noncat"], line["noncat_type"], line["noncat_count"]) == (1, 2, 4)


def test_a_new_patron_goes_where_evergreen_is_set_up_and_else_to_a_person():
    (line,) = written(registration("2010"))
    assert line["user"]["card"]["barcode"] == "2010"
    with pytest.raises(Unwritable) as raised:
        written(registration("2010"), settings=pending.NOBODY)
    assert raised.value.reason.key.startswith("evergreen.line.")


def test_a_line_that_would_poison_a_whole_session_is_not_written():
    with pytest.raises(Unwritable):
        written(checkout("30\n10"))
