"""Lending, step by step, with all that may stand in its way.

Proves the section "CHECKOUT WIZARD" I to VI of the Symphony procedures, and point 3 of the desk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.desk_script import JONAS, LEFT_HAND, MAYA, MORNING, PIPPI, SWEETGRASS, Day
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.blocklist import Listed, Status
from kiosk.desk.session.sessions import Member, Roster, SessionRules
from kiosk.desk.transactions import Checkout, Override, Renewal

TODAY = MORNING.date()
STAFF = Roster(
    members=(
        Member(number="1", name="Ines", role="staff"),
        Member(number="2", name="Tomas", role="supervisor", badge="B-200"),
        Member(number="3", name="Ada", role="administrator"),
    )
)
PINS = {"1": "2741", "2": "8316", "3": "5093"}
NOT_ASKED = SessionRules(required=False)


def day_with(
    *statuses: Status, roster: Roster = STAFF, online: bool = False, **changes: object
) -> Day:
    """A day with staff, on which Maya's card is on the list."""
    settings = desk_settings(**{"session": NOT_ASKED, **changes})
    day = Day(settings, roster=roster, pins=PINS, online=online)
    if statuses:
        day.disk.block_list[MAYA] = Listed(statuses, TODAY)
    return day


def overrides(day: Day) -> list[Override | None]:
    return [x.override for x in day.disk.transactions.values() if isinstance(x, Checkout)]


def supervisor_allows(day: Day, reason: str = "1") -> None:
    """Tomas comes over with his badge, gives his PIN, and says why."""
    day.scans("B-200")
    day.types("8316")
    day.types(reason)


def warned() -> Day:
    """Maya's card is scanned, and she is delinquent."""
    day = day_with("delinquent")
    day.scans(MAYA)
    return day


def supervisor_called(status: Status, **changes: Any) -> Day:
    """Maya's card is scanned and refused, and staff call for a supervisor."""
    day = day_with(status, **changes)
    day.scans(MAYA)
    day.presses("yes")
    return day


def refused_by_the_library(**changes: Any) -> Day:
    """Maya's card is scanned, and the library answers that nothing may be lent on it."""
    day = day_with(online=True, **changes)
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya", refuses="Fines")
    return day


# -- I: the session settings come up first -----------------------------------------------------


def test_where_a_session_is_needed_it_is_filled_in_before_the_first_card() -> None:
    day = day_with(session=SessionRules())
    day.presses("no")
    day.scans(MAYA)
    assert day.patron is None
    day.presses("login")
    day.logs_in("1", "yes")
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


# -- II: the card, and not a system user's -----------------------------------------------------


@pytest.mark.parametrize("card", ["DISCARD", "missing", "ILS-DISPLAY", "ABB-DISCARDCA2"])
def test_a_system_card_is_refused_and_says_why(card: str) -> None:
    day = day_with()
    day.types(card)
    assert day.answer == ("not_taken", "card.system", "card.system_detail")
    assert day.patron is None
    assert day.desk.state.asked is None


def test_a_library_names_its_own_system_cards() -> None:
    day = day_with(system_cards=(r"2999\d{10}",))
    day.types("29990000000012")
    assert day.answer[1] == "card.system"
    day.types("DISCARD")
    assert day.desk.state.asked is not None


# -- III: delinquent ---------------------------------------------------------------------------


def test_a_delinquent_patron_is_told_of_and_lending_goes_on_after_yes() -> None:
    day = warned()
    assert day.answer == ("look", "block.delinquent", "block.delinquent_note")
    day.presses("yes")
    assert day.answer == ("neutral", "visit.opened", "block.acknowledged")
    day.records(LEFT_HAND)
    assert day.counting == [LEFT_HAND]
    assert overrides(day) == [None]


