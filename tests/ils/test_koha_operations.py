"""What Koha is told of each transaction, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from support.transactions import MAYA, checkin, checkout, in_house_use, renewal

from kiosk.ils.koha.operations import operation, unsendable

if TYPE_CHECKING:
    from kiosk.desk.transactions import Transaction

ITEM = "31234000012349"
VIENNA = ZoneInfo("Europe/Vienna")
AT = datetime(2026, 7, 22, 16, 15, 30, 547_000, VIENNA)


def told(transaction: Transaction, **how: Any) -> dict[str, str]:
    return operation(transaction, VIENNA, **how)


def test_a_loan_is_an_issue_with_its_time_in_utc() -> None:
    assert told(checkout(ITEM, at=AT)) == {
        "timestamp": "2026-07-22T14:15:30Z",
        "action": "issue",
        "barcode": ITEM,
        "cardnumber": MAYA,
    }


def test_a_renewal_is_an_issue_to_the_same_patron() -> None:
    assert told(renewal(ITEM, at=AT)) == told(checkout(ITEM, at=AT))


def test_a_return_names_no_patron() -> None:
    assert told(checkin(ITEM, at=AT)) == {
        "timestamp": "2026-07-22T14:15:30Z",
        "action": "return",
        "barcode": ITEM,
    }


def test_an_old_koha_is_told_its_own_time_without_a_zone() -> None:
    assert told(checkout(ITEM, at=AT), utc=False)["timestamp"] == "2026-07-22 16:15:30"


def test_what_came_by_the_book_drop_counts_at_the_end_of_its_day() -> None:
    returned = checkin(ITEM, at=AT, returned=date(2026, 7, 20))

    assert told(returned)["timestamp"] == "2026-07-20T21:59:59Z"


def test_nothing_is_returned_in_the_future() -> None:
    assert told(checkin(ITEM, at=AT, returned=AT.date()))["timestamp"] == "2026-07-22T14:15:30Z"


def test_a_clock_that_is_set_back_in_autumn_does_not_turn_two_loans_round() -> None:
    first = checkout(ITEM, at=datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC).astimezone(VIENNA))
    second = checkin(ITEM, at=datetime(2026, 10, 25, 1, 0, 0, tzinfo=UTC).astimezone(VIENNA))

    assert told(first)["timestamp"] < told(second)["timestamp"]


@pytest.mark.parametrize("transaction", [checkout(ITEM), checkin(ITEM), renewal(ITEM)])
def test_what_is_whole_can_be_sent(transaction: Transaction) -> None:
    assert unsendable(transaction) == ""


def test_a_renewal_without_a_card_is_for_a_person() -> None:
    assert unsendable(renewal(ITEM, "")) == "no-card"


@pytest.mark.parametrize("number", [" 123", "123 ", "12\t3", "12\n3", "12\x003", ""])
def test_a_number_that_koha_would_alter_is_for_a_person(number: str) -> None:
    assert unsendable(checkin(number)) == "not-writable"
    assert unsendable(checkout(number)) == "not-writable"


def test_there_is_no_word_for_use_in_the_house() -> None:
    with pytest.raises(TypeError, match="does not carry a in_house_use"):
        told(in_house_use(ITEM))
