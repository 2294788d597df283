"""Done: what it waits for, what it prints, and what may come between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    SWEETGRASS,
    Day,
    settings,
)

from kiosk.desk.policy import NoncatKind
from kiosk.desk.words import say


def test_done_prints_the_receipt_and_closes_the_visit() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND, SWEETGRASS])]
    assert day.patron is None
    assert day.answer == ("neutral", "done.lent", "visit.card")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.headline == say("done.lent", count=2)


def test_items_without_a_barcode_count_one_by_one_as_on_the_receipt() -> None:
    day = Day(settings(noncat=(NoncatKind(code="2", name="Paperback"),)))
    day.records(MAYA, LEFT_HAND)
    day.presses("noncat")
    day.types("3")
    day.disk_syncs()
    day.presses("done")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.headline == say("done.lent", count=4)


def test_done_without_slip_prints_nothing() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done-noslip")
    assert day.printed == []
    assert day.answer == ("neutral", "done.lent", "visit.card")


def test_done_at_two_screens_says_no_more_than_at_one() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    said = day.desk.state.answers, len(day.told)
    day.seconds_pass(1)
    day.presses("done", "done-noslip")
    assert (day.desk.state.answers, len(day.told)) == said
    assert day.answer == ("neutral", "done.lent", "visit.card")
    assert len(day.receipts) == 1
    day.seconds_pass(10)
    day.presses("done")
    assert day.answer == ("neutral", "done.nobody", "")


def test_done_with_nobody_there_says_so() -> None:
    day = Day()
    day.presses("done")
    assert day.answer == ("neutral", "done.nobody", "")
    assert day.desk.state.closing is None


def test_done_with_nothing_scanned_prints_nothing() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("done")
    assert day.patron is None
    assert day.printed == []
    assert day.desk.state.last is None


def test_done_waits_for_the_disk_however_long_it_takes() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.presses("done")
    day.seconds_pass(60)
    assert day.patron == MAYA
    day.disk_syncs()
    assert day.patron is None
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_offline_done_does_not_wait_at_all() -> None:
    day = Day(online=False)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert day.patron is None


def test_online_done_waits_for_the_librarys_last_answer() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, BELOVED)
    day.presses("done")
    day.library_confirms(title="The Left Hand of Darkness")
    assert day.patron == MAYA
    day.library_refuses("On hold.")
    assert day.patron is None
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert day.printed[0].lines[0].title == "The Left Hand of Darkness"


def test_online_done_waits_for_two_seconds_at_most() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.seconds_pass(1.9)
    assert day.patron == MAYA
    day.seconds_pass(0.2)
    assert day.patron is None
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_pressing_done_again_does_not_make_it_wait_longer() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.seconds_pass(1.5)
    day.presses("done-noslip")
    day.seconds_pass(0.6)
    assert day.patron is None
    assert day.printed == []


def test_a_clock_set_back_does_not_make_done_wait_longer() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.now -= timedelta(hours=1)
    day.seconds_pass(0.25)
    assert day.patron is None


def test_losing_the_library_ends_the_wait() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_is_lost()
    assert day.patron is None
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_the_next_card_does_not_wait_for_the_library() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.scans(JONAS)
    assert day.patron == JONAS
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_the_next_card_keeps_a_done_without_slip() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done-noslip")
    day.scans(JONAS)
    assert day.printed == []


def test_one_more_item_takes_done_back() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.records(SWEETGRASS)
    day.seconds_pass(5)
    assert day.patron == MAYA
    assert day.counting == [LEFT_HAND, SWEETGRASS]


@pytest.mark.parametrize("word", ["done", "done-noslip"])
def test_the_same_card_again_takes_done_back_and_says_so(word: str) -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses(word)
    day.scans(MAYA)
    assert day.answer == ("look", "done.taken_back", "done.taken_back_detail")
    day.seconds_pass(5)
    assert day.patron == MAYA
    assert day.printed == []


def test_whose_card_comes_again_has_one_receipt_at_the_end() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, BELOVED)
    day.presses("done")
    day.scans(MAYA)
    day.library_confirms()
    day.library_refuses("On hold.")  # seen by staff, and no exception
    day.records(SWEETGRASS)
    day.library_confirms()
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND, SWEETGRASS])]
    assert len({x.visit for x in day.disk.transactions.values()}) == 1
    assert day.settled


def test_what_done_said_holds_until_the_card_comes_again_after_it() -> None:
    """Then the visit has closed, with its receipt, and another one begins."""
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_confirms()
    day.scans(MAYA)
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert day.answer[1] == "visit.opened"
    assert day.lines == ()


def test_what_was_held_back_is_done_as_if_the_disk_had_been_quick() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND, JONAS)
    day.presses("done")
    day.scans(SWEETGRASS)  # nobody is there any more: who has it?
    day.disk_syncs()
    assert day.patron is None
    assert day.answer == ("look", SWEETGRASS, "holder.nobody")
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_changing_to_returns_closes_the_visit() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("checkin")
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert day.told[-1].headline == say("mode.checkin")
    assert day.desk.state.answer is None


def test_a_library_that_prints_no_receipts_gets_none() -> None:
    day = Day(settings(receipts="none"))
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert day.printed == []


def test_slips_for_each_item_are_printed_as_it_is_taken() -> None:
    day = Day(settings(receipts="item"))
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    assert day.receipts == [("4417", [LEFT_HAND]), ("4417", [SWEETGRASS])]
    day.presses("done")
    assert len(day.printed) == 2


def test_slips_wait_for_the_library_where_it_answers() -> None:
    day = Day(settings(receipts="item"), online=True)
    day.records(MAYA, LEFT_HAND, BELOVED, SWEETGRASS)
    assert day.printed == []
    day.library_confirms(title="The Left Hand of Darkness")
    day.library_refuses("On hold.")
    assert day.receipts == [("4417", [LEFT_HAND])]
    day.presses("done")
    day.seconds_pass(3)
    assert day.receipts == [("4417", [LEFT_HAND]), ("4417", [SWEETGRASS])]


def test_a_receipt_can_be_had_again() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "reprint")
    assert day.receipts == [("4417", [LEFT_HAND])] * 2
    assert [receipt.again for receipt in day.printed] == [False, True]
    assert day.answer == ("neutral", "reprint.done", "visit.card")


def test_an_older_receipt_can_be_had_again_by_card_or_item() -> None:
    day = Day(settings(receipts="none"))
    day.records(MAYA, LEFT_HAND, JONAS, SWEETGRASS)
    day.presses("done", f"reprint:{MAYA}", f"reprint:{SWEETGRASS}", f"reprint:{BELOVED}")
    assert day.receipts == [("4417", [LEFT_HAND]), ("4944", [SWEETGRASS])]
    assert day.answer == ("not_taken", "reprint.nothing", "reprint.nothing_detail")


def test_a_label_with_letters_finds_its_receipt_again() -> None:
    day = Day()
    day.records(MAYA)
    day.scans("B00417x", "yes")
    day.disk_syncs()
    day.presses("done", "reprint:B00417x")
    assert day.receipts == [("4417", ["B00417x"])] * 2


def test_a_printer_that_fails_stops_nothing() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.printer_fails()
    assert day.answer == ("look", "print.failed", "printer.paper_out")
    day.records(JONAS, SWEETGRASS)
    assert day.counting == [SWEETGRASS]


def test_a_receipt_that_fails_late_says_whose_it_is_once_somebody_else_has_come() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.printer_fails("4417")
    assert day.answer == ("look", "print.failed", "printer.paper_out")
    day.records(JONAS, SWEETGRASS)
    day.printer_fails("4417")
    assert day.answer == ("look", "print.failed", "print.whose")
    assert day.desk.state.answer.detail.args["whose"] == say("visit.card", ending="4417")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ((), "done.lent_none"),
        (("renew",), "done.renewed_none"),
        (("inhouse",), "done.used_none"),
        (("checkin",), "done.returned_none"),
    ],
)
def test_where_nothing_was_done_no_number_is_told(before: tuple[str, ...], said: str) -> None:
    day = Day()
    day.presses(*before)
    if said in ("done.lent_none", "done.renewed_none"):
        day.scans(MAYA)
    else:
        day.records(LEFT_HAND)
        day.presses("undo")
        day.disk_syncs()
    day.presses("done")
    assert day.answer[1] == said
