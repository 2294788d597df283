"""A real engine that stops answering: what is scanned meanwhile is refused, not recorded later."""

from __future__ import annotations

import os
import signal

import pytest
from support.shift import BRAIDING, LEFT_HAND, MAYA, shift

from kiosk.screens.keyboard import KEY_ENTER
from tests.screens.hand import hand_at


def scan(hand, number: str) -> None:
    """Scan with a scanner that is a keyboard."""
    for digit in number:
        hand.root.keyboard.key(ord(digit), digit, [])
    hand.root.keyboard.key(KEY_ENTER, None, [])


def test_what_is_scanned_while_the_engine_hangs_is_refused_and_never_recorded(stage, tmp_path):
    with shift(tmp_path) as desk, hand_at(stage, desk.data) as hand:
        hand.reads("Scan a library card")
        scan(hand, MAYA)
        hand.reads("Scan the items")
        hand._app._engine._unanswered.timeout = 0.5
        os.kill(desk.engine.pid, signal.SIGSTOP)
        try:
            scan(hand, LEFT_HAND)
            hand.reads("The desk is not answering")
            scan(hand, BRAIDING)
            hand.reads("Not recorded: what was just scanned or typed.")
        finally:
            os.kill(desk.engine.pid, signal.SIGCONT)
        hand.sees(lambda: hand.root.notices.engine is None, "the desk again")
        desk.sees(lambda state: state.items == 1, "what was scanned before it was missed")
        scan(hand, BRAIDING)
        desk.sees(lambda state: state.items == 2, "what was scanned again")
        assert [line.item for line in desk.state.lines] == [BRAIDING, LEFT_HAND]


def test_an_engine_that_hangs_is_missed_although_nobody_scans_or_touches(stage, tmp_path):
    with shift(tmp_path) as desk, hand_at(stage, desk.data) as hand:
        hand.reads("Scan a library card")
        os.kill(desk.engine.pid, signal.SIGSTOP)
        try:
            hand.reads("The desk is not answering")
        finally:
            os.kill(desk.engine.pid, signal.SIGCONT)
        hand.sees(lambda: hand.root.notices.engine is None, "the desk again")


@pytest.mark.parametrize("visit", [True, False], ids=["in a visit", "with nobody at the desk"])
def test_what_was_half_filled_in_when_the_engine_died_is_said_to_be_gone(stage, tmp_path, visit):
    with shift(tmp_path) as desk, hand_at(stage, desk.data) as hand:
        hand.reads("Scan a library card")
        if visit:
            scan(hand, MAYA)
            scan(hand, LEFT_HAND)
            desk.sees(lambda state: state.items == 1, "the item")
        desk.press("paper")
        hand.is_asked("The day on the paper")
        hand.touches("2")
        desk.kill_engine()
        hand.sees(lambda: hand.root.notices.engine, "that the engine is gone")
        desk.engine.start()
        hand.reads("What was being filled in is gone")
