"""Garbage is looked for after a rest: never while something is being drawn."""

from __future__ import annotations

import gc
import weakref

import pytest
from kivy.uix.widget import Widget

from kiosk.screens import tidying


@pytest.fixture
def looks(stage, monkeypatch):
    """What was looked through: the generation, or "all"."""
    seen: list[object] = []
    monkeypatch.setattr(tidying.gc, "collect", lambda *how: seen.append(*how or ("all",)))
    monkeypatch.setattr(tidying, "REST", 0.5)
    monkeypatch.setattr(tidying, "LONG_REST", 1.5)
    stage.frames()
    return seen


def test_waits_for_a_rest(stage, looks):
    desk = tidying.Tidying()
    for _ in range(5):
        desk.postpone()
        stage.frames(1)
    assert not looks
    stage.wait(0.6)
    assert looks == [1]


def test_looks_through_all_seldom_and_after_a_long_rest_alone(stage, looks, monkeypatch):
    monkeypatch.setattr(tidying, "SELDOM", 2)
    desk = tidying.Tidying()
    desk.postpone()
    stage.wait(0.6)
    desk.postpone()
    stage.wait(0.6)
    assert looks == [1, 1]
    stage.wait(1)
    assert looks == [1, 1, "all"]


def test_throws_away_what_is_garbage_already(stage):
    desk = tidying.Tidying()
    circle: list[object] = [Widget()]
    circle.append(circle)
    gone = weakref.ref(circle[0])
    del circle
    desk.keep()
    gc.unfreeze()
    assert gone() is None


def test_what_was_kept_goes_once_the_window_is_made_anew(stage):
    desk = tidying.Tidying()
    circle: list[object] = [Widget()]
    circle.append(circle)
    gone = weakref.ref(circle[0])
    desk.keep()
    del circle
    desk.make_anew()
    desk.keep()
    gc.unfreeze()
    assert gone() is None
