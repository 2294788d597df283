"""What the exceptions of a processed session mean for each of our transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.transactions import NOW, checkin, checkout

from kiosk.desk.settling import advice
from kiosk.ils.evergreen import results
from kiosk.ils.said import LONGEST

if TYPE_CHECKING:
    from kiosk.desk.transactions import Outcome, Transaction


def event(name: str, code: int | str = 1, **more: Any) -> dict[str, Any]:
    return {"ilsevent": code, "textcode": name, "desc": f"About {name}", **more}


def listed(transaction: Transaction, said: object = ...) -> dict[str, Any]:
    command = {"kiosk_xid": transaction.id, "_workstation": "desk-1.a1", "_realtime": 1}
    return {"command": command} | ({} if said is ... else {"event": said})


def said_of(transaction: Transaction, said: object = ...) -> Outcome:
    return results.outcomes([transaction], [listed(transaction, said)], NOW)[0]


def test_what_is_not_listed_is_applied() -> None:
    one, two = checkout("i1"), checkout("i2")
    found = results.outcomes([one, two], [listed(two, event("PATRON_INACTIVE"))], NOW)
    assert [(each.transaction, each.kind) for each in found] == [
        (one.id, "applied"), (two.id, "refused"),
    ]  # fmt: skip


def test_a_refusal_has_the_name_and_the_words_of_the_library() -> None:
    outcome = said_of(checkout("i"), event("OPEN_CIRCULATION_EXISTS", "1702"))
    assert (outcome.kind, outcome.code) == ("refused", "OPEN_CIRCULATION_EXISTS")
    assert outcome.words == "About OPEN_CIRCULATION_EXISTS"


def test_what_the_library_says_is_one_line_however_much_it_is() -> None:
    said = {**event("PATRON_INACTIVE"), "desc": "Not\r\nnow.", "payload": "in file x\n" * 500}
    words = said_of(checkout("i"), said).words
    assert words.startswith("Not now. in file x in file x")
    assert len(words) == LONGEST


def test_several_events_are_told_by_the_first_with_the_words_of_all() -> None:
    both = [event("PATRON_CARD_INACTIVE"), event("PATRON_INACTIVE")]
    outcome = said_of(checkout("i"), both)
    assert (outcome.kind, outcome.code) == ("refused", "PATRON_CARD_INACTIVE")
    assert outcome.words == "About PATRON_CARD_INACTIVE About PATRON_INACTIVE"


@pytest.mark.parametrize("nothing", [..., None, [], "", 7, {}, [None]])
def test_a_listed_line_without_an_event_is_unknown(nothing: object) -> None:
    assert said_of(checkout("i"), nothing).kind == "unknown"


def test_an_event_that_says_success_is_applied_as_text_or_as_a_number() -> None:
    assert said_of(checkout("i"), event("SUCCESS", "0")).kind == "applied"
    assert said_of(checkout("i"), event("SUCCESS", 0)).kind == "applied"


def test_a_return_that_belongs_elsewhere_is_noticed_and_sent_on() -> None:
    outcome = said_of(checkin("i"), event("ROUTE_ITEM", "7000"))
    assert (outcome.kind, outcome.route) == ("noticed", "transit")


def test_a_return_of_what_is_not_catalogued_is_noticed_but_its_loan_is_refused() -> None:
    assert said_of(checkin("i"), event("ITEM_NOT_CATALOGED")).kind == "noticed"
    assert said_of(checkout("i"), event("ITEM_NOT_CATALOGED")).kind == "refused"


def test_a_return_that_changes_nothing_is_applied() -> None:
    assert said_of(checkin("i"), event("NO_CHANGE", "3")).kind == "applied"


def test_a_return_with_a_real_fault_among_others_is_refused_and_asked_about() -> None:
    outcome = said_of(checkin("i"), [event("ROUTE_ITEM"), event("COPY_STATUS_LOST")])
    assert (outcome.kind, outcome.route) == ("refused", "ask")


def test_where_the_right_to_override_is_lacking_the_reason_is_what_was_in_the_way() -> None:
    lacking = event("PERM_FAILURE", "5000", ilsperm="MAX_RENEWALS_REACHED.override", ilspermloc=4)
    outcome = said_of(checkout("i"), lacking)
    assert outcome.code == "MAX_RENEWALS_REACHED"
    assert "MAX_RENEWALS_REACHED.override" in outcome.words


def test_what_the_server_says_of_too_many_is_among_the_words() -> None:
    outcome = said_of(checkout("i"), event("INTERNAL_SERVER_ERROR", payload="TOO MANY NON CATS"))
    assert "TOO MANY NON CATS" in outcome.words


@pytest.mark.parametrize("entry", [None, 7, "x", [], {}, {"command": None}, {"command": {}}])
def test_lines_of_others_do_not_count(entry: object) -> None:
    assert results.outcomes([checkout("i")], [entry], NOW)[0].kind == "applied"


def test_doubt_takes_back_only_what_nobody_has_said() -> None:
    one, two, three = checkin("i1"), checkin("i2"), checkin("i3")
    exceptions = [listed(two, event("NO_CHANGE")), listed(three, event("COPY_IN_TRANSIT"))]
    found = results.in_doubt(results.outcomes([one, two, three], exceptions, NOW), "missed")
    assert [(each.kind, each.code) for each in found] == [
        ("unknown", "missed"), ("applied", "NO_CHANGE"), ("refused", "COPY_IN_TRANSIT"),
    ]  # fmt: skip


DOCUMENTED = {
    "ROUTE_ITEM": ("checkin", "other_library"),
    "COPY_STATUS_LOST": ("checkin", "item_lost"),
    "CIRC_CLAIMS_RETURNED": ("checkin", "item_lost"),
    "ASSET_COPY_NOT_FOUND": ("checkout", "item_unknown"),
    "ACTOR_CARD_NOT_FOUND": ("checkout", "patron_unknown"),
    "ACTOR_USER_NOT_FOUND": ("checkout", "patron_unknown"),
    "OPEN_CIRCULATION_EXISTS": ("checkout", "item_elsewhere"),
    "MAX_RENEWALS_REACHED": ("renewal", "too_many"),
    "PATRON_INACTIVE": ("checkout", "patron_blocked"),
    "PATRON_ACCOUNT_EXPIRED": ("checkout", "patron_expired"),
    "PATRON_CARD_INACTIVE": ("checkout", "card_replaced"),
    "COPY_IN_TRANSIT": ("checkin", "in_transit"),
    "ITEM_NOT_CATALOGED": ("checkout", "not_lendable"),
    "COPY_RESERVED": ("checkout", "wanted"),
    "COPY_ALERT_MESSAGE": ("checkin", "alert"),
    "COPY_STATUS_MISSING": ("checkin", "item_lost"),
    "COPY_STATUS_LONG_OVERDUE": ("checkin", "item_lost"),
    "COPY_STATUS_LOST_AND_PAID": ("checkin", "item_lost"),
    "COPY_BAD_STATUS": ("checkin", "alert"),
    "TRANSIT_CHECKIN_INTERVAL_BLOCK": ("checkin", "in_transit"),
    "HOLD_CAPTURE_DELAYED": ("checkin", "hold_here"),
    "NO_CHANGE": ("checkin", "already_so"),
    "ACTION_CIRCULATION_NOT_FOUND": ("renewal", "not_on_loan"),
    "PERM_FAILURE": ("checkout", "no_right"),
    "SKIP_ASSET_CHANGED": ("checkin", "overtaken"),
    "USERNAME_EXISTS": ("registration", "patron_exists"),
    "PATRON_DUP_IDENT1": ("registration", "patron_exists"),
    "DATABASE_UPDATE_FAILED": ("registration", "server_fault"),
    "INTERNAL_SERVER_ERROR": ("checkout", "server_fault"),
    "NO_SESSION": ("checkout", "no_right"),
}
"""The events that its manual and its source name, with what staff are told of each."""


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_event_that_is_known_finds_its_advice(name: str) -> None:
    kind, fault = DOCUMENTED[name]
    outcome = said_of(checkin("i") if kind == "checkin" else checkout("i"), event(name))
    assert advice.of("evergreen", kind, outcome).fault == fault
