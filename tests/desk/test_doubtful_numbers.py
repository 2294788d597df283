"""Numbers that do not look right, at the desk: broken off, never seen, and who may use them anyway.

What staff fear is the truncated scan that fails the next day, when the book is gone. Evergreen's
offline window asks "use it anyway?" of a wrong check digit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.desk_script import BELOVED, LEFT_HAND, MAYA, MISREAD, PIPPI, Day, settings

from kiosk.desk.checks.barcodes import BarcodeRules, UseAnyway, luhn
from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.session.sessions import Member, Roster

if TYPE_CHECKING:
    from kiosk.desk.vocabulary import Role

MISREAD_CARD = "21234000094418"
KNOWN = [text for n in range(60) for d in range(10) if luhn(text := f"3123400{n:06d}{d}")]
ANY_LENGTH = settings(barcodes=BarcodeRules(item=(r"3\d{5,13}",), check_digit=False))


def a_desk_that_knows_its_items(**rules: object) -> Day:
    """At which nearly everything that was scanned lately was known."""
    day = Day(settings(barcodes=replace(BarcodeRules(), **rules)))  # type: ignore[arg-type]
    day.disk.titles |= dict.fromkeys(KNOWN, "A title")
    day.records(MAYA, *KNOWN)
    return day


# -- broken off ------------------------------------------------------------------------------------


def test_the_beginning_of_a_known_number_is_said_to_have_broken_off() -> None:
    day = Day()
    day.disk.titles[LEFT_HAND] = "The Left Hand of Darkness"
    day.records(MAYA)
    day.scans(LEFT_HAND[:9])
    assert day.answer == ("look", "doubt.headline", "scan.cut_short")
    day.scans("31234999")
    assert day.answer == ("look", "doubt.headline", "scan.unlike_label")


def test_it_is_caught_also_where_labels_may_have_any_length() -> None:
    day = Day(ANY_LENGTH)
    day.disk.titles[LEFT_HAND] = "The Left Hand of Darkness"
    day.records(MAYA)
    day.scans(LEFT_HAND[:9])
    assert day.answer[2] == "scan.cut_short"
    day.scans("yes")
    day.disk_syncs()
    assert day.counting == [LEFT_HAND[:9]]  # staff have the last word
    day.records(LEFT_HAND)
    assert day.counting == [LEFT_HAND[:9], LEFT_HAND]


def test_a_number_that_is_known_itself_is_not_doubted_for_a_longer_one() -> None:
    day = Day(ANY_LENGTH)
    day.disk.titles |= {LEFT_HAND: "A", LEFT_HAND[:9]: "B"}
    day.records(MAYA, LEFT_HAND[:9])
    assert day.counting == [LEFT_HAND[:9]]


def test_nothing_is_said_of_what_other_cards_begin_with() -> None:
    day = Day()
    day.disk.titles[LEFT_HAND] = "A"
    day.records(MAYA)
    day.presses("done")
    day.scans(MAYA[:9])
    assert day.answer == ("look", "doubt.headline", "scan.unlike_label")


# -- never seen ------------------------------------------------------------------------------------


def test_where_everything_is_known_an_item_never_seen_is_asked_about() -> None:
    day = a_desk_that_knows_its_items()
    day.scans(BELOVED)
    assert day.answer == ("look", "doubt.headline", "scan.unseen")
    assert BELOVED not in day.counting
    day.scans("yes")
    day.disk_syncs()
    assert BELOVED in day.counting


def test_once_taken_it_is_known() -> None:
    day = a_desk_that_knows_its_items()
    day.scans(BELOVED, "yes")
    day.disk_syncs()
    day.presses("done", "checkin")
    day.records(BELOVED)
    assert day.counting == [BELOVED]


def test_a_new_desk_asks_about_nothing() -> None:
    day = Day()
    day.records(MAYA, *KNOWN)
    assert day.counting == KNOWN


def test_where_one_in_eight_is_not_known_nobody_is_asked() -> None:
    day = Day()
    day.disk.titles |= {item: "A title" for n, item in enumerate(KNOWN) if n % 8}
    day.records(MAYA, *KNOWN)
    assert day.counting == KNOWN


def test_while_the_library_answers_it_says_itself_what_it_does_not_know() -> None:
    day = a_desk_that_knows_its_items()
    day.library_is_reached()
    day.records(BELOVED)
    assert day.counting[-1] == BELOVED


def test_nothing_is_asked_where_that_is_switched_off() -> None:
    day = a_desk_that_knows_its_items(ask_unseen=False)
    day.records(BELOVED)
    assert day.counting[-1] == BELOVED


def test_an_item_that_is_only_looked_up_is_not_doubted() -> None:
    day = a_desk_that_knows_its_items()
    day.presses("done")
    day.scans(BELOVED)
    assert day.answer[2] == "holder.nobody"


# -- who may use it anyway -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "role", "asked"),
    [
        ("staff", "", True),
        ("supervisor", "", False),
        ("supervisor", "staff", False),
        ("supervisor", "supervisor", True),
        ("supervisor", "administrator", True),
        ("nobody", "administrator", False),
    ],
)
def test_who_may_use_a_number_that_does_not_look_right(
    who: UseAnyway, role: Role, asked: bool
) -> None:
    day = Day(settings(barcodes=BarcodeRules(use_anyway=who)))
    day.desk._work.set(session=replace(day.desk.session, role=role))
    day.records(MAYA)
    day.scans(MISREAD)
    assert (day.desk.state.asked is not None) == asked
    expected = ("look", "doubt.headline") if asked else ("not_taken", "scan.not_taken")
    assert day.answer == (*expected, "scan.check_digit")
    day.scans("yes")
    day.disk_syncs()
    assert day.counting == ([MISREAD] if asked else [])


STAFF = Roster(
    members=(
        Member(number="1", name="Ines", role="staff", badge=""),
        Member(number="2", name="Tomas", role="supervisor", badge="B-200"),
    )
)


def a_day_with_a_supervisor_near() -> Day:
    rules = BarcodeRules(use_anyway="supervisor")
    day = Day(settings(barcodes=rules), roster=STAFF, pins={"1": "2741", "2": "8316"})
    day.logs_in("1", "yes")
    day.records(MAYA)
    day.scans(MISREAD)
    assert day.answer == ("look", "doubt.headline", "scan.check_digit")
    day.presses("yes")
    return day


def test_a_supervisor_may_come_over_and_give_the_pin() -> None:
    day = a_day_with_a_supervisor_near()
    day.scans("B-200")
    day.types("8316")
    day.disk_syncs()
    assert day.counting == [MISREAD]


def allowed(day: Day) -> list[tuple[str, str]]:
    """What is on the disk: the item, and who allowed a number."""
    return [(x.item, x.allowed_by) for x in day.disk.transactions.values()]


def test_who_allowed_a_number_is_recorded_with_it_and_with_nothing_else() -> None:
    day = a_day_with_a_supervisor_near()
    day.scans("B-200")
    day.types("8316")
    day.disk_syncs()
    day.records(LEFT_HAND)
    assert allowed(day) == [(MISREAD, "Tomas"), (LEFT_HAND, "")]


def test_who_allowed_a_card_is_recorded_with_all_that_is_lent_on_it_also_after_a_crash() -> None:
    rules = BarcodeRules(use_anyway="supervisor")
    day = Day(settings(barcodes=rules), roster=STAFF, pins={"1": "2741", "2": "8316"})
    day.logs_in("1", "yes")
    day.scans(MISREAD_CARD, "yes", "B-200")
    day.types("8316")
    day.records(LEFT_HAND)
    day.is_killed()
    day.records(BELOVED, MAYA, PIPPI)
    assert allowed(day) == [(LEFT_HAND, "Tomas"), (BELOVED, "Tomas"), (PIPPI, "")]


def test_what_is_asked_besides_loses_nothing_of_it_and_the_number_is_not_asked_about_again() -> (
    None
):
    rules, warned = BarcodeRules(use_anyway="supervisor"), FunctionRules(renew="warn")
    day = Day(
        settings(barcodes=rules, functions=warned), roster=STAFF, pins={"1": "2741", "2": "8316"}
    )
    day.logs_in("1", "yes")
    day.presses("renew", "yes")
    day.desk._work.set(agreed=frozenset())  # as after another session has begun
    day.scans(MISREAD, "yes", "B-200")
    day.types("8316")
    assert day.answer[1] == "function.warn.renew"
    day.presses("yes")
    day.disk_syncs()
    assert allowed(day) == [(MISREAD, "Tomas")]


def test_a_yes_to_a_number_is_not_asked_for_again_after_the_warning_of_a_function() -> None:
    day = Day(settings(functions=FunctionRules(checkout="warn")))
    day.scans(MISREAD_CARD, "yes")
    assert day.answer[1] == "function.warn.checkout"
    day.presses("yes")
    assert day.patron == MISREAD_CARD


@pytest.mark.parametrize("online", [False, True])
def test_who_allowed_a_card_is_recorded_also_where_a_block_is_overridden(online: bool) -> None:
    rules = BarcodeRules(use_anyway="supervisor")
    day = Day(
        settings(barcodes=rules), roster=STAFF, pins={"1": "2741", "2": "8316"}, online=online
    )
    day.logs_in("1", "yes")
    day.disk.block_list[MISREAD_CARD] = Listed(("blocked",), day.now.date())
    day.scans(MISREAD_CARD, "yes", "B-200")
    day.types("8316")
    day.library_is_lost()
    day.scans("yes", "B-200")
    for text in ("8316", "settled"):
        day.types(text)
    day.records(LEFT_HAND)
    assert allowed(day) == [(LEFT_HAND, "Tomas")]


def test_without_the_pin_nothing_is_used() -> None:
    day = a_day_with_a_supervisor_near()
    day.scans("B-200")
    day.types("1111")
    assert day.counting == []
    day.presses("no")
    day.records(LEFT_HAND)
    assert day.counting == [LEFT_HAND]


def test_a_new_book_can_be_lent_by_anyone() -> None:
    day = a_desk_that_knows_its_items(use_anyway="nobody")
    day.scans(PIPPI, "yes")
    day.disk_syncs()
    assert day.counting[-1] == PIPPI
