"""The cart: after an outage the held-back returns are scanned once more, one word for each.

Symphony's procedures, "DISCHARGE/CHECKIN WIZARD" V (wait with shelving until it is back) and
"WHEN THE CONNECTION TO WORKFLOWS IS RESTORED" VII (each error comes back to whoever has the item).
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    PIPPI,
    SWEETGRASS,
    Day,
)

from kiosk.desk.words import Phrase
from kiosk.words import Words

ITEMS = [LEFT_HAND, SWEETGRASS, BELOVED, PIPPI]


def outage(*items: str) -> Day:
    """A day on which items were returned while the library was away."""
    day = Day()
    day.presses("checkin")
    day.records(*items)
    day.presses("done")
    day.seconds_pass(3600)
    return day


def on_the_cart(day: Day) -> tuple[int, int]:
    returns = day.desk.state.returns
    return returns.cart, returns.waiting


def word(day: Day, item: str) -> str:
    day.records(item)
    return day.answer[1]


def test_a_cart_day() -> None:
    day = outage(LEFT_HAND, SWEETGRASS, BELOVED, PIPPI)
    assert day.desk.state.keep_off_shelves
    day.library_is_reached()
    day.library_confirms()
    day.library_notices("On hold for a patron.", route="hold")
    day.library_notices("Please send it on.", route="transit", to="Westside")
    day.library_refuses("Unknown item.")
    assert not day.desk.state.keep_off_shelves
    day.presses("cart")
    assert day.answer[1:] == ("cart.left", "cart.scan")
    assert word(day, LEFT_HAND) == "cart.shelve"
    assert day.answer[0] == "confirmed"
    assert word(day, SWEETGRASS) == "cart.hold"
    assert word(day, BELOVED) == "cart.transit"
    assert on_the_cart(day) == (1, 0)
    assert word(day, PIPPI) == "cart.ask"
    assert day.answer == ("look", "cart.ask", "cart.ask_said")
    assert "“Unknown item.”" in Words()(day.desk.state.answer.detail)
    assert on_the_cart(day) == (0, 0)
    day.presses("cart")
    assert day.answer[1] == "cart.empty"
    day.presses("done")
    assert day.desk.state.mode == "checkout"


def test_a_word_is_said_only_once_it_is_on_the_disk_that_the_item_was_seen() -> None:
    day = outage(LEFT_HAND)
    day.library_confirms()
    day.presses("cart")
    day.scans(LEFT_HAND, LEFT_HAND)
    assert day.answer[1] == "cart.left"
    day.disk_syncs()
    assert day.answer[1] == "cart.shelve"


def test_what_comes_next_waits_for_the_word() -> None:
    day = outage(LEFT_HAND)
    day.library_confirms()
    day.presses("cart")
    day.scans(LEFT_HAND)
    day.presses("cart")
    day.disk_syncs()
    assert day.answer[1] == "cart.empty"


def test_the_alarm_takes_a_word_back_to_the_cart() -> None:
    day = outage(LEFT_HAND)
    day.library_confirms()
    day.presses("cart")
    day.scans(LEFT_HAND)
    day.disk_fails()
    day.disk_is_back()
    assert on_the_cart(day) == (1, 0)
    assert word(day, LEFT_HAND) == "cart.shelve"


def test_an_item_scanned_twice_was_seen_already_and_the_word_is_said_again() -> None:
    day = outage(LEFT_HAND)
    day.library_confirms()
    day.presses("cart")
    assert word(day, LEFT_HAND) == "cart.shelve"
    day.scans(LEFT_HAND)
    assert day.answer[1:] == ("cart.shelve", "cart.already")


def test_an_item_without_an_answer_waits_and_stays_on_the_cart() -> None:
    day = outage(LEFT_HAND, SWEETGRASS)
    day.presses("cart")
    assert day.answer[1:] == ("cart.left", "cart.waiting")
    day.scans(LEFT_HAND)
    assert day.answer == ("recorded", "cart.wait", "cart.wait_detail")
    assert on_the_cart(day) == (2, 2)


def test_an_item_that_was_not_returned_here_is_said_to_be_none() -> None:
    day = outage(LEFT_HAND)
    day.presses("cart")
    day.scans(PIPPI)
    assert day.answer == ("not_taken", "cart.unknown", "cart.unknown_detail")


def test_an_item_that_was_lent_since_is_on_no_cart() -> None:
    day = outage(LEFT_HAND)
    day.records(MAYA)
    day.presses("checkout")
    day.records(LEFT_HAND)
    day.presses("done", "cart")
    assert on_the_cart(day) == (0, 0)
    day.scans(LEFT_HAND)
    assert day.answer == ("look", LEFT_HAND, "cart.lent")
    assert lent_to(day) == "card 4417"


def test_nor_is_one_that_was_lent_to_somebody_without_a_card() -> None:
    day = outage(LEFT_HAND)
    day.presses("guest")
    for text in ("Anna Maier", "", "555 0100"):
        day.types(text)
    day.records(LEFT_HAND)
    day.presses("done", "cart")
    day.scans(LEFT_HAND)
    assert lent_to(day) == "Anna Maier, without a card"


def lent_to(day: Day) -> str:
    """To whom the desk says that the item was lent."""
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail is not None
    whose = answer.detail.args["whose"]
    assert isinstance(whose, Phrase)
    return Words()(whose)


def test_what_the_library_answers_at_once_never_lies_on_the_cart() -> None:
    day = Day(online=True)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.seconds_pass(1)
    day.library_confirms()
    assert on_the_cart(day) == (0, 0)
    assert not day.desk.state.keep_off_shelves


def test_an_undone_return_is_off_the_cart() -> None:
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    assert on_the_cart(day) == (0, 0)
    assert not day.desk.state.keep_off_shelves


@pytest.mark.parametrize("refused", [False, True])
def test_a_return_that_was_lent_by_mistake_is_on_the_cart_again(*, refused: bool) -> None:
    day = outage(LEFT_HAND, SWEETGRASS)
    day.records(MAYA, LEFT_HAND)
    if not refused:
        day.presses("undo")
        day.disk_syncs()
    day.presses("done")
    day.library_is_reached()
    day.library_notices(route="hold", words="Hold for 7731.")
    day.library_confirms()
    if refused:
        assert on_the_cart(day)[0] == 1
        day.library_refuses(words="Too many")
    day.presses("cart")
    assert on_the_cart(day) == (2, 0)
    assert word(day, LEFT_HAND) == "cart.hold"
    assert on_the_cart(day) == (1, 0)


def test_the_count_survives_a_restart() -> None:
    day = outage(LEFT_HAND, SWEETGRASS)
    day.library_confirms()
    day.library_confirms()
    day.presses("cart")
    day.records(LEFT_HAND)
    day.is_killed()
    assert day.desk.state.mode == "cart"
    day.seconds_pass(1)
    assert on_the_cart(day) == (1, 0)
    day.scans(LEFT_HAND)
    assert day.answer[1:] == ("cart.shelve", "cart.already")


def test_what_is_left_is_listed_with_where_it_goes_and_can_be_looked_at() -> None:
    day = outage(*ITEMS)
    day.library_confirms()
    day.presses("cart")
    answer = day.desk.state.answer
    assert answer is not None
    assert [row.key for row in answer.rows] == ["cart.row_shelve"] + ["cart.row_wait"] * 3
    day.presses("choose:1")
    assert day.answer[1] == "cart.shelve"
    assert on_the_cart(day) == (4, 3)  # to look is not to have seen it
    day.presses("choose:9")
    assert day.answer == ("not_taken", "list.no_line", "list.how")


def test_a_long_list_is_turned_page_by_page() -> None:
    items = [f"3123400{n:06d}" for n in range(45)]
    day = Day()
    day.presses("checkin")
    for item in items:
        day.scans(item)
        day.presses("yes")
        day.disk_syncs()
    day.presses("cart")
    pages = []
    for turn in ("back", "next", "next", "next", "back"):
        day.presses(turn)
        answer = day.desk.state.answer
        assert answer is not None
        pages.append([row.args["what"] for row in answer.rows])
    assert pages == [items[:20], items[20:40], items[40:], items[40:], items[20:40]]
    day.presses("choose:2")
    assert day.told[-1].item == items[21]


def test_a_list_is_put_away_by_whatever_comes_next() -> None:
    day = outage(LEFT_HAND)
    day.presses("cart")
    day.scans(LEFT_HAND)
    day.presses("choose:1")
    assert day.answer[1] == "doubt.nothing"


def test_what_was_dealt_with_without_the_cart_is_taken_off_it_when_staff_say_so() -> None:
    day = outage(LEFT_HAND, SWEETGRASS)
    day.library_confirms()
    day.presses("cart:clear")
    assert day.answer[1] == "cart.clear"
    day.presses("no")
    assert on_the_cart(day) == (2, 1)
    day.presses("cart:clear", "yes")
    day.disk_syncs()
    assert on_the_cart(day) == (1, 1)  # where the other goes, nobody knows yet
    assert day.answer[1] == "cart.left"
    day.presses("cart:soon")
    assert day.answer == ("not_taken", "cart.unreadable", "cart.how")


def test_a_card_ends_the_cart_and_opens_its_patron() -> None:
    day = outage(LEFT_HAND)
    day.presses("cart")
    day.scans(JONAS)
    assert (day.desk.state.mode, day.patron) == ("checkout", JONAS)


def test_when_the_connection_is_restored() -> None:
    """What waited is delivered by itself, in the middle of work.

    Nothing is halted, restarted or switched over (I to VI), and nobody has to call (VII): each
    error comes back to who has the book in hand.
    """
    day = outage(LEFT_HAND, SWEETGRASS)
    day.records(MAYA, BELOVED)
    day.library_is_reached()
    day.library_confirms()
    day.records(PIPPI)
    day.library_refuses("Item already checked in.")
    assert not day.desk.state.keep_off_shelves
    assert day.patron == MAYA
    day.presses("done", "cart")
    assert word(day, LEFT_HAND) == "cart.shelve"
    word(day, SWEETGRASS)
    assert day.answer == ("look", "cart.ask", "cart.ask_said")
    assert "“Item already checked in.”" in Words()(day.desk.state.answer.detail)


class AnyCart(RuleBasedStateMachine):
    """Items come back, are lent, answered for and seen again, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.day = Day()

    @rule(item=st.sampled_from(ITEMS))
    def returned(self, item: str) -> None:
        self.day.presses("checkin")
        self.day.records(item)

    @rule(item=st.sampled_from(ITEMS))
    def lent(self, item: str) -> None:
        self.day.records(MAYA, item)

    @rule()
    def undone(self) -> None:
        self.day.presses("undo")
        self.day.disk_syncs()

    @precondition(lambda self: self.day.deliverable)
    @rule(route=st.sampled_from(["shelve", "hold", "transit", "ask"]))
    def answered(self, route: str) -> None:
        self.day.library_notices("Words.", route=route, to="Westside")

    @rule(seconds=st.sampled_from([1, 60]))
    def time_passes(self, seconds: float) -> None:
        self.day.seconds_pass(seconds)

    @rule(item=st.sampled_from(ITEMS))
    def seen(self, item: str) -> None:
        self.day.presses("cart")
        self.day.scans(item)
        self.day.disk_syncs()
        found = self.day.disk.on_cart(item)
        assert found is None or not found.route or not found.unseen

    @rule()
    def killed(self) -> None:
        self.day.is_killed()
        self.day.seconds_pass(0)

    @invariant()
    def the_counts_are_those_of_the_disk(self) -> None:
        assert self.day.desk.state.returns == self.day.disk.returns()

    @invariant()
    def shelves_are_free_once_all_is_answered(self) -> None:
        state = self.day.desk.state
        assert state.keep_off_shelves == (state.returns.unanswered > 0)


AnyCart.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyCart = AnyCart.TestCase
