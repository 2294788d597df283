"""Garbage is looked for after a rest: never while something is being drawn."""

from __future__ import annotations

import gc
import weakref

import pytest
from kivy.uix.widget import Widget

from kiosk.screens import tidying


class Seen(tidying.Tidying):
    """Tells what it has looked through: the generation, or "all". Others look meanwhile, too."""

    def __init__(self):
        super().__init__()
        self.looks = []
        self._looking = False

    def _look_at_new(self, seconds):
        self._looking = True
        super()._look_at_new(seconds)
        self._looking = False

    def _look_at_all(self, seconds):
        self._looking = True
        super()._look_at_all(seconds)
        self._looking = False

    def collect(self, *generation):
        if self._looking:
            self.looks += generation or ("all",)


@pytest.fixture
def desk(stage, monkeypatch):
    monkeypatch.setattr(tidying, "REST", 0.5)
    monkeypatch.setattr(tidying, "LONG_REST", 1.5)
    desk = Seen()
    monkeypatch.setattr(tidying.gc, "collect", desk.collect)
    stage.frames()
    return desk


def test_waits_for_a_rest(stage, desk):
    for _ in range(5):
        desk.postpone()
        stage.frames(1)
    assert not desk.looks
    stage.wait(0.6)
    assert desk.looks == [1]


def test_looks_through_all_seldom_and_after_a_long_rest_alone(stage, desk, monkeypatch):
    monkeypatch.setattr(tidying, "SELDOM", 2)
    desk.postpone()
    stage.wait(0.6)
    desk.postpone()
    stage.wait(0.6)
    assert desk.looks == [1, 1]
    stage.wait(1)
    assert desk.looks == [1, 1, "all"]


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
