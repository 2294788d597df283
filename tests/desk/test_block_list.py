"""The block list at the desk: whom it turns away or warns of, and when the library decides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import JONAS, LEFT_HAND, MAYA, MORNING, SWEETGRASS, Day

from kiosk.desk.checks.blocklist import (
    STATUSES,
    Actions,
    Block,
    BlockListRules,
    Listed,
    Status,
    freshness,
    judge,
)

TODAY = MORNING.date()
REFUSED: tuple[Status, ...] = ("blocked", "barred", "lost", "expired")
RULES = BlockListRules()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def day_with(
    *statuses: Status, days: int = 0, online: bool = False, rules: BlockListRules | None = RULES
) -> Day:
    """A day on which Maya's card is on the list."""
    day = Day(online=online, block_list=rules)
    day.disk.block_list[MAYA] = Listed(statuses, ago(days))
    return day


# -- age ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(0, "fresh"), (1, "old"), (5, "old"), (6, "too_old"), (400, "too_old"), (-1, "future")],
)
def test_a_list_of_today_is_fresh_and_after_five_days_too_old(days: int, verdict: str) -> None:
    assert freshness(ago(days), TODAY, RULES) == verdict


def test_a_library_may_use_its_list_longer_or_for_a_day_alone() -> None:
    assert freshness(ago(30), TODAY, BlockListRules(oldest_days=30)) == "old"
    assert freshness(ago(1), TODAY, BlockListRules(oldest_days=0)) == "too_old"
    assert freshness(TODAY, TODAY, BlockListRules(oldest_days=0)) == "fresh"


# -- what a card's place on the list means -----------------------------------------------------


@given(st.lists(st.sampled_from(STATUSES), min_size=1, unique=True))
def test_the_worst_of_several_statuses_wins(statuses: list[Status]) -> None:
    block = judge(Listed(tuple(statuses), TODAY), TODAY, RULES)
    assert block == Block(min(statuses, key=STATUSES.index), statuses != ["delinquent"], TODAY)


def test_a_refusal_is_worse_than_any_warning_whatever_their_names() -> None:
    rules = BlockListRules(actions=Actions(blocked="warn", delinquent="refuse", lost="ignore"))
    listed = Listed(("blocked", "delinquent"), TODAY)
    assert judge(listed, TODAY, rules) == Block("delinquent", True, TODAY)
    assert judge(Listed(("blocked", "lost"), TODAY), TODAY, rules) == Block("blocked", False, TODAY)
    assert judge(Listed(("lost",), TODAY), TODAY, rules) is None


def test_a_list_that_is_too_old_blocks_nobody() -> None:
    assert judge(Listed(("barred",), ago(6)), TODAY, RULES) is None


def test_a_list_of_tomorrow_blocks_all_the_same() -> None:
    assert judge(Listed(("barred",), ago(-1)), TODAY, RULES) is not None


# -- while the library is away -----------------------------------------------------------------


@pytest.mark.parametrize("status", REFUSED)
def test_a_card_that_the_list_refuses_gets_no_visit(status: Status) -> None:
    day = day_with(status)
    day.scans(MAYA)
    assert day.answer == ("not_taken", f"block.{status}", f"block.{status}_detail")
    assert day.patron is None
    day.records(LEFT_HAND)
    assert day.recorded == []


def test_the_refusal_says_of_which_day_the_list_is_and_which_card() -> None:
    day = day_with("lost", days=2)
    day.scans(MAYA)
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail is not None
    assert answer.detail.args == {"made": "2026-11-19", "ending": "4417"}


def test_a_refused_card_closes_the_visit_before_with_its_receipt() -> None:
    day = day_with("barred")
    day.records(JONAS, LEFT_HAND)
    day.scans(MAYA)
    assert day.patron is None
    assert day.receipts == [("4944", [LEFT_HAND])]
    assert day.answer[1] == "block.barred"


def test_a_refused_card_waits_behind_an_item_on_its_way_to_the_disk() -> None:
    day = day_with("barred")
    day.records(JONAS)
    day.scans(LEFT_HAND, MAYA)
    assert day.patron == JONAS
    day.disk_syncs()
    assert day.patron is None
    assert day.receipts == [("4944", [LEFT_HAND])]