def test_items_scanned_before_the_warning_is_acknowledged_are_not_taken_and_it_is_said() -> None:
    day = warned()
    day.scans(LEFT_HAND, SWEETGRASS)
    day.disk_syncs()
    assert day.answer == ("not_taken", "scan.not_taken", "block.acknowledge_first")
    assert day.stages == [(LEFT_HAND, "not_taken"), (SWEETGRASS, "not_taken")]
    assert day.desk.state.asked is not None
    day.presses("yes")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_no_sends_a_delinquent_patron_away_and_the_next_card_serves_the_next() -> None:
    day = warned()
    day.presses("no")
    assert day.patron is None
    day.scans(MAYA)
    day.records(JONAS, LEFT_HAND)
    assert day.desk.state.asked is None
    assert day.recorded == [("checkout", JONAS, LEFT_HAND)]


def test_a_question_about_a_misread_label_does_not_lose_the_warning() -> None:
    day = warned()
    day.scans(LEFT_HAND[:-1])
    day.presses("yes")
    day.scans(SWEETGRASS)
    assert day.answer[2] == "block.acknowledge_first"
    day.presses("yes")
    day.records(SWEETGRASS)
    assert day.counting == [SWEETGRASS]


def test_a_crash_leaves_a_warning_unacknowledged() -> None:
    day = warned()
    day.disk_syncs()
    day.is_killed()
    assert day.patron == MAYA
    assert day.desk.state.asked is not None
    day.records(LEFT_HAND)
    assert day.recorded == []
    day.presses("yes")
    day.disk_syncs()
    day.is_killed()
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


# -- IV: blocked -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["blocked", "barred", "lost", "expired"])
def test_a_blocked_card_is_explained_and_nothing_is_lent(status: Status) -> None:
    day = day_with(status)
    day.scans(MAYA)
    assert day.answer == ("not_taken", f"block.{status}", f"block.{status}_detail")
    day.presses("no")
    assert day.answer == ("neutral", "override.left", "visit.card")
    day.records(LEFT_HAND)
    assert day.recorded == []


@pytest.mark.parametrize("way", ["yes", "override"])
def test_a_supervisor_overrides_with_pin_and_reason_and_it_is_recorded(way: str) -> None:
    day = day_with("barred")
    day.scans(MAYA)
    day.presses(way)
    supervisor_allows(day, "2")
    assert day.answer == ("look", "override.done", "override.note")
    day.records(LEFT_HAND, SWEETGRASS)
    given = Override(supervisor="Tomas", reason="list_wrong", against="barred")
    assert overrides(day) == [given, given]


def test_a_renewal_carries_the_override_too_but_not_one_for_another_card() -> None:
    day = day_with()
    day.records(JONAS, SWEETGRASS)
    day.disk.block_list[MAYA] = Listed(("blocked",), TODAY)
    day.presses("renew")
    day.scans(MAYA)
    day.presses("yes")
    supervisor_allows(day)
    day.records(LEFT_HAND)
    day.scans(SWEETGRASS)
    day.presses("yes")  # for Jonas, who has it
    day.disk_syncs()
    renewals = [x for x in day.disk.transactions.values() if isinstance(x, Renewal)]
    assert [x.patron for x in renewals] == [MAYA, JONAS]
    assert [x.override and x.override.supervisor for x in renewals] == ["Tomas", None]


def test_no_is_no_reason_for_an_override() -> None:
    day = supervisor_called("lost")
    supervisor_allows(day, "6")
    day.types("no")
    assert day.answer == ("look", "override.words", "form.word_typed")
    day.types(":no")
    day.records(LEFT_HAND)
    assert day.recorded == []


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (["her card was found again"], "her card was found again"),
        ([":back", "1"], "settled"),
    ],
    ids=["in words", "back to the list"],
)
def test_a_reason_may_be_given_in_words_or_chosen_after_all(typed: list[str], reason: str) -> None:
    day = supervisor_called("lost")
    supervisor_allows(day, "6")
    for text in typed:
        day.types(text)
    day.records(LEFT_HAND)
    assert [x and x.reason for x in overrides(day)] == [reason]


