"""Renewal: with the patron's card or without ("Renew single item" of the Symphony procedures)."""

from __future__ import annotations

import pytest
from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, SWEETGRASS, Day, due_in, rows

from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.transactions import Renewal

STAFF = Roster(members=(Member(number="2", name="Tomas", role="supervisor"),))


def renewals(day: Day) -> list[tuple[str, str]]:
    return [(x.patron, x.item) for x in day.disk.transactions.values() if isinstance(x, Renewal)]


def test_a_patrons_items_are_renewed_and_the_receipt_says_so() -> None:
    day = Day()
    day.presses("renew")
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    assert day.desk.state.mode == "renew"
    assert renewals(day) == [(MAYA, LEFT_HAND), (MAYA, SWEETGRASS)]
    day.presses("done")
    assert day.answer == ("neutral", "done.renewed", "visit.card")
    assert [line.renewed for line in day.printed[0].lines] == [True, True]
    assert day.printed[0].lines[0].due == due_in(21)


def test_a_patron_may_borrow_and_renew_in_one_visit() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("renew")
    day.records(SWEETGRASS)
    day.presses("checkout")
    day.records(BELOVED)
    assert day.patron == MAYA
    day.presses("done")
    assert day.answer[1] == "done.lent_and_renewed"
    assert [(x.item, x.renewed) for x in day.printed[0].lines] == [
        (LEFT_HAND, False),
        (SWEETGRASS, True),
        (BELOVED, False),
    ]


def test_after_done_renewals_are_another_visit() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")  # waits for the library's answer
    day.presses("renew")
    assert day.patron is None
    assert day.receipts == [(MAYA[-4:], [LEFT_HAND])]
    day.records(MAYA, LEFT_HAND)
    assert renewals(day) == [(MAYA, LEFT_HAND)]


def test_what_was_lent_is_said_although_nothing_was_renewed() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("renew", "done")
    assert day.answer[1] == "done.lent"


def test_without_a_card_the_daybook_knows_whose_loan_it_is() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "renew")
    day.records(LEFT_HAND, BELOVED)
    assert renewals(day) == [(MAYA, LEFT_HAND), ("", BELOVED)]
    assert day.patron is None
    day.presses("done")
    assert day.answer == ("neutral", "done.renewed", "")
    assert (day.printed[-1].card_ending, len(day.printed[-1].lines)) == ("", 2)
    day.presses("today")
    assert rows(day)[0].startswith(f"10:42  Renewed {BELOVED} · no card · due")


def test_the_due_date_moves_and_the_holder_stays() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "renew")
    day.records(MAYA)
    day.presses("due:28")
    day.records(LEFT_HAND)
    holder = day.disk.holder(LEFT_HAND)
    assert holder is not None
    assert (holder.card, holder.due) == (MAYA, due_in(28))


def test_what_another_card_has_is_asked_about_and_renewed_for_that_card() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "renew")
    day.records(JONAS, LEFT_HAND)
    assert day.answer == ("look", "renew.other_card", "out.detail")
    assert renewals(day) == []
    day.presses("no")
    assert day.answer == ("not_taken", "scan.not_taken", "renew.left")
    day.records(LEFT_HAND)
    day.presses("yes")
    day.disk_syncs()
    assert renewals(day) == [(MAYA, LEFT_HAND)]
    assert day.patron == JONAS


def test_another_card_is_another_visit_and_renewal_goes_on() -> None:
    day = Day()
    day.presses("renew")
    day.records(MAYA, LEFT_HAND, JONAS, SWEETGRASS)
    assert renewals(day) == [(MAYA, LEFT_HAND), (JONAS, SWEETGRASS)]
    assert day.receipts == [(MAYA[-4:], [LEFT_HAND])]


def test_nothing_is_renewed_on_a_blocked_card() -> None:
    day = Day()
    day.disk.block_list[JONAS] = Listed(("blocked",), day.now.date())
    day.presses("renew")
    day.records(JONAS)
    assert day.answer[1] == "block.blocked"
    assert day.patron is None


