"""Lending: a card, its items, and what the desk answers to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.desk_script import (
    BELOVED,
    ISBN,
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    PIPPI,
    SWEETGRASS,
    Day,
    due_in,
    settings,
)

from kiosk.desk.transactions import Checkout
from kiosk.desk.words import say

if TYPE_CHECKING:
    from datetime import datetime


def test_a_card_opens_its_patron_and_asks_the_library_whose_it_is() -> None:
    day = Day()
    day.scans(MAYA)
    assert day.answer == ("neutral", "visit.opened", "visit.card")
    assert day.patron == MAYA
    assert day.asked == [MAYA]


def test_an_item_is_acknowledged_only_when_the_disk_has_it() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    assert day.stages == [(LEFT_HAND, "recording")]
    assert day.answer == ("neutral", "visit.opened", "visit.card")
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "recorded")]
    assert day.answer == ("recorded", LEFT_HAND, "recorded.later")


def test_what_is_recorded_says_who_what_when_and_where() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.types(SWEETGRASS)
    day.disk_syncs()
    first, second = day.disk.transactions.values()
    assert isinstance(first, Checkout)
    assert (first.patron, first.item, first.due) == (MAYA, LEFT_HAND, due_in(21))
    assert (first.position, second.position) == (1, 2)
    assert (first.source, second.source) == ("scan", "typed")
    assert first.visit == second.visit
    assert first.at == day.now
    assert (first.boot, first.terminal, first.staff) == ("boot", "desk-1", "Ines")
    assert (first.library, first.profile) == ("Northside Branch Library", "Circulation")
    assert (first.desk_session, first.id != second.id) == ("session", True)


def test_online_the_library_answers_while_the_patron_stands_there() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    assert day.answer == ("recorded", LEFT_HAND, "recorded.asking")
    day.library_confirms(title="The Left Hand of Darkness")
    assert day.answer == ("confirmed", "The Left Hand of Darkness", "confirmed.checkout")
    assert day.stages == [(LEFT_HAND, "applied")]


def test_an_answer_that_an_outage_holds_back_is_waited_for_no_longer() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    sounds = len(day.told)
    day.library_is_lost()
    assert day.answer == ("recorded", LEFT_HAND, "recorded.later")
    assert len(day.told) == sounds


def test_an_outage_leaves_what_the_library_has_said_as_it_is() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_confirms(title="The Left Hand of Darkness")
    day.library_is_lost()
    assert day.answer == ("confirmed", "The Left Hand of Darkness", "confirmed.checkout")


def test_an_older_items_confirmation_does_not_hide_the_answer_to_the_last_scan() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.library_confirms(title="The Left Hand of Darkness")
    assert day.answer == ("recorded", SWEETGRASS, "recorded.asking")
    assert day.told[-1].headline == say("plain.text", text="The Left Hand of Darkness")


def test_a_title_that_was_learnt_is_shown_before_the_library_answers() -> None:
    day = Day()
    day.disk.titles[LEFT_HAND] = "The Left Hand of Darkness"
    day.records(MAYA, LEFT_HAND, PIPPI)
    day.scans("done")
    assert [line.title for line in day.printed[-1].lines] == ["The Left Hand of Darkness", ""]


def test_a_refusal_is_shown_comes_off_the_receipt_and_is_settled_there_and_then() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, BELOVED)
    day.library_refuses("On hold for another patron.")
    assert day.answer == ("not_taken", "refused.checkout", "On hold for another patron.")
    assert len(day.settled) == 1
    day.library_confirms()
    day.presses("done")
    assert day.receipts == [("4417", [BELOVED])]


def test_a_refusal_without_words_says_what_to_do() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_refuses()
    assert day.answer == ("not_taken", "refused.checkout", "refused.no_words")


def test_a_refused_item_may_be_scanned_again() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_refuses("Fines.")
    day.records(LEFT_HAND)
    assert day.stages == [(LEFT_HAND, "refused"), (LEFT_HAND, "recorded")]


def test_a_notice_asks_for_attention_and_counts_as_lent() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_notices("Has a CD in the back cover.")
    assert day.answer == ("look", LEFT_HAND, "Has a CD in the back cover.")
    assert day.counting == [LEFT_HAND]


def test_a_patron_who_is_here_is_told_another_due_date_of_the_librarys() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_notices(code="due-differs", due=due_in(7))
    assert day.answer == ("look", LEFT_HAND, "noticed.due_differs")
    assert day.lines[0].due == due_in(7)
    day.is_killed()
    assert day.lines[0].due == due_in(7)
    day.library_is_reached()
    day.presses("done", "reprint", f"reprint:{MAYA}")
    assert dues(day) == [due_in(7)] * 3
    day.is_killed()
    day.presses("reprint")
    assert dues(day) == [due_in(7)] * 4
    holder = day.disk.holder(LEFT_HAND)
    assert holder is not None
    assert holder.due == due_in(7)


def test_a_slip_that_waits_for_the_library_has_its_due_date() -> None:
    day = Day(settings(receipts="item"), online=True)
    day.records(MAYA, LEFT_HAND)
    assert day.printed == []
    day.library_notices(code="due-differs", due=due_in(7))
    assert dues(day) == [due_in(7)]


def test_a_due_date_that_was_told_on_paper_stays_and_needs_a_person() -> None:
    slips, again = Day(settings(receipts="item")), Day(online=True)
    slips.records(MAYA, LEFT_HAND)
    slips.library_is_reached()
    again.records(MAYA, LEFT_HAND)
    again.presses(f"reprint:{MAYA}")
    for day in (slips, again):
        day.library_notices(code="due-differs", due=due_in(7))
        assert day.answer == ("look", LEFT_HAND, "noticed.due_differs")
        assert day.settled == []
        day.presses("done", "reprint")
        assert {*dues(day)} == {due_in(21)}


def test_a_due_date_that_the_library_gives_too_late_changes_nothing() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_is_reached()
    day.library_notices(code="due-differs", due=due_in(7))
    day.presses("reprint", f"reprint:{MAYA}")
    assert dues(day) == [due_in(21)] * 3
    assert day.settled == []


def dues(day: Day) -> list[datetime]:
    """The due dates that were printed."""
    return [line.due for receipt in day.printed for line in receipt.lines]


def test_a_lost_reply_counts_as_lent() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_loses_the_reply()
    assert day.answer == ("look", LEFT_HAND, "unknown.look")
    assert day.counting == [LEFT_HAND]


def test_the_same_item_twice_is_caught() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "item.already_lent")
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_the_same_item_twice_is_caught_before_the_disk_has_the_first() -> None:
    day = Day()
    day.scans(MAYA, LEFT_HAND, LEFT_HAND)
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_the_next_card_closes_the_visit_before_and_prints_its_receipt() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, JONAS)
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert day.patron == JONAS
    assert day.told[-2].headline == say("done.lent", count=1)


def test_the_next_card_waits_for_items_on_their_way_to_the_disk() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND, JONAS, SWEETGRASS)
    assert day.patron == MAYA
    day.disk_syncs()
    assert day.patron == JONAS
    assert day.receipts == [("4417", [LEFT_HAND])]
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, LEFT_HAND), ("checkout", JONAS, SWEETGRASS)]


def test_the_same_card_again_changes_nothing() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, MAYA)
    assert day.answer == ("look", "card.already_here", "")
    assert day.counting == [LEFT_HAND]


def test_an_item_with_nobody_there_says_who_has_it() -> None:
    day = Day()
    day.scans(LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "holder.nobody")
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.scans(LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "holder.card")
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_who_has_an_item_begins_with_its_title_where_that_is_known() -> None:
    day = Day()
    day.disk.titles[LEFT_HAND] = "The Left Hand of Darkness"
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    for how in (lambda: day.scans(LEFT_HAND), lambda: day.presses(f"who:{LEFT_HAND}")):
        how()
        assert day.answer == ("look", "The Left Hand of Darkness", "holder.of")
        answer = day.desk.state.answer
        assert answer is not None
        assert answer.detail is not None
        assert answer.detail.args["item"] == LEFT_HAND
        assert getattr(answer.detail.args["says"], "key", "") == "holder.card"
        assert not answer.mono


def test_the_library_says_whose_card_it_is() -> None:
    day = Day(online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, name="Maya Lindqvist")
    visit = day.desk.state.visit
    assert visit is not None
    assert (visit.name, visit.note) == ("Maya Lindqvist", None)


def test_the_librarys_advice_against_lending_is_shown_and_does_not_stop_the_desk() -> None:
    day = Day(online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, refuses="Card reported lost.")
    assert day.answer == ("look", "patron.not_valid", "patron.blocked_words")
    day.library_knows(MAYA, refuses="")
    assert day.answer == ("look", "patron.not_valid", "patron.blocked")
    day.records(LEFT_HAND)
    assert day.counting == [LEFT_HAND]


def test_an_answer_about_the_patron_before_is_not_put_on_this_one() -> None:
    day = Day(online=True)
    day.scans(MAYA, JONAS)
    day.library_knows(MAYA, name="Maya Lindqvist")
    visit = day.desk.state.visit
    assert visit is not None
    assert visit.name == ""


def test_an_isbn_is_refused_with_the_reason_and_stands_in_the_history() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(ISBN)
    assert day.answer == ("not_taken", "scan.not_taken", "scan.isbn")
    assert day.stages == [(ISBN, "not_taken")]
    assert day.recorded == []


def test_half_a_scan_is_not_taken() -> None:
    day = Day()
    day.records(MAYA)
    day.scans_damaged("31234000")
    assert day.answer == ("not_taken", "scan.not_taken", "scan.damaged")
    assert day.stages == [("31234000", "not_taken")]


def test_a_misread_digit_is_asked_about_and_staff_have_the_last_word() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(MISREAD)
    assert day.answer == ("look", "doubt.headline", "scan.check_digit")
    question = day.desk.state.asked
    assert question is not None
    assert question.question.yes == say("doubt.yes_item")
    day.presses("yes")
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, MISREAD)]


def test_no_to_the_question_leaves_the_number_in_the_history() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(MISREAD, "no")
    assert day.stages == [(MISREAD, "not_taken")]
    assert day.desk.state.asked is None
    day.presses("no")
    assert day.answer == ("neutral", "doubt.nothing", "")


def test_scanning_on_is_a_no_to_the_question() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(MISREAD)
    day.records(LEFT_HAND)
    assert day.stages == [(MISREAD, "not_taken"), (LEFT_HAND, "recorded")]


def test_a_question_means_later_what_it_said_when_it_was_asked() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.scans("short")  # asked about as an item of Maya's: her visit does not close under it
    day.seconds_pass(5)
    day.presses("yes")
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, LEFT_HAND), ("checkout", MAYA, "short")]


def test_yes_waits_its_turn_behind_items_on_their_way_to_the_disk() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND, "21234000194945")  # a card with a misread digit
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.state.asked is None
    assert day.patron == "21234000194945"


def test_a_misread_card_that_was_not_taken_is_not_written_out() -> None:
    day = Day()
    day.records(MAYA)
    day.scans("21234000194945", "no")
    assert day.stages == [("••••4945", "not_taken")]


def test_forty_items_are_numbered_in_the_order_of_their_scans() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(MISREAD, *(str(number) for number in range(39)))
    assert [line.number for line in day.lines] == list(range(1, 40))


def test_pippi_is_lent_to_one_patron_and_then_to_the_next() -> None:
    day = Day()
    day.records(MAYA, PIPPI, JONAS, PIPPI)
    day.presses("yes")  # it is still out to the first, as far as this desk knows
    day.disk_syncs()
    assert day.recorded == [("checkout", MAYA, PIPPI), ("checkout", JONAS, PIPPI)]