def test_an_override_counts_for_this_visit_alone() -> None:
    day = supervisor_called("blocked")
    supervisor_allows(day)
    day.records(LEFT_HAND)
    day.presses("done")
    day.scans(MAYA)
    assert day.answer[1] == "block.blocked"
    day.records(JONAS, SWEETGRASS)
    assert overrides(day)[1] is None


def test_a_supervisor_who_comes_over_just_scans_the_badge() -> None:
    day = day_with("blocked")
    day.scans(MAYA, "B-200")
    form = day.desk.state.form
    assert form is not None
    assert (form.kind, form.field.kind) == ("override", "pin")
    day.types("8316")
    day.types("4")
    day.records(LEFT_HAND)
    assert [x and (x.supervisor, x.reason) for x in overrides(day)] == [("Tomas", "known")]


def test_staff_alone_cannot_override() -> None:
    day = supervisor_called("blocked")
    form = day.desk.state.form
    assert form is not None
    assert [option.value for option in form.field.options] == ["2", "3"]


def test_a_wrong_pin_lends_nothing_and_keeps_the_reason() -> None:
    day = supervisor_called("blocked")
    day.scans("B-200")
    day.types("1111")
    day.types("1")
    assert day.answer == ("look", "duty.pin", "duty.wrong_pin")
    assert day.patron is None
    day.types("8316")
    day.presses("yes")
    assert day.patron == MAYA


def test_a_supervisor_on_duty_is_asked_for_the_pin_only() -> None:
    day = day_with("blocked")
    day.presses("login")
    day.logs_in("2", "yes")
    day.scans(MAYA)
    day.presses("yes")
    form = day.desk.state.form
    assert form is not None
    assert form.field.kind == "pin"
    day.types("8316")
    day.types("1")
    assert day.patron == MAYA


@pytest.mark.parametrize(
    ("statuses", "roster"),
    [(["blocked"], Roster()), ([], STAFF)],
    ids=["no supervisor", "no block"],
)
def test_without_a_supervisor_or_with_nothing_in_the_way_there_is_no_override(
    statuses: list[Status], roster: Roster
) -> None:
    day = day_with(*statuses, roster=roster)
    day.scans(MAYA)
    assert day.desk.state.asked is None
    day.presses("override")
    assert day.answer == ("not_taken", "override.nothing", "override.nothing_detail")


def test_leaving_the_form_lends_nothing() -> None:
    day = supervisor_called("blocked")
    day.presses("no")
    day.records(LEFT_HAND)
    assert day.recorded == []


def test_a_crash_keeps_an_override_in_force() -> None:
    day = supervisor_called("blocked")
    supervisor_allows(day)
    day.disk_syncs()
    day.is_killed()
    assert day.patron == MAYA
    day.records(LEFT_HAND)
    assert [x and x.supervisor for x in overrides(day)] == ["Tomas"]


def test_online_a_card_that_waits_for_the_librarys_word_may_be_overridden_too() -> None:
    day = day_with("blocked", online=True)
    day.scans(MAYA)
    day.presses("override")
    supervisor_allows(day)
    day.records(LEFT_HAND)
    assert [x and x.against for x in overrides(day)] == ["blocked"]


# -- IV, by the library's own word -------------------------------------------------------------


def test_while_it_answers_the_library_decides_item_by_item() -> None:
    day = refused_by_the_library()
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_once_it_is_gone_its_no_holds_unless_a_supervisor_overrides_it() -> None:
    day = refused_by_the_library()
    day.library_is_lost()
    day.records(LEFT_HAND)
    assert day.answer == ("not_taken", "scan.not_taken", "patron.not_valid_item")
    assert day.recorded == []
    day.presses("yes")
    supervisor_allows(day)
    day.records(LEFT_HAND)
    assert [x and x.against for x in overrides(day)] == ["library"]


def test_a_supervisor_may_be_asked_unless_the_library_decides_whatever_anybody_says() -> None:
    day = refused_by_the_library()
    assert not day.desk.can_be_overridden
    day.library_is_lost()
    assert day.desk.can_be_overridden
    day.presses("override")
    supervisor_allows(day)
    assert not day.desk.can_be_overridden
    day.presses("done")
    assert not day.desk.can_be_overridden


