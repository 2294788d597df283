"""Symphony's log, read back by a reader of its own, and held to lines that libraries published."""

# ruff: noqa: DTZ001 - the files name no zone
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from support.filing import DENVER, days
from support.readers import symphony as reader
from support.readers import symphony_samples as samples
from support.transactions import (
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

from kiosk.ils.files.fields import Unwritable
from kiosk.ils.symphony import log
from kiosk.ils.symphony.settings import SymphonySettings

SETTINGS = SymphonySettings(to="usb", library="WASHINGTON", access="OFFLINE", user="DESK1")
ALL = replace(SETTINGS, renew="FF FE FcNONE FW NQ UO", in_house="FF FE FcNONE FW NQ")
NOON = datetime(2026, 11, 21, 19, 5, 59, tzinfo=UTC)  # five past noon in Denver


def written(*transactions, settings=SETTINGS):
    return log.write(transactions, DENVER, settings)


def read(*transactions, settings=SETTINGS):
    return reader.read(written(*transactions, settings=settings))


@pytest.mark.parametrize("line", samples.WITH_LENGTH)
def test_the_length_at_the_end_of_every_published_line_is_what_the_reader_counts(line):
    assert reader.read_line(line).length == int(line[-5:])


@pytest.mark.parametrize("line", samples.WITHOUT_LENGTH)
def test_a_published_line_without_a_length_is_read_too(line):
    assert reader.read_line(line).length is None


def test_a_charge_is_a_published_one_byte_for_byte():
    settings = SymphonySettings(
        to="usb",
        access="ADMIN",
        library="EPLMNA",
        user="ADMIN",
        station="1843",
        charge="FF FE FcNONE FW NQ UO OM",
    )
    at = datetime(2019, 1, 1, 5, 12, 2, tzinfo=DENVER)
    charge = checkout("31221118056873", "ILS-MISSING", at=at)
    lines = written(checkin("1", at=at), charge, settings=settings).decode().splitlines()
    assert lines[1] == samples.CHARGE


def test_a_discharge_is_a_published_one_byte_for_byte():
    settings = SymphonySettings(
        to="usb", access="ADMIN", library="EPLRIV", station="3031", discharge="FF FE FcNONE FW NQ"
    )
    at = datetime(2023, 10, 10, 5, 10, 8, tzinfo=DENVER)
    back = written(checkin("31221112079020", at=at), settings=settings)
    assert back.decode() == samples.DISCHARGE + "\n"


def test_a_discharge_with_its_date_is_a_published_one_up_to_its_sequence_and_length():
    settings = SymphonySettings(
        to="usb",
        access="CIRC",
        library="EPLJPL",
        user="JPLCIRC",
        station="0634",
        discharge="FF FE FcNONE FW NQ CO Fv20000000",
    )
    at = datetime(2008, 8, 1, 8, 5, 22, tzinfo=DENVER)
    back = written(checkin("31221082898953", at=at, returned=at.date()), settings=settings)
    assert back.decode()[:-6].replace("^S01", "^S86") == samples.DISCHARGE_BY_STAFF


def test_the_preset_names_codes_in_the_order_of_published_lines():
    charge, back = read(checkout("3010", "2010", at=NOON), checkin("3011", at=NOON))
    assert charge.command == "CV"
    assert list(charge.data.items()) == [
        ("FF", "OFFLINE"),
        ("FE", "WASHINGTON"),
        ("Fc", "NONE"),
        ("FW", "DESK1"),
        ("NQ", "3010"),
        ("UO", "2010"),
    ]
    assert back.command == "EV"
    assert back.data["CO"] == "11/21/2026,12:05"
    assert charge.at == datetime(2026, 11, 21, 12, 5, 59)
    assert charge.station == "0001"


@given(days(frozenset({"checkout", "checkin", "renewal", "in_house_use"})))
def test_whatever_a_day_brings_is_read_back_in_its_order(day):
    settings = replace(ALL, due_code="CF")
    found = iter(read(*day, settings=settings))
    for each in day:
        for _ in range(getattr(each, "count", 1)):
            request = next(found)
            assert request.data["NQ"] == each.item
            assert request.data.get("UO", "") == getattr(each, "patron", "")
            local = each.at.astimezone(DENVER).replace(tzinfo=None)
            assert request.at == local.replace(microsecond=0)
            if each.kind in ("checkout", "renewal"):
                due = each.due.astimezone(DENVER).replace(tzinfo=None)
                wanted = due.replace(second=0, microsecond=0)
                assert reader.read_date(request.data["CF"]) == wanted
            if each.kind == "checkin":
                day_back = each.returned or local.date()
                assert reader.read_date(request.data["CO"]).date() == day_back
    assert next(found, None) is None


def test_sequences_count_to_ninety_nine_and_begin_again():
    found = read(*(checkin(str(n), at=NOON) for n in range(200)))
    assert [found[n].sequence for n in (0, 98, 99, 197, 198)] == [1, 99, 1, 99, 1]


def test_what_lay_in_the_book_drop_is_discharged_on_its_day():
    (back,) = read(checkin("3010", at=NOON, returned=date(2026, 11, 2)))
    assert back.data["CO"] == "11/02/2026"


def test_no_due_date_is_written_until_its_code_is_named():
    (charge,) = read(checkout("3010"))
    assert set(charge.data) == {"FF", "FE", "Fc", "FW", "NQ", "UO"}


def test_the_due_date_may_have_its_place_in_the_order():
    settings = replace(SETTINGS, due_code="CF", charge="FF FE FcNONE CF NQ UO")
    due = datetime(2026, 12, 6, 6, 59, tzinfo=UTC)  # one minute before midnight in Denver
    (charge,) = read(checkout("3010", due=due), settings=settings)
    assert list(charge.data) == ["FF", "FE", "Fc", "CF", "NQ", "UO"]
    assert charge.data["CF"] == "12/05/2026,23:59"


def test_library_and_access_are_those_of_the_desk_session_unless_they_are_set():
    session = replace(SETTINGS, library="", access="")
    loan = checkout("3010", library="LIBR1", profile="LIBR1CIRC")
    (charge,) = read(loan, settings=session)
    assert (charge.data["FE"], charge.data["FF"]) == ("LIBR1", "LIBR1CIRC")


@pytest.mark.parametrize(("name", "code"), [("library", "no_library"), ("profile", "no_access")])
@pytest.mark.parametrize("given", ["", "Northside Branch", "A^B"])
def test_without_the_codes_of_library_and_access_nothing_is_written(name, code, given):
    """A name that staff read is no code: it would load nowhere, or elsewhere."""
    session = replace(SETTINGS, library="", access="")
    loan = checkout("3010", **{"library": "LIBR1", "profile": "LIBR1CIRC", name: given})
    with pytest.raises(Unwritable) as raised:
        written(loan, settings=session)
    assert raised.value.code == code


@pytest.mark.parametrize("number", ["30^10", "30\n10", "Bücher", "3010 "])
def test_a_number_that_would_break_the_line_is_left_to_a_person(number):
    for each in (checkout(number), checkout("3010", number), checkin(number)):
        with pytest.raises(Unwritable) as raised:
            written(each)
        assert (raised.value.code, raised.value.transaction) == ("not_writable", each.id)


def test_renewals_and_uses_wait_until_the_site_says_how():
    assert SETTINGS.carries == {"checkout", "checkin"}
    assert ALL.carries == {"checkout", "checkin", "renewal", "in_house_use"}
    for each in (renewal("3010"), in_house_use("3010")):
        with pytest.raises(Unwritable) as raised:
            written(each)
        assert raised.value.code == "not_carried"


def test_each_use_of_an_item_is_a_line():
    found = read(in_house_use("3010", count=3), settings=ALL)
    assert [(each.command, each.data["NQ"]) for each in found] == 3 * [("WV", "3010")]


@pytest.mark.parametrize("each", [registration(), noncat_checkout()])
def test_no_line_is_known_for_new_patrons_and_items_without_a_barcode(each):
    with pytest.raises(Unwritable) as raised:
        written(each, settings=ALL)
    assert raised.value.code == "not_carried"


def test_nothing_is_written_that_removes_an_item():
    """FV looks like a renewal's command, and removes the item."""
    assert "FV" not in {log.CHARGE, log.DISCHARGE, log.RENEW, log.USE}
