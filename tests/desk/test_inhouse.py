"""In-house use: what was used in the library is counted (Evergreen's "In-house Use" tab)."""

from __future__ import annotations

import pytest
from support.desk_script import LEFT_HAND, MAYA, SWEETGRASS, Day

from kiosk.desk.transactions import InHouseUse
from kiosk.desk.words import say


def counted(day: Day) -> list[tuple[str, int]]:
    return [(x.item, x.count) for x in day.disk.transactions.values() if isinstance(x, InHouseUse)]


def test_each_item_counts_once() -> None:
    day = Day()
    day.presses("inhouse")
    day.records(LEFT_HAND, SWEETGRASS)
    assert counted(day) == [(LEFT_HAND, 1), (SWEETGRASS, 1)]
    day.presses("done")
    assert day.answer == ("neutral", "done.used", "")
    assert day.printed == []


def test_another_count_is_for_the_next_item_alone() -> None:
    day = Day()
    day.presses("count:3")
    assert day.answer == ("look", "count.set", "count.set_detail")
    day.records(LEFT_HAND, SWEETGRASS)
    assert counted(day) == [(LEFT_HAND, 3), (SWEETGRASS, 1)]
    assert day.lines[0].count == 3
    used = [(x.aside_label, x.aside) for x in day.told if x.item == LEFT_HAND]
    assert used == [(say("answer.used"), say("answer.uses", count=3))]


@pytest.mark.parametrize("value", ["0", "100", "x", "-1", "1.5", "٣", "9" * 5000])
def test_a_count_is_from_1_to_99(value: str) -> None:
    day = Day()
    day.presses("inhouse", f"count:{value}")
    assert day.answer == ("not_taken", "count.unreadable", "count.how")
    day.records(LEFT_HAND)
    assert counted(day) == [(LEFT_HAND, 1)]


def test_a_crash_brings_the_count_back_for_one_item() -> None:
    day = Day()
    day.presses("count:5")
    day.disk_syncs()
    day.is_killed()
    day.records(LEFT_HAND)
    day.is_killed()
    day.records(SWEETGRASS)
    assert counted(day) == [(LEFT_HAND, 5), (SWEETGRASS, 1)]


def test_a_count_is_forgotten_with_the_mode() -> None:
    day = Day()
    day.presses("count:5", "checkin", "inhouse")
    day.records(LEFT_HAND)
    assert counted(day) == [(LEFT_HAND, 1)]


def test_the_same_item_scanned_twice_is_said() -> None:
    day = Day()
    day.presses("inhouse")
    day.records(LEFT_HAND, LEFT_HAND)
    assert counted(day) == [(LEFT_HAND, 1)]
    assert day.answer[2] == "item.already_used"
    day.seconds_pass(3600)
    day.records(LEFT_HAND)
    assert counted(day) == [(LEFT_HAND, 1), (LEFT_HAND, 1)]


def test_it_closes_the_visit_before() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("inhouse")
    assert day.receipts == [(MAYA[-4:], [LEFT_HAND])]
    day.records(SWEETGRASS)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND), ("in_house_use", "", SWEETGRASS)]


def test_a_use_that_the_library_has_counted_cannot_be_undone() -> None:
    day = Day(online=True)
    day.presses("inhouse")
    day.records(LEFT_HAND)
    day.library_confirms()
    assert day.answer[2] == "confirmed.in_house_use"
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_in_house_use")


def test_a_card_begins_a_checkout() -> None:
    day = Day()
    day.presses("inhouse")
    day.records(LEFT_HAND, MAYA, SWEETGRASS)
    assert day.recorded[-1] == ("checkout", MAYA, SWEETGRASS)