def test_no_pin_is_asked_for_while_the_library_decides_on_each_item() -> None:
    day = refused_by_the_library()
    day.presses("override")
    assert day.desk.state.form is None
    assert day.answer == ("look", "override.library", "override.library_detail")
    day.records(LEFT_HAND)
    assert overrides(day) == [None]


def test_what_is_advised_about_a_blocked_card_is_to_lend_nothing() -> None:
    day = day_with("barred")
    day.scans(MAYA)
    assert day.desk.state.question is not None
    assert day.desk.state.question.rather == "no"


def test_a_crash_does_not_forget_the_librarys_no() -> None:
    day = refused_by_the_library()
    day.disk_syncs()
    day.is_killed()
    day.records(LEFT_HAND)
    assert day.recorded == []


def test_where_the_library_says_so_its_no_stops_every_item() -> None:
    day = refused_by_the_library(not_valid="refuse")
    assert day.answer == ("not_taken", "patron.not_valid", "patron.blocked_words")
    day.presses("yes")
    supervisor_allows(day, "1")
    day.records(LEFT_HAND)
    assert [x and x.against for x in overrides(day)] == ["library"]


# -- V: checkouts are allowed ------------------------------------------------------------------


def test_a_due_date_is_changed_the_items_are_lent_and_the_receipt_lists_them() -> None:
    day = day_with()
    day.scans(MAYA)
    day.presses("due:7")
    day.records(LEFT_HAND, SWEETGRASS)
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND, SWEETGRASS])]
    dues = {x.due.date() for x in day.disk.transactions.values() if isinstance(x, Checkout)}
    assert dues == {TODAY + timedelta(days=7)}


def test_an_item_is_out_again_once_its_return_or_the_loan_after_it_is_undone() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    for _ in range(2):
        day.scans(JONAS, LEFT_HAND)
        assert day.answer == ("look", "out.headline", "out.detail")
        day.presses("yes")
        day.disk_syncs()
        day.presses("undo")
        day.disk_syncs()


def test_an_item_out_to_somebody_else_is_asked_about_and_staff_decide() -> None:
    day = day_with()
    day.records(JONAS, PIPPI)
    day.records(MAYA)
    day.scans(PIPPI)
    assert day.answer == ("look", "out.headline", "out.detail")
    question = day.desk.state.asked
    assert question is not None
    assert question.question.headline.args == {"ending": "4944"}
    day.presses("yes")
    day.disk_syncs()
    *_, last = day.disk.transactions.values()
    assert isinstance(last, Checkout)
    assert (last.patron, last.item, last.still_out) == (MAYA, PIPPI, True)


@pytest.mark.parametrize("answer", ["no", SWEETGRASS])
def test_left_aside_it_is_not_lent(answer: str) -> None:
    day = day_with()
    day.records(JONAS, PIPPI)
    day.records(MAYA)
    day.scans(PIPPI, answer)
    day.disk_syncs()
    assert ("checkout", MAYA, PIPPI) not in day.recorded
    assert (PIPPI, "not_taken") in day.stages


def test_an_item_that_came_back_or_that_the_patron_has_is_lent_without_a_question() -> None:
    day = day_with()
    day.records(JONAS, PIPPI, LEFT_HAND)
    day.presses("checkin")
    day.records(PIPPI)
    day.records(MAYA, PIPPI)
    assert day.counting == [PIPPI]
    day.records(JONAS, LEFT_HAND)
    assert day.counting == [LEFT_HAND]


# -- VI, VII: the next patron, and the end -----------------------------------------------------


def test_the_next_card_begins_the_next_patron_with_the_receipt_of_the_one_before() -> None:
    day = day_with()
    day.records(MAYA, LEFT_HAND, JONAS, PIPPI)
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert day.patron == JONAS
    day.presses("done")
    assert day.patron is None
