"""A keyboard, or a scanner that pretends to be one."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from kivy.clock import Clock

from kiosk.screens.keyboard import (
    ECHO,
    KEY_BACKSPACE,
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_SPACE,
    KEY_TAB,
    PAUSE,
    SLOW_TYPIST,
)
from kiosk.screens.typing_line import LONGEST, TypedLine
from kiosk.view.messages import Pressed, Typed
from tests.screens import states
from tests.screens import states_forms as forms
from tests.screens.audit import words
from tests.screens.finding import button
from tests.screens.gallery import STATES
from tests.screens.stage import Stage
from tests.screens.stories import write

SCAN = Typed(text="31234000517861", scanned=True)
"""What comes of keys as quick as `stage.type`."""


@pytest.fixture
def root(stage):
    root = stage.fresh()
    stage.show(states.ONLINE)
    return root


def enter(stage):
    stage.root.keyboard.key(KEY_ENTER, None, [])
    stage.frames(1)


def test_a_line_and_enter_is_typed(stage, root):
    stage.type("31234000517861")
    enter(stage)
    assert stage.sent == [SCAN]
    assert root.overlay is None


def test_enter_alone_is_never_done(stage, root):
    enter(stage)
    assert stage.sent == []


@pytest.mark.parametrize("key", [273, 282, 292, 301, 1 << 30 | 101], ids=hex)
def test_arrows_function_keys_and_locks_write_nothing(stage, root, key):
    stage.type("3123")
    root.keyboard.key(key, chr(key) if key < 1 << 30 else "q", [])
    stage.type("4")
    assert root.keyboard.line.text == "31234"


def test_the_number_pad_writes_its_digits(stage, root):
    for key, digit in ((257, "1"), (265, "9")):
        root.keyboard.key(key, chr(key), [])
        root.keyboard.written(digit)
    assert root.keyboard.line.text == "19"


@pytest.mark.parametrize("cover", ["alarm", "notice"])
def test_what_is_typed_under_what_covers_everything_is_forgotten(stage, root, cover):
    if cover == "alarm":
        stage.show(states.ALARM)
    else:
        root.notices.lost("stopped")
    stage.type("9")
    stage.wait(SLOW_TYPIST + 0.1)
    stage.show(states.ONLINE)
    assert root.overlay is None
    assert root.keyboard.line.text == ""


def test_enter_presses_what_a_question_recommends(stage, root):
    stage.show(states.QUESTION)
    root.panels.question._since -= 1
    enter(stage)
    assert stage.sent == [Pressed(command="no")]


def test_the_second_enter_of_a_scanner_answers_no_question(stage, root):
    stage.type(SCAN.text)
    enter(stage)
    stage.show(states.QUESTION)
    root.panels.question._since -= 1
    enter(stage)
    assert stage.sent == [SCAN]
    root.keyboard._last_enter -= ECHO
    enter(stage)
    assert stage.sent[1:] == [Pressed(command="no")]


def test_escape_says_no(stage, root):
    stage.show(states.QUESTION)
    root.keyboard.key(KEY_ESCAPE, None, [])
    assert stage.sent == [Pressed(command="no")]


def test_escape_closes_a_panel_and_forgets_the_line(stage, root):
    stage.type("12")
    root.panels.open_pad()
    root.keyboard.key(KEY_ESCAPE, None, [])
    assert root.overlay is None
    assert root.keyboard.line.text == ""
    assert stage.sent == []


def test_the_pad_is_left_by_its_own_button_and_nothing_is_sent(stage, root):
    for says, icon in (("Cancel", ""), ("", "close")):
        root.keyboard.line.put("3123")
        root.panels.open_pad()
        if icon:
            root.overlay._turn()
        stage.frames()
        stage.tap(button(root.overlay, says, icon))
        assert root.overlay is None
        assert root.keyboard.line.text == ""
        assert stage.sent == []


def test_the_pad_and_the_keyboard_write_the_same_line(stage, root):
    root.panels.open_pad()
    root.overlay._put("3")
    stage.type("1x")
    root.keyboard.key(KEY_BACKSPACE, None, [])
    stage.frames()
    assert "31" in words(root.overlay)
    enter(stage)
    assert stage.sent == [Typed(text="31")]
    assert root.overlay is None


def test_a_slow_typist_sees_what_is_typed(stage, root):
    stage.type("312")
    root.keyboard.show_later(on=False)
    root.panels.open_pad()
    stage.frames()
    assert "312" in words(root.overlay)


def tab(stage, *modifiers):
    assert stage.root.keyboard.key(KEY_TAB, "\t", modifiers)
    stage.frames(1)


def test_enter_presses_what_tab_came_to(stage, root):
    tab(stage, "shift")
    tab(stage, "shift")
    tab(stage)
    enter(stage)
    assert stage.sent == [Pressed(command="done")]


def test_space_presses_it_too_and_writes_nothing(stage, root):
    tab(stage, "shift")
    stage.root.keyboard.key(KEY_SPACE, " ", [])
    stage.root.keyboard.written(" ")
    assert stage.sent == [Pressed(command="done")]
    assert root.keyboard.line.text == ""


@pytest.mark.parametrize("ends", [[tab], [tab, enter], [enter, tab]])
def test_a_line_that_a_scanner_ends_with_tab_is_taken_and_nothing_is_pressed(stage, root, ends):
    stage.type(SCAN.text)
    for end in ends:
        end(stage)
    assert stage.sent == [SCAN]


def test_tab_does_not_end_a_line_that_somebody_types(stage, root):
    stage.type("312")
    tab(stage)
    assert stage.sent == []
    assert root.keyboard.line.text == "312"


def test_who_has_typed_goes_on_to_a_button_and_presses_it(stage, root):
    stage.show(forms.NAME)
    write(root, "Lind")
    root.keyboard.changed()
    tab(stage)
    while getattr(root.keyboard.focus.on, "says", "") != "Cancel":
        tab(stage)
    assert root.keyboard.line.text == "Lind"
    root.keyboard.key(KEY_ENTER, None, [])
    stage.frames()
    assert stage.sent == [Pressed(command="no")]


def typed(stage):
    stage.type("3")


def escaped(stage):
    stage.root.keyboard.key(KEY_ESCAPE, None, [])


def scanned(stage):
    stage.show(replace(states.ONLINE, scans=states.ONLINE.scans + 1))


def touched(stage):
    stage.tap(stage.root.screen.ids.left)


@pytest.mark.parametrize("happens", [typed, escaped, scanned, touched])
def test_whatever_else_happens_takes_the_focus_away(stage, root, happens):
    tab(stage)
    happens(stage)
    enter(stage)
    assert Pressed(command="checkout") not in stage.sent


def test_shortcuts_are_not_typed(root):
    assert not root.keyboard.key(ord("c"), "c", ["ctrl"])
    assert not root.keyboard.key(283, None, [])
    assert root.keyboard.line.text == ""


def test_a_character_is_taken_once_whether_or_not_its_text_comes():
    line = TypedLine()
    line.key("a")
    line.written("A")
    line.key("1")
    line.key("2")
    line.written("2")
    assert line.take() == "A12"


def test_a_line_has_an_end():
    line = TypedLine()
    for _ in range(2 * LONGEST):
        line.put("9")
    assert len(line.text) == LONGEST
    assert line.take()
    assert line.take() == ""


def test_what_a_scanner_types_is_not_put_behind_what_was_begun_on_the_screen(stage, root):
    root.panels.open_pad()
    for digit in "3123":
        root.keyboard.line.put(digit)
    stage.type("31234000517861")
    enter(stage)
    assert stage.sent == [SCAN]
    assert "3123" in words(root.overlay), "what was begun is seen, and can be gone on with"


def on_a_number_pad(stage, digits):
    """Type digits of which Kivy tells the text alone."""
    for digit in digits:
        stage.root.keyboard.written(digit)


@pytest.mark.parametrize("types", [Stage.type, on_a_number_pad])
def test_what_a_scanner_types_is_not_put_behind_what_was_begun_on_the_keyboard(stage, root, types):
    types(stage, "3123")
    stage.wait(SLOW_TYPIST + 0.1)
    types(stage, SCAN.text)
    enter(stage)
    assert stage.sent == [SCAN]
    assert "3123" in words(root.overlay), "what was begun is seen, and can be gone on with"
    stage.type("4")
    enter(stage)
    assert stage.sent[1:] == [Typed(text="31234")]


def test_what_was_begun_is_shown_though_nothing_showed_it_before_the_scan(stage, root):
    stage.type("3123")
    stage.wait(PAUSE + 0.05)
    root.keyboard.show_later(on=False)  # however slow this machine is
    stage.type(SCAN.text)
    enter(stage)
    stage.wait(SLOW_TYPIST + 0.1)
    assert "3123" in words(root.overlay)


def test_a_scan_that_a_long_frame_cuts_in_two_is_one(stage, root):
    stage.type(SCAN.text[:6])
    Clock.tick()
    with stage.time.of_machine():
        time.sleep(PAUSE + 0.05)
    stage.type(SCAN.text[6:])
    enter(stage)
    assert [sent.text for sent in stage.sent] == [SCAN.text]


def test_a_line_typed_in_pauses_is_one(stage, root):
    for part in ("3123", "4000", "5178", "61"):
        stage.type(part)
        stage.wait(PAUSE + 0.1)
    enter(stage)
    assert stage.sent == [Typed(text="31234000517861")]


def test_a_short_line_is_no_scan(stage, root):
    stage.type(":done")
    enter(stage)
    assert stage.sent == [Typed(text=":done")]


def test_what_is_scanned_while_a_setting_is_typed_is_for_the_desk(stage, root):
    stage.show(STATES["settings-open"])
    root.go("settings")
    root.screen._rows["receipt.footer"].dispatch("on_release")
    stage.type(SCAN.text)
    enter(stage)
    assert SCAN in stage.sent


def test_a_person_may_go_on_at_the_keyboard_with_what_was_begun_on_the_screen():
    line = TypedLine()
    line.put("L")
    for at, letter in enumerate("indqvist "):
        line.key(letter, at * 0.15)
    assert line.take_scanned(1.5) == ""
    assert line.take() == "Lindqvist"


def test_escape_reaches_nothing_under_the_alarm(stage, root):
    stage.show(replace(states.QUESTION, alarm=states.ALARM.alarm))
    root.keyboard.key(KEY_ESCAPE, None, [])
    assert stage.sent == []


def test_a_scan_is_not_left_behind_a_calendar(stage, root):
    root.places["checkout"].open_calendar()
    stage.show(replace(states.ONLINE, scans=states.ONLINE.scans + 1))
    assert root.overlay is None
