"""Between the link's thread and Kivy's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.view.messages import Picture, Pressed, TurnedAway
from tests.screens import states
from tests.screens.audit import words
from tests.screens.stage import COMPACT, NORMAL


class Link:
    def __init__(self) -> None:
        self.up = True
        self.sent: list[object] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def send(self, message: object) -> bool:
        self.sent.append(message)
        return self.up


@pytest.fixture
def app(stage, monkeypatch):
    from kivy.core.window import Window

    from kiosk.screens.window import KioskApp

    stage.fresh(NORMAL)
    link = Link()
    app = KioskApp(lambda _: link)
    app.link = link
    app.root = app.build()
    Window.remove_widget(stage.root)
    Window.add_widget(app.root)
    yield app
    Window.remove_widget(app.window)
    Window.unbind(on_resize=app._resized, on_key_down=app._key, on_flip=app._flipped)
    stage.forget()


def test_starts_by_looking_for_the_engine(app, stage):
    stage.frames()
    assert words(app.window.notice)[0] == "One moment"


def test_draws_only_the_newest_of_many_states(app, stage, monkeypatch):
    drawn = []
    monkeypatch.setattr(app.window, "show", drawn.append)
    for minute in range(10, 20):
        now = f"2026-11-21T10:{minute}:00+00:00"
        app.heard(Picture(state=replace(states.IDLE, now=now)))
    stage.frames()
    assert [state.now for state in drawn] == ["2026-11-21T10:19:00+00:00"]


def test_says_first_frame_once(app, stage, caplog):
    caplog.set_level("INFO", logger="kiosk.screens")
    for state in (states.IDLE, states.ONLINE):
        app.heard(Picture(state=state))
        stage.frames()
    assert [record.message for record in caplog.records] == ["first frame"]


def test_an_intent_that_nobody_takes_means_that_the_engine_is_lost(app, stage):
    app.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.link.up = False
    app.window.press("undo")
    assert app.link.sent == [Pressed(command="undo")]
    assert app.window.notice.icon == "lost"


def test_another_version_is_not_mistaken_for_a_lost_engine(app, stage):
    app.heard(TurnedAway(engine_version="9.9", link_version=9))
    app.link_down()
    stage.frames()
    assert "9.9" in app.window.notice.body
    assert app.window.notice.icon == "versions"


def test_a_lost_engine_comes_back_with_its_next_state(app, stage):
    app.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.link_down()
    stage.frames()
    assert app.window.notice.icon == "lost"
    app.heard(Picture(state=states.ONLINE))
    stage.frames()
    assert app.window.notice is None


def test_a_window_of_another_size_gets_other_widgets_and_the_same_state(app, stage):
    app.heard(Picture(state=states.ONLINE))
    stage.frames()
    before = app.window
    app._resized(None, *COMPACT)
    stage.frames()
    assert app.window is not before
    assert before.parent is None
    assert "Maya Okafor" in words(app.window)
    app._resized(None, COMPACT[0] + 2, COMPACT[1])
    assert app.window.state == states.ONLINE
