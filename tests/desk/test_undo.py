"""Undo: a void, a linked checkin, or the reason why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.desk_script import JONAS, LEFT_HAND, MAYA, MISREAD, SWEETGRASS, Day

from kiosk.desk.transactions import Checkin
from kiosk.desk.words import say


def test_undo_voids_what_was_not_delivered() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    assert day.stages == [(LEFT_HAND, "voiding")]
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "voided")]
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")
    assert day.recorded == []
    day.presses("done")
    assert day.printed == []


def test_an_undone_number_is_said_once() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail == say("undo.done_detail", item=LEFT_HAND)
    assert answer.item == ""


def test_undo_of_what_the_library_has_is_a_linked_checkin() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_confirms(title="The Left Hand of Darkness")
    day.presses("undo")
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "voided")]
    checkout, checkin = day.disk.transactions.values()
    assert isinstance(checkin, Checkin)
    assert (checkin.item, checkin.undoes, checkin.visit) == (LEFT_HAND, checkout.id, checkout.visit)
    day.presses("done")
    day.library_confirms()
    assert day.printed == []


def test_a_delivered_return_cannot_be_undone_and_staff_are_told_what_to_do() -> None:
    day = Day(online=True)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.library_confirms()
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_checkin")
    assert day.counting == [LEFT_HAND]


def test_a_return_that_was_not_delivered_is_voided() -> None:
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    assert day.recorded == []


def test_undo_waits_for_the_answer_of_what_is_under_way() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_is_asked()
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.wait", "undo.wait_detail")
    assert day.counting == [LEFT_HAND]


def test_undo_waits_for_the_disk() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "voided")]


def test_undo_twice_takes_back_the_last_two() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("undo", "undo")
    day.disk_syncs()
    assert day.counting == [LEFT_HAND]
    day.disk_syncs()
    assert day.counting == []


def test_undo_means_the_line_that_was_the_newest_where_it_was_pressed() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    seen = day.lines[0].id
    day.scans(SWEETGRASS)  # a scanner is quicker than the finger
    day.presses(f"undo:#{seen}")
    day.disk_syncs()
    day.disk_syncs()
    assert day.counting == [SWEETGRASS]
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")


def test_undo_pressed_by_two_at_once_takes_back_one_line() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    seen = day.lines[1].id
    day.presses(f"undo:#{seen}", f"undo:#{seen}")
    day.disk_syncs()
    day.disk_syncs()
    assert day.counting == [LEFT_HAND]
    assert day.answer == ("not_taken", "undo.gone", "undo.gone_detail")


def test_undo_of_a_line_whose_visit_is_over_says_so_and_where_it_can_be_undone() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    seen = day.lines[0].id
    day.presses("done", f"undo:#{seen}")
    assert day.answer == ("not_taken", "undo.over", "undo.over_detail")
    day.records(JONAS)  # a scanner is quicker than the finger
    day.presses(f"undo:#{seen}")
    assert day.answer == ("not_taken", "undo.over", "undo.over_detail")
    day.records(SWEETGRASS)
    day.presses(f"undo:#{seen}")
    assert day.answer == ("not_taken", "undo.over", "undo.over_detail")
    assert day.counting == [SWEETGRASS]


@pytest.mark.parametrize("days", [1, -1, 400])
def test_a_seen_line_is_undone_on_whatever_day_the_clock_is_by_now(days: int) -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    seen = day.lines[0].id
    day.clock_is("fine", "network", to=day.now + timedelta(days=days))
    day.records(SWEETGRASS)
    day.presses(f"undo:#{seen}")
    day.disk_syncs()
    day.disk_syncs()
    assert day.counting == [SWEETGRASS]
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")


def test_undo_of_a_seen_line_reaches_past_a_number_that_was_not_taken_when_pressed_again() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(MISREAD)
    day.presses("no")
    seen = day.lines[-1].id
    day.presses(f"undo:#{seen}")
    assert day.answer == ("not_taken", "undo.not_taken", "undo.not_taken_detail")
    day.presses(f"undo:#{seen}")
    day.disk_syncs()
    assert day.counting == []


def test_undo_never_reaches_past_a_number_that_was_not_taken() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(MISREAD)
    day.presses("no", "undo")
    assert day.answer == ("not_taken", "undo.not_taken", "undo.not_taken_detail")
    assert day.counting == [LEFT_HAND]


def test_undo_pressed_again_takes_back_the_item_before_it() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.scans(MISREAD, MISREAD)
    day.presses("no", "undo", "undo")
    day.disk_syncs()
    assert day.counting == [LEFT_HAND]
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.not_taken", "undo.not_taken_detail")


def test_undo_reaches_past_it_only_right_after_saying_so() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(MISREAD)
    day.presses("no", "undo", "due:7", "undo")
    assert day.counting == [LEFT_HAND]


def test_undo_reaches_past_it_to_nothing() -> None:
    day = Day()
    day.scans(MAYA, MISREAD)
    day.presses("no", "undo", "undo")
    assert day.answer == ("not_taken", "undo.nothing", "undo.nothing_detail")


def test_undo_with_nothing_there_says_so() -> None:
    day = Day()
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.nothing", "undo.nothing_detail")
    day.records(MAYA, LEFT_HAND, JONAS)
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.nothing", "undo.nothing_detail")


def test_an_undone_item_can_be_lent_after_all() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    day.records(LEFT_HAND)
    assert day.stages == [(LEFT_HAND, "voided"), (LEFT_HAND, "recorded")]


def test_an_item_scanned_while_it_is_being_undone_is_lent_anew() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    day.scans(LEFT_HAND)
    day.disk_syncs()
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "voided"), (LEFT_HAND, "recorded")]
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_the_next_card_waits_until_the_undo_is_on_the_disk() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("undo")
    day.scans(JONAS)
    assert day.patron == MAYA
    day.disk_syncs()
    assert day.patron == JONAS
    assert day.receipts == [("4417", [LEFT_HAND])]
