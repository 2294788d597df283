"""Returns: one after the other, today or with the book drop's day."""

from __future__ import annotations

from datetime import date

import pytest
from support.desk_script import BELOVED, LEFT_HAND, MAYA, SWEETGRASS, Day

from kiosk.desk.transactions import Checkin
from kiosk.view.picture import reminders


def returns() -> Day:
    day = Day()
    day.presses("checkin")
    return day


def test_an_item_is_returned_without_a_card() -> None:
    day = returns()
    day.scans(LEFT_HAND)
    assert day.stages == [(LEFT_HAND, "recording")]
    day.disk_syncs()
    assert day.answer == ("recorded", LEFT_HAND, "recorded.returned_later")
    assert day.recorded == [("checkin", "", LEFT_HAND)]


def test_items_returned_one_after_the_other_are_one_batch() -> None:
    day = returns()
    day.records(LEFT_HAND, SWEETGRASS)
    assert len({x.visit for x in day.disk.transactions.values()}) == 1
    day.presses("done")
    assert day.answer == ("neutral", "done.returned", "")
    assert day.printed == []


def test_the_library_answers_for_a_return() -> None:
    day = returns()
    day.library_is_reached()
    day.records(LEFT_HAND)
    assert day.answer == ("recorded", LEFT_HAND, "recorded.returned_asking")
    day.library_confirms(title="The Left Hand of Darkness")
    assert day.answer == ("confirmed", "The Left Hand of Darkness", "confirmed.checkin")
    day.records(BELOVED)
    day.library_notices("Hold shelf.")
    assert day.answer == ("look", BELOVED, "Hold shelf.")


def test_a_return_that_an_outage_overtakes_is_to_be_kept_off_the_shelves() -> None:
    day = returns()
    day.library_is_reached()
    day.records(LEFT_HAND)
    day.library_is_lost()
    assert day.answer == ("recorded", LEFT_HAND, "recorded.returned_later")


def test_a_refused_return_says_so() -> None:
    day = returns()
    day.records(LEFT_HAND)
    day.library_refuses("Unknown item.")
    assert day.answer == ("not_taken", "refused.checkin", "Unknown item.")


def test_the_same_return_twice_is_caught() -> None:
    day = returns()
    day.records(LEFT_HAND, LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "item.already_returned")
    assert day.recorded == [("checkin", "", LEFT_HAND)]


def test_an_item_that_comes_back_later_the_same_day_is_returned_again() -> None:
    day = returns()
    day.records(LEFT_HAND)
    day.seconds_pass(3 * 3600)  # lent at another desk meanwhile; nobody pressed Done here
    day.records(LEFT_HAND, LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "item.already_returned")
    assert day.recorded == [("checkin", "", LEFT_HAND)] * 2


def test_a_book_drop_day_holds_until_it_is_changed() -> None:
    day = Day()
    day.presses("bookdrop:2026-11-20")
    assert day.answer == ("look", "bookdrop.set", "bookdrop.set_detail")
    day.records(LEFT_HAND)
    day.presses("done", "bookdrop:today")
    assert day.answer == ("neutral", "bookdrop.off", "")
    day.records(SWEETGRASS)
    first, second = day.disk.transactions.values()
    assert isinstance(first, Checkin)
    assert isinstance(second, Checkin)
    assert (first.returned, second.returned) == (date(2026, 11, 20), None)


def test_a_book_drop_day_turns_the_desk_to_returns_and_closes_the_patrons_visit() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans("BOOKDROP YESTERDAY")
    assert day.desk.state.mode == "checkin"
    assert day.desk.state.bookdrop == date(2026, 11, 20)
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_a_book_drop_day_waits_for_items_on_their_way_to_the_disk() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.presses("bookdrop:yesterday")
    day.scans(SWEETGRASS)
    assert day.desk.state.mode == "checkout"
    day.disk_syncs()
    day.disk_syncs()
    assert day.desk.state.bookdrop == date(2026, 11, 20)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND), ("checkin", "", SWEETGRASS)]


@pytest.mark.parametrize(
    ("name", "day_of_return"), [("friday", 20), ("Sunday", 15), ("SATURDAY", 14), ("1", 20)]
)
def test_a_weekday_is_the_last_one_before_today(name: str, day_of_return: int) -> None:
    day = Day()  # a Saturday
    day.presses(f"bookdrop:{name}")
    assert day.desk.state.bookdrop == date(2026, 11, day_of_return)


def test_the_wizard_of_the_documents_step_by_step() -> None:
    """Symphony's procedures, "DISCHARGE/CHECKIN WIZARD" I to V, as a day at the desk."""
    day = Day()
    day.presses("checkin")  # I: the session's settings stand; II: scan or type the item
    day.types(LEFT_HAND)
    day.disk_syncs()
    day.presses("bookdrop:sunday")  # III: what was in the book drop, with its date
    assert [phrase.key for phrase in reminders(day.desk.state)] == ["remind.bookdrop"]
    day.records(SWEETGRASS, BELOVED)
    returned = [(line.item, line.returned) for line in day.lines]  # IV: item and date in sight
    assert returned[1:] == [(SWEETGRASS, date(2026, 11, 15)), (BELOVED, date(2026, 11, 15))]
    assert day.desk.state.keep_off_shelves  # V: wait with shelving
    assert day.desk.state.returns.unanswered == 3
    for _ in range(3):
        day.seconds_pass(60)
        day.library_confirms()
    assert not day.desk.state.keep_off_shelves
    assert day.desk.state.returns.cart == 3


@pytest.mark.parametrize("value", ["2026-11-22", "tomorrow", "0001-01-01", "21", "2026-02-30"])
def test_a_day_that_cannot_be_one_of_return_is_refused(value: str) -> None:
    day = Day()
    day.presses(f"bookdrop:{value}")
    assert day.answer == ("not_taken", "bookdrop.unreadable", "bookdrop.how")
    assert day.desk.state.mode == "checkout"


def test_a_card_among_returns_opens_its_patron() -> None:
    day = returns()
    day.records(LEFT_HAND, MAYA, SWEETGRASS)
    assert day.recorded == [("checkin", "", LEFT_HAND), ("checkout", MAYA, SWEETGRASS)]
    assert day.desk.state.mode == "checkout"
