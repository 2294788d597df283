"""Renewal, in-house use, the cart, a sheet of paper: what they say, and what a touch sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.view.messages import Pressed
from kiosk.view.state import Answer
from tests.screens import states, states_modes
from tests.screens.audit import visible, words
from tests.screens.finding import button
from tests.screens.stage import COMPACT, NORMAL


def test_renewal_says_so_before_and_during_a_visit(stage, root):
    stage.show(states_modes.RENEW_IDLE)
    assert "Scan the items to renew" in words(root)
    stage.show(states_modes.RENEWING)
    assert "Renewal: each item scanned is renewed" in words(root)
    stage.tap(button(root, "Check out"))
    assert stage.sent == [Pressed(command="checkout")]


def test_lending_goes_on_with_its_own_words_afterwards(stage, root):
    stage.show(states_modes.RENEWING)
    stage.show(states.ONLINE)
    assert "Renewal: each item scanned is renewed" not in words(root)
    stage.show(states.IDLE)
    assert "Scan a library card" in words(root)


def test_the_patron_card_says_what_is_out_on_hold_and_owed(stage, root):
    stage.show(states_modes.RENEWING)
    assert "12 items out · 1 overdue · 2 holds · owes 4.50 EUR" in words(root)


def test_uses_are_counted_as_uses_and_a_last_visit_without_a_card_names_none(stage, root):
    stage.show(states_modes.STATES["inhouse"])
    assert "items" not in " ".join(words(root))
    stage.show(replace(states.IDLE, last_visit=replace(states.IDLE.last_visit, card_ending="")))
    assert not any(says.startswith("card ending") for says in words(root))


def test_how_often_an_item_was_used_is_chosen_by_touch(stage, root):
    stage.show(states_modes.INHOUSE_IDLE)
    said = words(root)
    assert {"Scan what was used in the library", "Uses of the next item", "1 time"} <= {*said}
    assert "Returned on" not in said
    stage.tap(button(root, "10"))
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert stage.sent == [Pressed(command="count:10")]


def test_in_house_use_gives_no_advice_about_returns(stage, root):
    stage.show(states_modes.INHOUSE)
    said = words(root)
    assert "Counted so far" in said
    assert "Keep them off the shelves until the library answers." not in said


@pytest.mark.parametrize(
    ("word", "icon"),
    [("Shelve", "shelve"), ("Hold shelf", "hold"), ("Ask", "ask"), ("Wait", "wait")],
)
@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_the_cart_says_one_huge_word_with_its_icon(stage, size, word, icon):
    root = stage.fresh(size)
    stage.show(states_modes.STATES[f"cart-{icon}"])
    largest = max(
        (w for w, _ in visible(root) if getattr(w, "says", "")), key=lambda w: w.font_size
        if hasattr(w, "font_size") else 0
    )  # fmt: skip
    assert largest.says == word
    assert any(getattr(w, "name", "") == icon for w, _ in visible(root))


def test_the_cart_counts_down_until_it_is_empty(stage, root):
    stage.show(states_modes.CART)
    said = words(root)
    assert {"Left on the cart", "12 items", "List what is left", "Clear the cart"} <= {*said}
    stage.show(states_modes.CART_EMPTY)
    said = words(root)
    assert "The cart is empty" in said
    assert not {"List what is left", "Clear the cart"} & {*said}


@pytest.mark.parametrize(
    ("says", "command"),
    [("List what is left", "cart"), ("Clear the cart", "cart:clear"), ("Done", "done")],
)
def test_the_cart_sends_what_its_buttons_say(stage, root, says, command):
    stage.show(states_modes.CART)
    stage.tap(button(root, says))
    assert stage.sent == [Pressed(command=command)]


@pytest.mark.parametrize(
    "state", [states_modes.PAPER_IDLE, states_modes.PAPER, states_modes.PAPER_RETURNS]
)
@pytest.mark.parametrize(("says", "command"), [("Other time", "paper"), ("End", "paper:off")])
def test_a_sheet_of_paper_is_in_sight_and_can_be_ended_everywhere(
    stage, root, state, says, command
):
    stage.show(state)
    assert "From paper: Sat 21 Nov, 09:05" in words(root)
    stage.tap(button(root, says))
    assert stage.sent == [Pressed(command=command)]


def test_beginning_a_sheet_is_said_once(stage, root):
    stage.show(states_modes.PAPER_BEGUN)
    said = words(root)
    assert said.count("From paper: Sat 21 Nov, 09:05") == 1
    assert "Scan what is on the paper, line by line. For returns go to Check in first." in said
    assert "Scan a library card" in said


def test_a_loan_by_the_hour_says_its_time_and_its_kind(stage, root):
    stage.show(states_modes.BY_HOUR)
    said = words(root)
    assert said.count("today 15:30") == 2
    assert "Reference, overnight" in said
    stage.tap(button(root, icon="kind"))
    stage.wait(0.4)
    assert "What kind of item comes next?" in words(root)


@pytest.mark.parametrize(
    ("by", "says"), [("item", "Due · next item"), ("patron", "Due · this patron"), ("usual", "Due")]
)
def test_the_due_card_says_what_it_counts_for(stage, root, by, says):
    stage.show(replace(states.ONLINE, due=replace(states.IDLE.due, by=by), answer=None))
    assert says in words(root)


def test_a_sheet_of_paper_offers_no_slip_as_none_comes_out(stage, root):
    stage.show(replace(states_modes.PAPER, paper=""))
    assert "No receipt" in words(root)
    stage.show(states_modes.PAPER)
    assert root.screen.done.icon == "check"
    assert "No receipt" not in words(root)


def test_an_outage_to_be_told_of_is_said_while_nobody_waits(stage, root):
    stage.show(states_modes.TELL)
    assert "There was an outage. Others have to be told." in words(root)
    stage.tap(button(root, "Mark as told"))
    assert stage.sent == [Pressed(command="told")]
    stage.show(replace(states.ONLINE, library=states_modes.TELL.library))
    assert "There was an outage. Others have to be told." not in words(root)


def test_what_to_tell_can_be_read_out(stage, root):
    stage.show(states_modes.TELL)
    stage.tap(button(root, "What to say"))
    said = " ".join(words(root.overlay))
    assert "Head office, 555 0199" in said
    assert "from 09:05 to 10:31" in said
    stage.tap(button(root.overlay, "Mark as told"))
    assert stage.sent == [Pressed(command="told")]
    assert root.overlay is None


def test_an_answer_of_another_kind_is_read_on_the_cart_too(stage, root):
    news = Answer(tone="neutral", headline=say("cart.kept"), detail=say("cart.how"))
    stage.show(replace(states_modes.CART, answer=news))
    assert "The cart stays as it is" in words(root)
