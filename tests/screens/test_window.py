"""Between the link's thread and Kivy's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kivy.clock import Clock

from kiosk.desk.words import say
from kiosk.screens.keyboard import KEY_ENTER
from kiosk.screens.skin import BLANK, skin
from kiosk.screens.theme import THEMES
from kiosk.view.messages import Alive, Picture, Pressed, TurnedAway, Typed
from kiosk.view.state import Display
from kiosk.words import Words
from tests.screens import states, states_lists
from tests.screens.audit import words
from tests.screens.stage import COMPACT, NORMAL, Touch


class Link:
    def __init__(self) -> None:
        self.up = True
        self.sent: list[object] = []

    def stop(self) -> None: ...

    def send(self, message: object) -> bool:
        self.sent.append(message)
        return self.up


class Heard:
    """Remembers what would have been heard."""

    def __init__(self) -> None:
        self.tones: list[str] = []
        self.answered = self.tones.append

    def make_ready(self):
        yield from ()


@pytest.fixture
def app(stage, request):
    from kivy.core.window import Window

    from kiosk.screens.inbox import Inbox
    from kiosk.screens.window import KioskApp

    stage.fresh(NORMAL)
    app = KioskApp(Link(), Inbox(), player=Heard())
    app.link, app.inbox = app._link, app._inbox
    if hasattr(request, "param"):
        app.inbox.heard(Picture(state=request.param))
    app.root = app.build()
    Window.remove_widget(stage.root)
    Window.add_widget(app.root)
    yield app
    Window.remove_widget(app.window)
    Window.unbind(on_resize=app._resized, on_key_down=app._key, on_flip=app._flipped)
    Window.unbind(on_touch_down=app._pointed)
    Clock.unschedule(app._look_around)
    app._engine._give_up.cancel()
    stage.forget()


def test_starts_by_looking_for_the_engine(app, stage):
    stage.frames()
    assert words(app.window.notices.engine)[0] == "One moment"


@pytest.mark.parametrize("app", [states.ONLINE], indirect=True)
def test_begins_with_the_desk_where_the_engine_was_faster_than_kivy(app, stage):
    assert app.window.notices.engine is None
    stage.frames(1)
    assert "Maya Okafor" in words(app.window)


def test_has_the_first_visit_ready_before_it_comes(app, stage):
    app.inbox.heard(Picture(state=states.IDLE))
    stage.frames(100)
    assert {"lines", "patron", "due"} <= {*vars(app.window.places["checkout"])}
    assert "checkin" in app.window.places._made
    assert "question" in vars(app.window.panels)


def test_getting_ready_does_not_undo_what_a_visit_has_shown_meanwhile(stage):
    stage.forget()
    root = stage.fresh()
    stage.show(states.IDLE)
    rest = root.make_ready()
    next(rest)
    later = replace(states.ONLINE.due, day="2026-12-24")
    stage.show(replace(states.ONLINE, due=later))
    assert list(rest)
    assert root.places["checkout"].due.day.replace(BLANK, " ") == "Thu 24 Dec"


def test_draws_a_screen_before_it_is_first_shown(stage):
    stage.forget()
    root = stage.fresh()
    stage.show(states.IDLE)
    assert list(root.make_ready())
    stage.frames()
    returned = root.places["checkin"].returned
    assert returned.parent is not None
    drawn = returned.ids.row.children[:]
    stage.show(replace(states.IDLE, mode="checkin"))
    assert returned.ids.row.children == drawn


def test_draws_only_the_newest_of_many_states(app, stage, monkeypatch):
    drawn = []
    monkeypatch.setattr(app.window, "show", drawn.append)
    for minute in range(10, 20):
        now = f"2026-11-21T10:{minute}:00+00:00"
        app.inbox.heard(Picture(state=replace(states.IDLE, now=now)))
    stage.frames()
    assert [state.now for state in drawn] == ["2026-11-21T10:19:00+00:00"]


@pytest.mark.parametrize("app", [states.ONLINE], indirect=True)
def test_each_new_answer_is_heard_once(app, stage):
    for answers, answer in ((0, None), (1, None), (1, None), (2, states.REFUSED.answer)):
        state = replace(states.ONLINE, answers=answers, answer=answer or states.ONLINE.answer)
        app.inbox.heard(Picture(state=state))
        stage.frames()
    assert app._player.tones == ["confirmed", "not_taken"]


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


# how it looks, and what is known of an engine that is gone


@pytest.mark.parametrize("app", [states.ONLINE], indirect=True)
def test_another_theme_and_language_are_worn_at_once_and_the_place_stays(app, stage):
    stage.frames()
    app.window.where.own = "more"
    display = Display(language="de", theme="dark", volume=0)
    app.inbox.heard(Picture(state=replace(states.ONLINE, display=display)))
    stage.frames()
    assert skin.look is THEMES["dark"]
    assert app.window.where.own == "more"
    assert app.window.ids.rail["checkout"].says == Words("de")(say("screen.rail.checkout"))
    app.inbox.heard(Picture(state=states.ONLINE))
    stage.frames()
    assert skin.look is THEMES["light"]


@pytest.mark.parametrize("app", [states_lists.REPORT], indirect=True)
def test_a_report_put_away_and_a_number_begun_outlast_another_theme(app, stage):
    stage.frames()
    assert app.window.place == "report"
    app.window.go("")
    app.window.panels.open_pad()
    app.window.keyboard.line.put("3")
    display = Display(theme="dark")
    app.inbox.heard(Picture(state=replace(states_lists.REPORT, display=display)))
    stage.frames()
    assert app.window.place == "checkout"
    assert "3" in words(app.window.overlay)
    assert app.window.keyboard.line.text == "3"


@pytest.mark.parametrize("app", [states_lists.REPORT], indirect=True)
def test_what_another_engine_tells_was_not_read_before(app, stage):
    stage.frames()
    app.window.go("")
    for answers in (states_lists.REPORT.answers - 1, states_lists.REPORT.answers):
        app.inbox.heard(Picture(state=replace(states_lists.REPORT, answers=answers)))
        stage.frames()
    assert app.window.place == "report"


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


def test_it_closes_for_an_administrator_and_for_nobody_else(app, stage, monkeypatch):
    from kivy.core.window import Window

    stopped = []
    monkeypatch.setattr(app, "stop", lambda: stopped.append(True))
    app._stays = True
    assert Window.dispatch("on_request_close")
    app.inbox.heard(Picture(state=replace(states.IDLE, leaving="close")))
    stage.frames()
    assert stopped == [True]
    assert app.closed


def test_the_arrow_goes_where_a_finger_touches_and_comes_with_a_mouse(app, stage):
    from kivy.core.window import Window

    stage.tap(app.window)
    assert not Window.show_cursor
    mouse = Touch(10, 10)
    mouse.device = "mouse"
    app._pointed(Window, mouse)
    assert Window.show_cursor
