"""An engine that is sought, lost, silent or of another version, and what staff read then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kivy.clock import Clock

from kiosk.screens.keyboard import KEY_ENTER
from kiosk.view.messages import Alive, Picture, Pressed, TurnedAway, Typed
from tests.screens import states
from tests.screens.audit import words


def test_starts_by_looking_for_the_engine(app, stage):
    stage.frames()
    assert words(app.window.notices.engine)[0] == "One moment"


@pytest.mark.parametrize("app", [states.ONLINE], indirect=True)
def test_begins_with_the_desk_where_the_engine_was_faster_than_kivy(app, stage):
    assert app.window.notices.engine is None
    stage.frames(1)
    assert "Maya Okafor" in words(app.window)


def test_an_intent_that_nobody_takes_means_that_the_engine_is_lost(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.link.up = False
    app.window.press("undo")
    assert app.link.sent == [Pressed(command="undo", prompt=states.ONLINE.prompt)]
    assert app.window.notices.engine.icon == "lost"


def test_another_version_is_not_mistaken_for_a_lost_engine(app, stage):
    app.inbox.heard(TurnedAway(engine_version="9.9", link_version=9))
    app.inbox.link_down()
    stage.frames()
    assert "9.9" in app.window.notices.engine.body
    assert app.window.notices.engine.icon == "versions"
    assert app._engine._start_anew.is_triggered
    app._engine._start_anew.cancel()


def test_a_screen_of_another_version_ends_to_be_started_anew(app, stage, monkeypatch):
    stopped = []
    monkeypatch.setattr(app, "stop", lambda: stopped.append(True))
    app._engine._start_anew.timeout = 0.1
    app.inbox.heard(TurnedAway(engine_version="9.9", link_version=9))
    stage.wait(0.4)
    assert stopped == [True]
    assert not app.closed


def test_an_engine_that_ends_with_its_last_picture_is_lost_all_the_same(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    app.inbox.link_down()
    stage.frames()
    assert app.window.notices.engine.icon == "lost"
    assert app.window.state == states.ONLINE


def test_an_engine_that_was_back_before_anybody_looked_was_never_lost(app, stage):
    app.inbox.link_down()
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    assert app.window.notices.engine is None


def test_a_lost_engine_comes_back_with_its_next_state(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.inbox.link_down()
    stage.frames()
    assert app.window.notices.engine.icon == "lost"
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    assert app.window.notices.engine is None


@pytest.mark.parametrize(
    ("recording", "says"),
    [(True, "Scans are still being recorded"), (False, "Nothing is being recorded just now")],
)
def test_a_lost_engine_is_said_to_record_or_not(app, stage, recording, says):
    app._engine._is_recording = lambda: recording
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.inbox.link_down()
    stage.frames()
    assert says in words(app.window.notices.engine)


@pytest.fixture
def lost(app, stage):
    """The window of an engine that has gone."""
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.inbox.link_down()
    stage.frames()
    return app


def type_line(app, text):
    for character in text:
        app.window.keyboard.key(ord(character), character, [])
    app.window.keyboard.key(KEY_ENTER, None, [])


def test_a_line_that_no_engine_takes_is_refused_for_all_to_see_and_hear(lost, stage):
    for number in ("31234000517860", "31234000448207"):
        type_line(lost, number)
    stage.frames()
    assert "Not recorded: 2 scans or typed numbers." in " ".join(words(lost.window.notices.engine))
    assert lost._player.tones == ["not_taken", "not_taken"]
    lost._engine.lose()
    stage.frames()
    told = " ".join(words(lost.window.notices.engine))
    assert "2 scans" in told, "it stays for as long as the notice"


def test_a_line_is_not_sent_to_an_engine_that_is_said_not_to_answer(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.window.notices.lost("silent")
    type_line(app, "31234000517860")
    assert app.link.sent == []
    assert app._player.tones == ["not_taken"]
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    type_line(app, "31234000517860")
    assert app.link.sent == [Typed(text="31234000517860", scanned=True)]


def test_a_line_that_finds_the_engine_gone_is_refused_at_once(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app.link.up = False
    type_line(app, "31234000517860")
    stage.frames()
    assert "Not recorded" in " ".join(words(app.window.notices.engine))
    assert app._player.tones == ["not_taken"]


@pytest.mark.parametrize(("answers", "missed"), [(True, False), (False, True)])
def test_an_engine_that_leaves_a_line_unanswered_is_missed(app, stage, answers, missed):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app._engine._unanswered.timeout = 0.5
    type_line(app, "31234000517860")
    on_its_way = replace(states.ONLINE, items=4)
    answer = replace(states.ONLINE, scans=states.ONLINE.scans + 1)
    app.inbox.heard(Picture(state=answer if answers else on_its_way))
    stage.wait(1.0)
    assert ("The desk is not answering" in words(app.window)) == missed


def test_an_engine_that_gives_no_sign_is_missed_until_it_gives_one(app, stage):
    from kiosk.screens.enginewatch import SILENCE
    from kiosk.screens.window import LOOK_AROUND

    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    Clock.unschedule(app._look_around)

    def looks_without_a_sign(times):
        for _ in range(times):
            app._look_around(LOOK_AROUND)
        stage.frames()

    app.inbox.heard(Alive())
    looks_without_a_sign(SILENCE)  # the first of them finds that one
    assert app.window.notices.engine is None
    looks_without_a_sign(1)
    assert "The desk is not answering" in words(app.window.notices.engine)
    app.inbox.heard(Alive())
    looks_without_a_sign(1)
    assert app.window.notices.engine is None


def test_a_sign_of_life_is_no_answer_to_a_line(app, stage):
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    app._engine._unanswered.timeout = 0.2
    type_line(app, "31234000517860")
    stage.wait(0.4)
    app.inbox.heard(Alive())
    stage.wait(0.4)
    assert "The desk is not answering" in words(app.window.notices.engine)


def test_an_engine_that_starts_anew_on_purpose_is_no_cause_for_alarm(app, stage):
    app.inbox.heard(Picture(state=replace(states.ONLINE, leaving="restart")))
    stage.frames()
    app.inbox.link_down()
    stage.frames()
    assert words(app.window.notices.engine)[0] == "One moment"
