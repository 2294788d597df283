"""Forms in a real window, by touch, at a real engine: going on duty, a lock-out, and each form.

The window is this process's; the engine, the library and the link between them are real ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.shift import BLOCKED, LEFT_HAND, TWO_PLACES, Shift, shift

from kiosk.demo import staff
from tests.screens.hand import Hand, hand_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVA = "21234000777771"

DESK = f"""
[desk]
override_reasons = ["settled"]
{TWO_PLACES}
[[desk.noncat]]
code = "2"
name = "Paperback"
[[desk.noncat]]
code = "3"
name = "Magazine"
[desk.functions]
uncarried = "by_hand"
[desk.registration]
fields = ["family_name", "first_name", "born", "phone"]
required = ["family_name", "first_name", "born"]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    data = tmp_path / "data"
    data.mkdir()
    staff.provide(data)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "list.txt").write_text(f"{BLOCKED} B\n")
    more = f'{DESK}[blocklist]\nfolder = "{tmp_path / "lists"}"\n'
    with shift(tmp_path, more=more) as opened:
        opened.sees(lambda s: s.form is not None, "the question who is on duty")
        yield opened


@pytest.fixture
def hand(stage, desk: Shift) -> Iterator[Hand]:
    """Show this desk in a window."""
    with hand_at(stage, desk.data) as hand:
        yield hand


def goes_on_duty(hand: Hand, name: str, pin: str) -> None:
    hand.is_asked("Who is on duty?")
    hand.touches(name)
    hand.is_asked("PIN")
    hand.touches(*pin, "Log in")


def begins(hand: Hand) -> None:
    """Go on duty as Ines in the city library."""
    goes_on_duty(hand, "Ines", "2741")
    hand.is_asked("Is this right?")
    hand.touches("Next")
    hand.is_asked("Which library")
    hand.touches(hand.sees(lambda: _option(hand, "LIBR1CIRC)"), "the place").says)
    hand.is_asked("Is this right?")
    hand.touches("Start work")
    hand.sees(lambda: hand.root.place == "checkout", "the desk")


def _option(hand: Hand, part: str):
    buttons = hand.root.screen.options.grid.children
    return next((each for each in buttons if part in each.says), None)


def test_from_locked_to_working_and_back(desk: Shift, hand: Hand) -> None:
    goes_on_duty(hand, "Ines", "2741")
    hand.is_asked("Is this right?")
    hand.touches("Next")
    hand.is_asked("Which library")
    hand.touches(hand.sees(lambda: _option(hand, "LIBR1CIRC)"), "the place").says)
    hand.is_asked("Is this right?")
    hand.touches("The usual due date")
    hand.is_asked("The usual due date")
    hand.touches(hand.sees(lambda: _option(hand, "7 days"), "a week").says)
    hand.is_asked("Is this right?")
    hand.touches("Start work")
    on_duty = desk.sees(lambda s: s.locked is None and s.staff == "Ines", "Ines on duty")
    assert on_duty.due.default_days == 7
    assert on_duty.profile_code == "LIBR1CIRC"

    hand.touches("Lock")
    hand.is_asked("Who is on duty?")
    hand.touches("Cancel")
    hand.reads("The desk is locked")
    hand.touches("Log in")
    goes_on_duty(hand, "Tomas, supervisor", "8316")
    desk.sees(lambda s: s.locked is None and s.staff == "Tomas", "Tomas on duty")
    hand.sees(lambda: hand.root.place == "checkout", "the desk, with nothing more to say")


def test_after_five_wrong_pins_the_time_to_wait_runs_down_and_others_may_go_on(
    desk: Shift, hand: Hand
) -> None:
    hand.is_asked("Who is on duty?")
    hand.touches("Ines")
    for left in (4, 3, 2, 1):
        hand.is_asked("PIN")
        hand.touches(*f"900{left}", "Log in")
        hand.reads(f"After {left} more wrong")
    hand.touches(*"9005", "Log in")
    hand.reads("Too many wrong PINs")
    box = hand.root.screen.box
    before = hand.sees(lambda: box.ghost, "the time to wait")
    hand.sees(lambda: box.ghost != before, "it runs down")
    hand.touches("Back")
    goes_on_duty(hand, "Tomas, supervisor", "8316")
    hand.is_asked("Is this right?")


def test_a_new_patron_a_guest_and_items_without_a_barcode(desk: Shift, hand: Hand) -> None:
    begins(hand)
    hand.root.press("register")
    hand.is_asked("The new card")
    hand.touches(*EVA, "Next")
    hand.is_asked("Family name")
    hand.types("Lindqvist")
    hand.touches("Next")
    hand.is_asked("First name")
    hand.types("Eva")
    hand.touches("Next")
    hand.is_asked("Birth date")
    hand.touches("First name")
    hand.is_asked("First name")
    hand.touches("*backspace", "áñü", "Á", "Keep it")
    hand.is_asked("Birth date")
    hand.touches(*"1966430", "Next")
    hand.is_asked("Phone")
    hand.touches("Finish")
    patron = desk.sees(lambda s: s.patron and s.form is None, "her visit").patron
    assert patron is not None
    assert (patron.name, patron.card_ending) == ("EvÁ Lindqvist", EVA[-4:])

    hand.root.press("noncat")
    hand.is_asked("What are they?")
    hand.touches("Magazine")
    hand.is_asked("How many?")
    hand.touches("3", "Finish")
    desk.sees(lambda s: len(s.lines) == 2 and s.form is None, "what she takes along")

    hand.root.press("guest")
    hand.is_asked("Name")
    hand.types("Ngozi")
    hand.touches("Next")
    hand.is_asked("Birth date")
    hand.touches("Finish")
    hand.reads("A name alone is not enough to find somebody")
    hand.touches("Skip")
    hand.is_asked("Phone")
    hand.touches(*"5550142", "Finish")
    desk.sees(lambda s: s.patron and s.patron.name == "Ngozi", "the guest's visit")
    desk.scan(LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item")
    recorded = {x["kind"]: x for x in desk.transactions()}
    assert recorded["registration"]["details"]["born"] == "1966-04-30"
    assert recorded["noncat_checkout"]["count"] == 3
    assert recorded["checkout"]["guest"]["phone"] == "5550142"


def test_a_supervisor_lends_all_the_same(desk: Shift, hand: Hand) -> None:
    begins(hand)
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library away")
    desk.scan(BLOCKED)
    hand.reads("Supervisor: lend anyway")
    hand.stage.wait(0.4)
    hand.touches("Supervisor: lend anyway")
    hand.is_asked("Which supervisor allows it?")
    hand.touches("Tomas, supervisor")
    hand.is_asked("PIN")
    hand.touches(*"0000", "Next")
    hand.is_asked("For what reason?")
    hand.touches("The patron has settled it at the desk")
    hand.is_asked("PIN")
    hand.reads("That is not the PIN")
    hand.touches(*"8316", "Next")
    hand.is_asked("For what reason?")
    hand.touches("Next" if hand._find("Next") else "Finish")
    desk.sees(lambda s: s.patron and s.form is None, "the visit")
    desk.scan(LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item")
    (lent,) = desk.transactions()
    assert lent["override"]["supervisor"] == "Tomas"