@pytest.mark.parametrize("before", [(), (JONAS,)], ids=["nobody at the desk", "another patron"])
def test_nothing_is_renewed_for_a_blocked_card_that_is_not_shown_but_by_a_supervisor(
    before: tuple[str, ...],
) -> None:
    day = Day(roster=STAFF, pins={"2": "8316"})
    day.logs_in("2", "yes")
    day.records(MAYA, LEFT_HAND)
    day.disk.block_list[MAYA] = Listed(("blocked",), day.now.date())
    day.presses("done", "renew")
    day.records(*before, LEFT_HAND)
    assert day.answer == ("not_taken", "scan.not_taken", "block.blocked_detail")
    assert [x.headline.key for x in day.told].count("scan.not_taken") == 1
    assert renewals(day) == []
    day.presses("yes")
    for text in ("8316", "settled"):
        day.types(text)
    day.records(LEFT_HAND)
    assert renewals(day) == [(MAYA, LEFT_HAND)]
    [renewal] = [x for x in day.disk.transactions.values() if isinstance(x, Renewal)]
    assert renewal.override is not None


def test_the_block_list_is_asked_again_when_staff_say_yes_to_another_card() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "renew")
    day.disk.block_list[MAYA] = Listed(("blocked",), day.now.date())
    day.records(JONAS, LEFT_HAND)
    assert day.answer[1] == "renew.other_card"  # the library answers, and knows better
    day.library_is_lost()
    day.presses("yes")
    day.disk_syncs()
    assert renewals(day) == []


def test_a_delinquent_card_that_is_not_shown_is_asked_about() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.disk.block_list[MAYA] = Listed(("delinquent",), day.now.date())
    day.presses("done", "renew")
    day.records(LEFT_HAND)
    assert day.answer == ("look", "renew.other_card", "block.delinquent_note")
    assert renewals(day) == []
    day.presses("yes")
    day.disk_syncs()
    assert renewals(day) == [(MAYA, LEFT_HAND)]


def test_a_patron_without_a_card_is_asked_before_anothers_loan_is_renewed() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "guest")
    for text in ("Anna", "1990-01-01", ""):
        day.types(text)
    day.presses("renew")
    day.records(LEFT_HAND)
    assert day.answer == ("look", "renew.other_card", "out.detail")
    assert renewals(day) == []


def test_a_renewal_never_makes_a_loan_shorter_unless_staff_say_so() -> None:
    day = Day()
    day.scans(MAYA)
    day.presses("due:42")
    day.records(LEFT_HAND)
    day.presses("done", "renew")
    day.records(LEFT_HAND)
    assert day.answer == ("not_taken", "scan.not_taken", "renew.longer")
    assert renewals(day) == []
    day.presses("due-next:30")
    day.records(LEFT_HAND)
    [renewal] = [x for x in day.disk.transactions.values() if isinstance(x, Renewal)]
    assert (renewal.patron, renewal.due) == (MAYA, due_in(30))


def test_the_same_item_is_renewed_once() -> None:
    day = Day()
    day.presses("renew")
    day.records(MAYA, LEFT_HAND, LEFT_HAND)
    assert renewals(day) == [(MAYA, LEFT_HAND)]
    assert day.answer[2] == "item.already_lent"


def test_a_refused_renewal_comes_off_the_receipt() -> None:
    day = Day(online=True)
    day.presses("renew")
    day.records(MAYA, LEFT_HAND)
    day.library_refuses("Renewed too often")
    assert day.answer == ("not_taken", "refused.renewal", "Renewed too often")
    day.presses("done")
    assert day.printed == []


def test_undo_voids_a_renewal_that_was_not_sent_and_says_what_to_do_of_one_that_was() -> None:
    day = Day()
    day.presses("renew")
    day.records(MAYA, LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    assert day.recorded == []
    day.library_is_reached()
    day.records(SWEETGRASS)
    day.library_confirms()
    assert day.answer[2] == "confirmed.renewal"
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_renewal")


def test_a_renewal_that_wants_a_card_is_said_to_be_for_a_person() -> None:
    day = Day(online=True)
    day.presses("renew")
    day.records(LEFT_HAND)
    day.goes_to_a_person()
    assert day.answer[2] == "by_hand.look"


def test_a_crash_brings_the_renewals_back() -> None:
    day = Day()
    day.presses("renew")
    day.records(MAYA, LEFT_HAND)
    day.is_killed()
    assert (day.patron, day.desk.state.mode) == (MAYA, "renew")
    day.records(SWEETGRASS)
    day.presses("done")
    assert day.receipts == [(MAYA[-4:], [LEFT_HAND, SWEETGRASS])]
