"""Transactions as lines of an upload: what the server reads, and what must never reach it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.evergreen_script import SETTINGS, ZONE, command, local
from support.transactions import (
    MAYA,
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

from kiosk.ils.evergreen import lines
from kiosk.ils.evergreen.lines import LineError

if TYPE_CHECKING:
    from kiosk.desk.transactions import Transaction

AT = local(2026, 11, 21, 10, 0, 0)
DUE = local(2026, 12, 5, 23, 59)
NAMES = {"family_name": "Maier", "first_name": "Anna"}


def reason(transaction: Transaction) -> str:
    with pytest.raises(LineError) as error:
        lines.line(transaction, SETTINGS, ZONE)
    return error.value.reason.key.removeprefix("evergreen.line.")


# ----------------------------------------------------------------------------- what is made of each


def test_a_loan_is_written_as_evergreen_reads_it() -> None:
    lent = checkout("33300000001", id="x1", at=AT, due=DUE)

    assert lines.line(lent, SETTINGS, ZONE) == (
        '{"timestamp":1795273200,"type":"checkout","delta":0,"barcode":"33300000001",'
        f'"patron_barcode":"{MAYA}","checkout_time":"2026-11-21T10:00:00-05:00",'
        '"due_date":"2026-12-05T23:59:59-05:00","kiosk_xid":"x1"}'
    )


def test_a_loan_by_the_hour_is_due_when_it_was_promised() -> None:
    due = local(2026, 11, 21, 13, 0)
    assert command(checkout("i", at=AT, due=due))["due_date"] == "2026-11-21T13:00:00-05:00"


def test_a_loan_over_the_end_of_summer_time_is_due_by_the_offset_of_its_own_day() -> None:
    lent = checkout("i", at=local(2026, 10, 20, 10, 0), due=local(2026, 11, 10, 23, 59))

    assert command(lent)["checkout_time"].endswith("-04:00")
    assert command(lent)["due_date"] == "2026-11-10T23:59:59-05:00"


def test_a_renewal_without_a_card_names_no_patron() -> None:
    assert "patron_barcode" not in command(renewal("i", ""))
    assert command(renewal("i"))["patron_barcode"] == MAYA
    assert command(renewal("i"))["type"] == "renew"


def test_a_return_bears_the_moment_it_came_back() -> None:
    assert command(checkin("i", at=AT))["backdate"] == "2026-11-21T10:00:00-05:00"


def test_a_return_from_the_book_drop_bears_noon_of_its_day() -> None:
    back = checkin("i", at=AT, returned=date(2026, 11, 19))
    assert command(back)["backdate"] == "2026-11-19T12:00:00-05:00"


def test_a_return_of_today_is_never_ahead_of_the_clock() -> None:
    back = checkin("i", at=AT, returned=date(2026, 11, 21))
    assert command(back)["backdate"] == "2026-11-21T10:00:00-05:00"


def test_a_use_in_the_house_has_its_own_time() -> None:
    used = command(in_house_use("i", count=3, at=AT))
    assert (used["type"], used["count"], used["use_time"]) == (
        "in_house_use", 3, "2026-11-21T10:00:00-05:00",
    )  # fmt: skip


def test_items_without_a_barcode_are_lent_by_kind_and_count() -> None:
    lent = command(noncat_checkout(noncat="2", count=3, at=AT))

    assert lent["type"] == "checkout"
    assert (lent["noncat"], lent["noncat_type"], lent["noncat_count"]) == (1, 2, 3)
    assert "barcode" not in lent


def test_a_new_patron_has_the_shape_of_the_older_client() -> None:
    details = {
        "family_name": "Maier", "first_name": "Jürgen", "born": "1990-04-30", "street": "1 Main St",
        "city": "Northside", "post_code": "12345", "phone": "555 0100", "email": "j@example.org",
        "department": "Physics", "language": "de", "profile": "7", "library": "9",
    }  # fmt: skip
    user = command(registration("21234000777775", id="x9", details=details))["user"]

    assert user == {
        "card": {"barcode": "21234000777775"},
        "profile": 7,
        "home_ou": 9,
        "ident_type": 3,
        "passwd": lines.first_password("x9"),
        "first_given_name": "Jürgen",
        "family_name": "Maier",
        "dob": "1990-04-30",
        "day_phone": "555 0100",
        "email": "j@example.org",
        "billing_address": {
            "street1": "1 Main St", "street2": "", "city": "Northside", "state": "", "country": "",
            "post_code": "12345",
        },
        "survey_responses": [],
    }  # fmt: skip


def test_a_new_patron_without_an_address_has_an_empty_one_because_the_server_dies_without() -> None:
    assert set(command(registration())["user"]["billing_address"].values()) == {""}


def test_a_new_patron_belongs_to_this_library_where_the_form_does_not_ask() -> None:
    user = command(registration())["user"]
    assert (user["home_ou"], user["profile"]) == (4, 2)


def test_first_passwords_differ_and_stay_the_same() -> None:
    assert lines.first_password("a") == lines.first_password("a") != lines.first_password("b")


def test_a_line_made_again_is_the_same() -> None:
    new = registration()
    assert lines.line(new, SETTINGS, ZONE) == lines.line(new, SETTINGS, ZONE)


def test_an_upload_is_ascii_with_one_line_for_each_and_no_empty_one() -> None:
    made = [lines.line(each, SETTINGS, ZONE) for each in (checkout("i1"), registration())]
    content = lines.upload(made)
    assert content.decode("ascii").split("\n") == [*made, ""]


# ------------------------------------------------------------------------------ what cannot be sent


@pytest.mark.parametrize(
    ("transaction", "why"),
    [
        (checkout("3330ö0"), "barcode"),
        (checkout("3 3"), "barcode"),
        (checkout(""), "barcode"),
        (checkin("x" * 65), "barcode"),
        (checkout("i", "card\n2"), "patron_barcode"),
        (guest_checkout("i"), "patron_barcode"),
        (noncat_checkout(""), "patron_barcode"),
        (in_house_use("i", count=100), "count"),
        (in_house_use("i", count=0), "count"),
        (noncat_checkout(count=100), "count"),
        (noncat_checkout(noncat="PB"), "noncat"),
        (noncat_checkout(noncat="²"), "noncat"),
        (registration(details={"family_name": "Maier", "first_name": ""}), "user"),
        (registration(details=NAMES | {"born": "30.4."}), "user"),
        (registration(details=NAMES | {"street": "M" * 201}), "user"),
        (registration(details=NAMES | {"profile": "Adult"}), "profile"),
        (registration(details=NAMES | {"library": "W"}), "library"),
        (registration("21 2"), "user"),
    ],
)  # fmt: skip
def test_what_the_server_would_trip_over_is_named_and_stays_here(
    transaction: Transaction, why: str
) -> None:
    assert reason(transaction) == why


def test_a_registration_without_a_group_stays_here() -> None:
    settings = replace(SETTINGS, patron_profile=None)
    with pytest.raises(LineError, match=r"line\.profile"):
        lines.line(registration(), settings, ZONE)


GOOD: dict[str, Any] = json.loads(lines.line(checkout("i", at=AT, due=DUE), SETTINGS, ZONE))


@pytest.mark.parametrize(
    "change",
    [
        {"due_date": "2026-12-05T10:00Z"},  # silently midnight
        {"due_date": "2026-12-05T10:00:00Z"},
        {"due_date": "20261205T100000Z"},
        {"due_date": "12/05/2026"},
        {"due_date": 1795273200},  # silently the year 1795
        {"due_date": "2026-02-31T10:00:00-05:00"},
        {"due_date": "2026-12-05T24:00:00-05:00"},
        {"due_date": "2026-12-05 10:00:00-05:00"},
        {"checkout_time": ""},
        {"timestamp": "1795273200"},
        {"timestamp": 1795273200.5},
        {"timestamp": True},
        {"delta": 3600},
        {"type": "check-out"},
        {"type": None},
        {"kiosk_xid": ""},
        {"__c": "au"},
        {"_realtime": 1},
        {"noncat": 1},
        {"barcode": None},
    ],
)
def test_a_line_with_one_wrong_value_is_not_let_through(change: dict[str, Any]) -> None:
    lines.check(json.dumps(GOOD))
    with pytest.raises(LineError):
        lines.check(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("key", GOOD)
def test_a_line_with_a_missing_key_is_not_let_through(key: str) -> None:
    with pytest.raises(LineError):
        lines.check(json.dumps({name: value for name, value in GOOD.items() if name != key}))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"a":1}\n', json.dumps(GOOD)[:-1], "ö", "\x00", "NaN"]
)
def test_what_is_no_object_in_ascii_on_one_line_is_not_let_through(text: str) -> None:
    with pytest.raises(LineError):
        lines.check(text)


@given(
    item=st.text(), card=st.text(), count=st.integers(), noncat=st.text(),
    details=st.dictionaries(
        st.sampled_from(["family_name", "first_name", "born", "street", "phone", "profile", "x"]),
        st.text(),
    ),
)  # fmt: skip
def test_whatever_is_recorded_a_line_is_one_that_the_server_can_read_or_none(
    item: str, card: str, count: int, noncat: str, details: dict[str, str]
) -> None:
    for each in (
        checkout(item, card), checkin(item), renewal(item, card), in_house_use(item, count=count),
        noncat_checkout(card, noncat=noncat, count=count), registration(card, details=details),
    ):  # fmt: skip
        try:
            text = lines.line(each, SETTINGS, ZONE)
        except LineError:
            continue
        assert text.isascii()
        assert "\n" not in text
        assert json.loads(text)["kiosk_xid"] == each.id


ZONES = (ZONE, timezone(timedelta(hours=9, minutes=30, seconds=7)))


@given(
    at=st.builds(
        datetime.fromtimestamp, st.floats(600_000_000, 4_000_000_000), st.sampled_from(ZONES)
    )
)
def test_every_moment_is_written_to_the_second_with_its_offset(at: datetime) -> None:
    used = command(in_house_use("i", at=at))

    written = datetime.fromisoformat(used["use_time"])
    assert written.timestamp() == at.replace(microsecond=0).timestamp()
    assert used["timestamp"] == int(at.timestamp())
