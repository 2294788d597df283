"""What library systems say, as the facts about them have it, in plain words and with advice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.settling import advice
from kiosk.desk.settling.advice import RULES, TODO, Rule
from kiosk.desk.transactions import Outcome

NOW = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


def advised(words: str = "", code: str = "", kind: str = "checkout", system: str = "sip2") -> str:
    outcome = Outcome(transaction="t", kind="refused", at=NOW, words=words, code=code)
    found = advice.of(system, kind, outcome)
    return f"{found.fault} {found.choice}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Invalid Patron", "patron_unknown correct"),
        ("Invalid cardnumber", "patron_unknown correct"),
        ("Unknown card", "patron_unknown correct"),
        ("Invalid Item", "item_unknown correct"),
        ("Patron debarred", "patron_blocked resend"),
        ("Patron blocked", "patron_blocked resend"),
        ("Patron expired on 2026-10-01", "patron_expired resend"),
        ("Patron has fines - You owe $12.00.", "patron_owes resend"),
        ("Outstanding Fines block issue", "patron_owes resend"),
        ("Item checked out to another patron", "item_elsewhere resend"),
        (
            "Item already checked out to another patron.  Please return item for check-in.",
            "item_elsewhere resend",
        ),
        ("Item already checked out to you: renewing item.", "already_so settle"),
        ("Item is on hold for another patron.", "wanted settle"),
        ("Item is reserved for another patron upon return.", "wanted settle"),
        ("Item has been recalled for another patron", "recalled settle"),
        ("Item must be checked out at a circulation desk", "not_lendable settle"),
        (
            "Item type cannot be checked out at this checkout location",
            "not_lendable settle",
        ),
        ("Issue failed : TOO_MANY", "too_many settle"),
        ("Item cannot be issued: ISSUED_TO_ANOTHER", "item_elsewhere resend"),
        ("Checkin failed: data problem", "server_fault resend"),
        ("ITEM NOT ON LOAN", "not_on_loan settle"),
    ],
)
def test_what_sip2_servers_say(words: str, expected: str) -> None:
    assert advised(words) == expected
    assert advised(words.upper()) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Item not checked out", "not_on_loan settle"),
        ("Item is on hold, please return to circulation desk", "hold_here settle"),
        ("Item withdrawn, return not allowed", "item_lost settle"),
        ("Item lost, return not allowed", "item_lost settle"),
    ],
)
def test_what_they_say_of_a_return(words: str, expected: str) -> None:
    assert advised(words, kind="checkin") == expected


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("ROUTE_ITEM", "checkin", "other_library settle"),
        ("COPY_STATUS_LOST", "checkin", "item_lost settle"),
        ("CIRC_CLAIMS_RETURNED", "checkin", "item_lost settle"),
        ("ASSET_COPY_NOT_FOUND", "checkout", "item_unknown correct"),
        ("ACTOR_CARD_NOT_FOUND", "checkout", "patron_unknown correct"),
        ("ACTOR_USER_NOT_FOUND", "checkout", "patron_unknown correct"),
        ("OPEN_CIRCULATION_EXISTS", "checkout", "item_elsewhere resend"),
        ("MAX_RENEWALS_REACHED", "renewal", "too_many settle"),
        ("PATRON_CARD_INACTIVE", "checkout", "card_replaced correct"),
        ("PATRON_ACCOUNT_EXPIRED", "checkout", "patron_expired resend"),
        ("ITEM_NOT_CATALOGED", "checkout", "not_lendable settle"),
        ("ITEM_NOT_CATALOGED", "checkin", "alert settle"),
        ("NO_CHANGE", "checkin", "already_so settle"),
        ("SKIP_ASSET_CHANGED", "checkin", "overtaken settle"),
        ("PERM_FAILURE", "checkout", "no_right resend"),
        ("USERNAME_EXISTS", "registration", "patron_exists settle"),
    ],
)
def test_evergreens_events(code: str, kind: str, expected: str) -> None:
    assert advised(code=code, kind=kind, system="evergreen") == expected
    assert advised(code=code, kind=kind, system="sip2") == expected  # in a report from elsewhere


@pytest.mark.parametrize(
    ("system", "words", "expected"),
    [
        ("koha", "Borrower not found.", "patron_unknown correct"),
        ("koha", "Barcode not found.", "item_unknown correct"),
        ("koha", "Item not issued.", "not_on_loan settle"),
        ("alma", "Item not found. Barcode: 1", "item_unknown correct"),
        ("alma", "Return item failed, item was not on loan. Barcode: 1", "not_on_loan settle"),
        ("alma", "A later action on this item happened. Barcode: 1", "overtaken settle"),
        ("symphony", "User not found", "patron_unknown correct"),
        ("symphony", "Item already checked in", "already_so settle"),
    ],
)
def test_reports_of_other_systems(system: str, words: str, expected: str) -> None:
    assert advised(words, system=system) == expected
    assert advised(words, system="sip2") == expected


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("refused", "", "refused settle"),
        ("noticed", "", "noticed settle"),
        ("noticed", "alert CV01", "hold_here settle"),
        ("noticed", "due-differs", "due_differs settle"),
        ("unknown", "no-reply", "no_answer settle"),
        ("unknown", "unreadable", "unreadable settle"),
        ("by_hand", "by-hand", "by_hand settle"),
    ],
)
def test_what_says_nothing_known_gets_the_general_advice(
    kind: str, code: str, expected: str
) -> None:
    outcome = Outcome(transaction="t", kind=kind, at=NOW, words="?!", code=code)  # type: ignore[arg-type]
    found = advice.of("sip2", "checkout", outcome)
    assert f"{found.fault} {found.choice}" == expected


@given(st.text(max_size=200), st.text(max_size=40), st.sampled_from(["", "sip2", "none", "x"]))
def test_whatever_is_said_there_is_advice(words: str, code: str, system: str) -> None:
    outcome = Outcome(transaction="t", kind="refused", at=NOW, words=words, code=code)
    assert advice.of(system, "checkout", outcome).choice in ("correct", "resend", "settle")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code or rule.words)
def test_every_rule_has_a_code_or_words_and_something_to_do(rule: Rule) -> None:
    assert bool(rule.code) != bool(rule.words)
    assert rule.todo in TODO


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("not-writable", "not_writable"),
        ("files.unfit_not_writable", "not_writable"),
        ("evergreen.line.barcode", "not_writable"),
        ("koha.no_card", "no_card"),
        ("files.unfit_no_library", "no_number"),
        ("evergreen.line.noncat", "no_number"),
        ("", "by_hand"),
        ("unsupported", "by_hand"),
    ],
)
def test_why_a_person_has_to_enter_it_is_said(code: str, fault: str) -> None:
    outcome = Outcome(transaction="t", kind="by_hand", at=NOW, code=code)
    for kind in ("checkout", "registration"):
        found = advice.of("files", kind, outcome)
        assert found.todo == "enter"
        assert found.fault == fault or (kind, fault) == ("registration", "by_hand")


@pytest.mark.parametrize("printed", ["ROUTE_ITEM", "ROUTE-ITEM"])
def test_a_code_is_found_as_manuals_print_it(printed: str) -> None:
    assert advice.known_code(f"front {printed} 31234000001006") == "ROUTE_ITEM"


@pytest.mark.parametrize("code", ["session-gone", "no-results", "miscounted", "missed"])
def test_an_upload_that_the_library_system_has_lost_is_told_from_a_lost_reply(code: str) -> None:
    outcome = Outcome(transaction="t", kind="unknown", at=NOW, code=code)
    assert advice.of("evergreen", "checkout", outcome).fault == "lost_track"
