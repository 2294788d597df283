"""The bar beside what scrolls."""

from __future__ import annotations

import pytest
from kivy.base import EventLoop
from kivy.core.window import Window

from kiosk.screens.widgets.scrolling import Scrolling
from tests.screens.audit import visible
from tests.screens.stage import COMPACT, NORMAL, Touch


def _scrolling(root):
    return [w for w, _ in visible(root) if isinstance(w, Scrolling) and w.scrolls]


@pytest.mark.parametrize("size", [NORMAL, COMPACT], ids=["1024x600", "800x480"])
def test_the_bar_of_a_long_list_is_long_enough_to_be_seen(stage, size):
    stage.fresh(size)
    stage.turn_to("today-500")
    (view,) = _scrolling(stage.root)
    assert view.bar_length >= 36
    assert view.vbar[1] * view.height < 36, "Kivy's own would be a speck"


def test_what_all_fits_has_no_bar(stage):
    stage.fresh()
    stage.turn_to("today-nothing")
    assert _scrolling(stage.root) == []


@pytest.mark.parametrize("name", ["settings-open", "ready-bad", "form-born"])
def test_the_bar_stands_beside_the_cards_and_not_over_them(stage, name):
    stage.fresh()
    stage.turn_to(name)
    views = _scrolling(stage.root)
    assert views
    assert all(view.beside and view.bar_margin >= 5 for view in views)
    assert all(view.right + view.bar_margin + view.bar_width < stage.root.right for view in views)


def test_a_finger_takes_hold_of_the_bar_in_a_list(stage):
    stage.fresh()
    stage.turn_to("today-500")
    stage.root.touches.forget()
    (view,) = _scrolling(stage.root)
    x, y = (at + size / 2 for at, size in zip(view._handle_y_pos, view._handle_y_size, strict=True))
    touch = Touch(*view.to_window(x, y))
    EventLoop.post_dispatch_input("begin", touch)
    for step in range(1, 6):
        touch.move({"x": touch.sx, "y": (y - 30 * step) / Window.height})
        EventLoop.post_dispatch_input("update", touch)
        stage.frames(1)
    EventLoop.post_dispatch_input("end", touch)
    assert view.scroll_y < 0.8
