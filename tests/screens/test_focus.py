"""Tab walks over what can be pressed; Enter presses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.screens.skin import BLANK
from kiosk.view.messages import Pressed
from tests.screens import states
from tests.screens.stories import STORIES


@pytest.fixture
def focus(stage):
    from kiosk.screens.widgets.focus import Focus

    root = stage.fresh()
    focus = Focus(lambda: root.overlay or root.ids.desk)
    yield focus
    focus.clear()


def walk(focus, stops: int, step: int = 1) -> list[str]:
    said = []
    for _ in range(stops):
        focus.move(step)
        says = getattr(focus.on, "says", "").replace(BLANK, " ")
        said.append(says or getattr(focus.on, "icon", ""))
    return said


def test_it_goes_from_the_top_left_to_the_bottom_right_and_begins_again(stage, focus):
    stage.show(states.ONLINE)
    around = walk(focus, 25)
    assert around[:2] == ["Check out", "Check in"]
    end = around.index("Done · 3 items")
    assert around[end - 8 : end + 3] == [
        *("Type a number", "7 d", "14 d", "21 d", "28 d", "calendar", "Undo", "No receipt"),
        *("Done · 3 items", "Check out", "Check in"),
    ]
    focus.clear()
    assert walk(focus, 2, -1) == ["Done · 3 items", "No receipt"]


def test_nothing_is_pressed_before_the_first_tab(stage, focus):
    stage.show(states.ONLINE)
    assert not focus.press()
    walk(focus, 1, -1)
    assert focus.press()
    assert stage.sent == [Pressed(command="done")]


def test_what_lies_under_a_panel_is_not_pressed(stage, focus):
    stage.show(states.ONLINE)
    walk(focus, 1, -1)
    stage.root.panels.open_pad()
    stage.frames()
    assert not focus.press()
    assert stage.sent == []
    assert walk(focus, 1, -1) == ["Enter"]


def test_a_day_out_of_range_is_left_out(stage, focus):
    stage.show(states.BOOKDROP)
    STORIES["overlay-bookdrop"](stage.root)
    stage.frames()
    assert walk(focus, 2, -1) == ["21", "20"]


def test_what_stays_on_show_stays_in_focus(stage, focus):
    stage.show(states.ONLINE)
    walk(focus, 8, -1)
    assert focus.on.says == "7 d"
    day = states.ONLINE.due.presets[0].day
    stage.show(replace(states.ONLINE, due=replace(states.ONLINE.due, day=day)))
    assert focus.on.says == "7 d"
    assert focus.press()


def test_what_was_drawn_anew_is_in_focus_about_where_it_was(stage, focus):
    stage.show(states.ONLINE)
    walk(focus, 8, -1)
    focus.press()
    first, *others = states.ONLINE.due.presets
    presets = (replace(first, days=3), *others)
    stage.show(replace(states.ONLINE, due=replace(states.ONLINE.due, presets=presets)))
    assert not focus.press()
    assert walk(focus, 1) == ["3 d"]


def test_rows_come_into_view_as_they_come_into_focus(stage, focus):
    noted = [replace(line, note=states.plain("look")) for line in states.MANY.lines[:30]]
    stage.show(replace(states.MANY, lines=tuple(noted)))
    titles = []
    for _ in range(42):
        focus.move(1)
        stage.frames(2)
        titles.append(getattr(focus.on, "title", ""))
    assert [title for title in titles if title] == [line.item for line in noted]


def test_a_row_that_now_stands_for_another_line_is_not_in_focus(stage, focus):
    stage.show(states.REFUSED)
    while getattr(focus.on, "title", "") != "Parable of the Sower":
        focus.move(1)
    stage.show(replace(states.REFUSED, lines=states.REFUSED.lines[1:]))
    assert focus.on is None
