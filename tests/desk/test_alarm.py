"""The alarm: nothing is being recorded, and nobody is told otherwise."""

from __future__ import annotations

from support.desk_script import JONAS, LEFT_HAND, MAYA, MISREAD, SWEETGRASS, Day


def broken() -> Day:
    """The disk fails while an item is on its way to it, after another was recorded."""
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(SWEETGRASS)
    day.disk_fails()
    return day


def test_what_was_on_its_way_turns_red_and_the_alarm_comes_up() -> None:
    day = broken()
    assert day.stages == [(LEFT_HAND, "recorded"), (SWEETGRASS, "failed")]
    assert day.answer == ("not_taken", "alarm.headline", "alarm.use_paper")
    alarm = day.desk.state.alarm
    assert alarm is not None
    assert alarm.reason == "Input/output error"


def test_the_alarm_says_until_when_all_is_safe() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    safe = day.now.isoformat()
    day.seconds_pass(30)
    day.scans(SWEETGRASS)
    day.disk_fails()
    assert day.desk.state.alarm is not None
    assert day.desk.state.alarm.safe_until == safe


def test_the_alarm_is_told_once_however_much_fails() -> None:
    day = broken()
    first = day.desk.state.alarm
    day.presses("done")
    day.disk_fails("No space left on device")
    told = [answer.headline.key for answer in day.told]
    assert told.count("alarm.headline") == 1
    assert day.desk.state.alarm == first


def test_each_item_that_was_not_recorded_is_told_for_the_paper_and_no_card() -> None:
    day = broken()
    day.scans(LEFT_HAND)
    day.scans(JONAS)
    told = [x.item for x in day.told if x.headline.key == "alarm.not_recorded"]
    assert told == [SWEETGRASS, LEFT_HAND, ""]


def test_nothing_is_taken_during_the_alarm() -> None:
    day = broken()
    for scan in (LEFT_HAND, SWEETGRASS, JONAS, MISREAD):
        day.scans(scan)
        assert day.answer == ("not_taken", "alarm.not_recorded", "alarm.use_paper")
    day.presses("yes")
    day.presses("undo")
    assert day.waiting == []
    assert day.patron == MAYA


def test_a_question_from_before_the_alarm_is_not_a_way_around_it() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND, MISREAD)
    day.disk_fails()
    day.presses("yes")
    assert day.answer == ("neutral", "doubt.nothing", "")
    assert day.waiting == []


def test_what_was_held_back_is_refused_too() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND, JONAS, SWEETGRASS)
    day.disk_fails()
    assert day.patron == MAYA
    assert day.waiting == []
    assert [(answer.headline.key, answer.item) for answer in day.told[-4:]] == [
        ("alarm.headline", ""),
        ("alarm.not_recorded", LEFT_HAND),
        ("alarm.not_recorded", ""),
        ("alarm.not_recorded", SWEETGRASS),
    ]


def test_the_receipt_lists_only_what_is_safe() -> None:
    day = broken()
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_done_before_the_alarm_leaves_the_red_lines_on_show() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.presses("done")
    day.disk_fails()
    assert day.stages == [(LEFT_HAND, "failed")]


def test_after_the_alarm_the_red_items_are_scanned_again() -> None:
    day = broken()
    day.disk_is_back()
    assert day.answer == ("look", "alarm.over", "alarm.over_detail")
    assert day.desk.state.alarm is None
    day.records(SWEETGRASS)
    assert day.counting == [LEFT_HAND, SWEETGRASS]
    assert day.recorded == [("checkout", MAYA, LEFT_HAND), ("checkout", MAYA, SWEETGRASS)]


def test_a_red_item_that_reached_the_disk_after_all_is_not_delivered() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.disk_fails(written=True)
    day.disk_is_back()
    assert day.recorded == []


def test_a_void_that_failed_leaves_its_line_red_and_the_item_not_lent() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    day.disk_fails()
    assert day.stages == [(LEFT_HAND, "failed")]
    day.disk_is_back()
    assert day.recorded == []
    day.presses("done")
    assert day.printed == []


def test_an_undo_of_a_delivered_item_that_failed_leaves_it_lent_also_after_a_restart() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_confirms()
    day.presses("undo")
    day.disk_fails(written=True)
    assert day.stages == [(LEFT_HAND, "applied")]
    day.disk_is_back()
    day.is_killed()
    assert day.stages == [(LEFT_HAND, "applied")]


def test_an_alarm_with_nobody_there_is_an_alarm_all_the_same() -> None:
    day = Day()
    day.disk_fails()
    day.scans(MAYA)
    assert day.answer == ("not_taken", "alarm.not_recorded", "alarm.use_paper")
    assert day.patron is None


def test_commands_that_record_nothing_go_on_working() -> None:
    day = broken()
    day.presses("checkin", "reprint")
    assert day.receipts == [("4417", [LEFT_HAND])] * 2
