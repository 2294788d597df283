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

    def stop(self) -> None: ...

    def send(self, message: object) -> bool:
        self.sent.append(message)
        return self.up


@pytest.fixture
def app(stage, request):
    from kivy.core.window import Window

    from kiosk.screens.inbox import Inbox
    from kiosk.screens.window import KioskApp

    stage.fresh(NORMAL)
    app = KioskApp(Link(), Inbox())
    app.link, app.inbox = app._link, app._inbox
    if hasattr(request, "param"):
        app.inbox.heard(Picture(state=request.param))
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


@pytest.mark.parametrize("app", [states.ONLINE], indirect=True)
def test_begins_with_the_desk_where_the_engine_was_faster_than_kivy(app, stage):
    assert app.window.notice is None
    stage.frames(1)
    assert "Maya Okafor" in words(app.window)


def test_has_the_first_visit_ready_before_it_comes(app, stage):
    app.inbox.heard(Picture(state=states.IDLE))
    stage.frames(20)
    assert {"lines", "patron", "due"} <= {*vars(app.window.checkout)}
    assert {"question", "checkin"} <= {*vars(app.window)}


def test_getting_ready_does_not_undo_what_a_visit_has_shown_meanwhile(stage):
    stage.forget()
    root = stage.fresh()
    stage.show(states.IDLE)
    rest = root.make_ready()
    next(rest)
    later = replace(states.ONLINE.due, day="2026-12-24")
    stage.show(replace(states.ONLINE, due=later))
    assert list(rest)
    assert root.checkout.due.day == "Thu 24 Dec"


def test_draws_only_the_newest_of_many_states(app, stage, monkeypatch):
    drawn = []
    monkeypatch.setattr(app.window, "show", drawn.append)
    for minute in range(10, 20):
        now = f"2026-11-21T10:{minute}:00+00:00"
        app.inbox.heard(Picture(state=replace(states.IDLE, now=now)))
    stage.frames()
    assert [state.now for state in drawn] == ["2026-11-21T10:19:00+00:00"]


def test_says_first_frame_once(app, stage, caplog):
    caplog.set_level("INFO", logger="kiosk.screens")
    for state in (states.IDLE, states.ONLINE):
        app.inbox.heard(Picture(state=state))
        stage.frames()
    assert [record.message for record in caplog.records] == ["first frame"]


def test_an_intent_that_nobody_takes_means_that_the_engine_is_lost(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.link.up = False
    app.window.press("undo")
    assert app.link.sent == [Pressed(command="undo")]
    assert app.window.notice.icon == "lost"


def test_another_version_is_not_mistaken_for_a_lost_engine(app, stage):
    app.inbox.heard(TurnedAway(engine_version="9.9", link_version=9))
    app.inbox.link_down()
    stage.frames()
    assert "9.9" in app.window.notice.body
    assert app.window.notice.icon == "versions"


def test_a_lost_engine_comes_back_with_its_next_state(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.inbox.link_down()
    stage.frames()
    assert app.window.notice.icon == "lost"
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    assert app.window.notice is None


def test_a_window_of_another_size_gets_other_widgets_and_the_same_state(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    before = app.window
    app._resized(None, *COMPACT)
    stage.frames()
    assert app.window is not before
    assert before.parent is None
    assert "Maya Okafor" in words(app.window)
    app._resized(None, COMPACT[0] + 2, COMPACT[1])
    assert app.window.state == states.ONLINE