def test_a_refused_card_is_refused_again_and_the_next_patron_is_served() -> None:
    day = day_with("lost")
    day.scans(MAYA, MAYA)
    assert day.answer[1] == "block.lost"
    day.records(JONAS, LEFT_HAND)
    assert day.recorded == [("checkout", JONAS, LEFT_HAND)]


def test_in_check_in_a_refused_card_shows_the_refusal_on_the_check_out_screen() -> None:
    day = day_with("lost")
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.scans(MAYA)
    assert day.desk.state.mode == "checkout"
    assert day.answer[0] == "not_taken"
    assert day.recorded == [("checkin", "", LEFT_HAND)]


def test_a_delinquent_patron_is_warned_of_and_served() -> None:
    day = day_with("delinquent")
    day.scans(MAYA)
    assert day.answer == ("look", "block.delinquent", "block.delinquent_note")
    day.presses("yes")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.note is not None


def test_a_card_typed_against_doubt_is_looked_up_too() -> None:
    day = day_with("lost")
    day.disk.block_list["4711"] = Listed(("lost",), TODAY)
    day.scans("4711")
    day.presses("yes")
    assert day.answer[1] == "block.lost"
    assert day.patron is None


def test_returns_are_taken_whoever_had_them() -> None:
    day = day_with("barred")
    day.presses("checkin")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkin", "", LEFT_HAND)]


@pytest.mark.parametrize("day", [day_with("lost", days=6), day_with("lost", rules=None)])
def test_a_list_that_is_too_old_or_not_used_is_as_none(day: Day) -> None:
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


# -- while the library answers -----------------------------------------------------------------


def test_online_the_library_is_asked_first_and_no_item_is_taken_before() -> None:
    day = day_with("expired", online=True)
    day.scans(MAYA)
    assert day.asked == [MAYA]
    assert day.answer == ("look", "block.asking", "block.asking_detail")
    day.scans(LEFT_HAND)
    day.disk_syncs()
    assert day.recorded == []
    assert day.stages == [(LEFT_HAND, "not_taken")]
    assert day.answer == ("not_taken", "scan.not_taken", "block.asking_item")


def test_online_the_librarys_word_lifts_the_block() -> None:
    day = day_with("expired", online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya Okafor")
    assert day.answer == ("neutral", "block.lifted", "block.lifted_detail")
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.note is None
    day.records(LEFT_HAND, SWEETGRASS)
    assert day.counting == [LEFT_HAND, SWEETGRASS]


def test_online_the_librarys_refusal_takes_the_place_of_the_lists() -> None:
    day = day_with("expired", online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya Okafor", refuses="Membership ended")
    assert day.answer == ("look", "patron.not_valid", "patron.blocked_words")


def test_a_warning_of_the_list_goes_when_the_library_knows_nothing_of_it() -> None:
    day = day_with("delinquent", online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya Okafor")
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.note is None
    assert day.answer == ("neutral", "block.lifted", "block.lifted_detail")
    day.records(LEFT_HAND)
    assert day.counting == [LEFT_HAND]


def test_a_library_that_goes_before_it_has_answered_leaves_the_lists_word() -> None:
    day = day_with("barred", online=True)
    day.scans(MAYA, LEFT_HAND)
    day.library_is_lost()
    assert day.patron is None
    assert day.answer == ("not_taken", "block.barred", "block.barred_detail")


def test_a_library_that_goes_after_its_answer_leaves_the_visit_open() -> None:
    day = day_with("barred", online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya Okafor")
    day.library_is_lost()
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_a_crash_while_the_library_is_asked_opens_nobodys_visit() -> None:
    day = day_with("barred", online=True)
    day.scans(MAYA)
    day.disk_syncs()
    day.is_killed()
    assert day.patron is None
    day.records(LEFT_HAND)
    assert day.recorded == []


def test_done_sends_a_patron_away_for_whom_the_library_has_no_answer() -> None:
    day = day_with("barred", online=True)
    day.scans(MAYA)
    day.presses("done")
    assert day.patron is None
    assert day.printed == []
