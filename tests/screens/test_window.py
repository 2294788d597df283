"""Between the link's thread and Kivy's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.screens.skin import BLANK, skin
from kiosk.screens.theme import THEMES
from kiosk.view.messages import Picture, Pressed, Typed
from kiosk.view.state import Display, Prompt
from kiosk.words import Words
from tests.screens import states, states_forms, states_lists, states_settings
from tests.screens.audit import words
from tests.screens.stage import COMPACT, Touch


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


def test_the_sounds_of_a_desk_that_began_in_silence_are_read_once_it_shall_be_heard(
    app, stage, monkeypatch
):
    monkeypatch.setattr(type(app.window), "make_ready", lambda _: iter(()))
    for volume in (0, 70, 50):
        display = Display(volume=volume)
        app.inbox.heard(Picture(state=replace(states.IDLE, display=display)))
        stage.frames(5)
    assert app._player.made_ready_for == [0, 70]


@pytest.mark.parametrize("app", [states.IDLE], indirect=True)
def test_nothing_more_is_made_for_a_window_that_another_took_the_place_of(app, stage):
    stage.frames(5)
    before, theme = app.window, Display(theme="dark")
    app.inbox.heard(Picture(state=replace(states.IDLE, display=theme)))
    stage.frames()
    made = {*before.places._made}
    stage.frames(100)
    assert {*before.places._made} == made
    assert {*app.window.places._made} > made


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


@pytest.mark.parametrize("app", [states_settings.OPENED], indirect=True)
def test_a_setting_that_is_being_typed_outlasts_another_theme(app, stage):
    stage.frames()
    settings = app.window.places["settings"]
    settings._chosen(settings._rows["support.phone"])
    app.window.keyboard.line.put("9")
    typed = app.window.keyboard.line.text
    display = replace(states_settings.OPENED.display, theme="dark")
    app.inbox.heard(Picture(state=replace(states_settings.OPENED, display=display)))
    stage.frames()
    assert app.window.place == "settings"
    assert app.window.overlay is None
    assert app.window.keyboard.line.text == typed
    now = app.window.places["settings"]
    assert now is not settings
    assert now.board.get_root_window() is not None, "there is nothing to type on"
    assert typed in words(now.editor)


@pytest.mark.parametrize("app", [states_lists.REPORT], indirect=True)
def test_what_another_engine_tells_was_not_read_before(app, stage):
    stage.frames()
    app.window.go("")
    for answers in (states_lists.REPORT.answers - 1, states_lists.REPORT.answers):
        app.inbox.heard(Picture(state=replace(states_lists.REPORT, answers=answers)))
        stage.frames()
    assert app.window.place == "report"


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


def test_what_is_done_says_before_which_question_it_was_done_and_a_scan_does_not(app, stage):
    asked = replace(states_forms.PIN, prompt=Prompt(form="the PIN"))
    app.inbox.heard(Picture(state=asked))
    stage.frames()
    app.window.press("no")
    app.window.type_in("2741")
    app.window.line_done("31234000517860", scanned=True)
    assert app.link.sent == [
        Pressed(command="no", prompt=asked.prompt),
        Typed(text="2741", prompt=asked.prompt),
        Typed(text="31234000517860", scanned=True),
    ]
