"""A keyboard, or a scanner that pretends to be one."""

from __future__ import annotations

import pytest

from kiosk.screens.root import ECHO, KEY_BACKSPACE, KEY_ENTER, KEY_ESCAPE
from kiosk.screens.typing_line import LONGEST, TypedLine
from kiosk.view.messages import Pressed, Typed
from tests.screens import states
from tests.screens.audit import words


@pytest.fixture
def root(stage):
    root = stage.fresh()
    root._last_enter = -10.0
    stage.show(states.ONLINE)
    return root


def enter(stage):
    stage.root.key(KEY_ENTER, None, [])
    stage.frames(1)


def test_a_line_and_enter_is_typed(stage, root):
    stage.type("31234000517861")
    enter(stage)
    assert stage.sent == [Typed(text="31234000517861")]
    assert root.overlay is None


def test_enter_alone_is_never_done(stage, root):
    enter(stage)
    assert stage.sent == []


def test_enter_presses_what_a_question_recommends(stage, root):
    stage.show(states.QUESTION)
    root.question._since -= 1
    enter(stage)
    assert stage.sent == [Pressed(command="yes")]


def test_the_second_enter_of_a_scanner_answers_no_question(stage, root):
    stage.type("31234000517862")
    enter(stage)
    stage.show(states.QUESTION)
    root.question._since -= 1
    enter(stage)
    assert stage.sent == [Typed(text="31234000517862")]
    root._last_enter -= ECHO
    enter(stage)
    assert stage.sent[1:] == [Pressed(command="yes")]


def test_escape_says_no(stage, root):
    stage.show(states.QUESTION)
    root.key(KEY_ESCAPE, None, [])
    assert stage.sent == [Pressed(command="no")]


def test_escape_closes_a_panel_and_forgets_the_line(stage, root):
    stage.type("12")
    root.open_pad()
    root.key(KEY_ESCAPE, None, [])
    assert root.overlay is None
    assert root.line.text == ""
    assert stage.sent == []


def test_the_pad_and_the_keyboard_write_the_same_line(stage, root):
    root.open_pad()
    root.overlay._put("3")
    stage.type("1x")
    root.key(KEY_BACKSPACE, None, [])
    stage.frames()
    assert "31" in words(root.overlay)
    enter(stage)
    assert stage.sent == [Typed(text="31")]
    assert root.overlay is None


def test_a_slow_typist_sees_what_is_typed(stage, root):
    stage.type("312")
    root._show_pad_soon.cancel()
    root.open_pad()
    stage.frames()
    assert "312" in words(root.overlay)


def test_shortcuts_are_not_typed(root):
    assert not root.key(ord("c"), "c", ["ctrl"])
    assert not root.key(282, None, [])
    assert root.line.text == ""


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
    for _ in range(200):
        line.put("9")
    assert len(line.text) == LONGEST
    assert line.take()
    assert line.take() == ""
