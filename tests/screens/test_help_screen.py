"""Help in context: two taps away, and nothing is disturbed by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.screens.keyboard import KEY_ENTER, KEY_ESCAPE
from tests.screens import states, states_modes
from tests.screens.audit import words
from tests.screens.stage import NORMAL


@pytest.fixture
def root(stage):
    root = stage.fresh(NORMAL)
    stage.show(replace(states_modes.HELPED, commands=("help",)))
    return root


def test_it_is_two_taps_away(stage, root):
    stage.tap(root.ids.rail["more"])
    stage.tap(root.screen["help"])
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert root.place == "help"
    assert "No patron yet: scan a card to begin, or an item to see who has it." in words(root)


def test_it_says_whom_to_ask_and_what_the_answers_mean(stage, root):
    root.help()
    stage.frames()
    said = words(root)
    assert "Help: Library IT · 555 0142 · help@northside.example" in said
    assert "Recorded here; the library confirms later." in said


def test_it_asks_the_engine_for_nothing(stage, root):
    root.help()
    stage.frames()
    assert stage.sent == []


def test_it_is_about_the_form_that_is_open(stage, root):
    stage.show(states_modes.HELPED_IN_FORM)
    root.help()
    stage.frames()
    assert "Forgotten? An administrator can give you a new one." in words(root)
    assert "Ask your administrator for help." in words(root)


def test_it_goes_along_with_the_desk(stage, root):
    root.help()
    stage.show(replace(states_modes.HELPED, mode="inhouse"))
    assert "Undo last takes the last one back." in words(root)


@pytest.mark.parametrize("key", [KEY_ENTER, KEY_ESCAPE])
def test_the_keyboard_goes_back(stage, root, key):
    root.help()
    root.keyboard.key(key, None, [])
    stage.frames()
    assert root.place == "checkout"
    assert stage.sent == []


def test_a_scan_goes_back_to_the_desk(stage, root):
    root.help()
    stage.show(replace(states.ONLINE, scans=1))
    assert root.place == "checkout"


def test_a_question_waits_while_somebody_reads_what_helps(stage, root):
    stage.show(states.QUESTION)
    root.panels.question._since -= 1
    stage.tap(root.panels.question.ids.help)
    stage.frames()
    assert root.place == "help"
    assert root.panels.question not in root.children
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames()
    assert root.panels.question in root.children
    assert stage.sent == []
