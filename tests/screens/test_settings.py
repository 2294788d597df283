"""The settings by touch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.screens.keyboard import KEY_BACKSPACE, KEY_ENTER, KEY_ESCAPE
from kiosk.screens.widgets.setting import choices, value_words
from kiosk.view.messages import ChangeSetting, Leave, Pressed, SettingsLeft
from kiosk.view.state import Tried
from tests.screens.audit import visible, words
from tests.screens.finding import button
from tests.screens.states_settings import CHANGED, CLOSED, OPENED


@pytest.fixture
def root(stage):
    root = stage.fresh()
    root.go("settings")
    return root


def row(root, label):
    found = [w for w, _ in visible(root) if getattr(w, "label", "") == label]
    return found[0]


def test_everybody_chooses_how_the_screen_looks(stage, root):
    stage.show(CLOSED)
    stage.tap(row(root, "Colours"))
    stage.tap(button(root, "High contrast"))
    assert stage.sent == [ChangeSetting(key="screen.theme", value="contrast")]
    assert root.overlay is None


def test_a_choice_that_cannot_be_kept_says_why(stage, root):
    stage.show(CLOSED)
    stage.tap(row(root, "Colours"))
    stage.tap(button(root, "High contrast"))
    why = say("setting.not_kept", reason="No space left on device")
    failed = Tried(key="screen.theme", value="contrast", problem=why)
    stage.show(replace(CLOSED, display=replace(CLOSED.display, tried=failed)))
    assert "No space left on device" in " ".join(words(root.overlay))
    stage.tap(button(root.overlay, "Close"))
    stage.show(replace(CLOSED, display=replace(CLOSED.display, tried=failed), now=OPENED.now))
    assert root.overlay is None


def test_languages_are_called_by_their_own_names(stage, root):
    stage.show(CLOSED)
    stage.tap(row(root, "Language"))
    assert {"English", "Español", "Français", "Deutsch"} <= {*words(root.overlay)}


def test_what_the_file_decides_says_so_and_is_not_changed(stage, root):
    stage.show(CLOSED)
    stage.tap(row(root, "Sounds"))
    assert "kiosk.toml decides this (screen.volume)" in " ".join(words(root.overlay))
    assert stage.sent == []


def test_the_rest_is_opened_by_an_administrator_and_then_on_show(stage, root):
    stage.show(CLOSED)
    assert "Name of the library" not in words(root)
    stage.tap(button(root, "Open all settings"))
    assert stage.sent == [Pressed(command="settings")]
    assert root.place == "checkout"
    stage.show(OPENED)
    assert root.place == "settings"
    assert "Name of the library" in words(root)


def test_closing_them_says_that_the_desk_starts_anew_where_that_is_so(stage, root):
    stage.show(CHANGED)
    assert "the desk restarts" in " ".join(words(root))
    stage.tap(button(root, "Close the settings"))
    assert stage.sent[-1] == Pressed(command="settings:close")


def test_daybook_is_closed_only_after_a_second_look(stage, root):
    stage.show(OPENED)
    stage.tap(button(root, "Close Daybook"))
    root.overlay._since -= 1
    stage.tap(button(root.overlay, "Cancel"))
    assert stage.sent == []
    stage.tap(button(root, "Close Daybook"))
    root.overlay._since -= 1
    stage.tap(button(root.overlay, "Close Daybook"))
    assert stage.sent == [Leave()]


def test_escape_leaves_daybook_open(stage, root):
    stage.show(OPENED)
    stage.tap(button(root, "Close Daybook"))
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames()
    assert root.overlay is None
    assert stage.sent == []


def test_every_value_of_every_setting_has_its_words():
    for setting in OPENED.settings.settings:
        for value in choices(setting):
            assert "setting." not in value_words(setting, value)


@pytest.mark.parametrize(
    "leave",
    [
        lambda root: root.escape(),
        lambda root: root.go("more"),
        lambda root: root.show(replace(OPENED, scans=OPENED.scans + 1)),
    ],
)
def test_who_leaves_the_screen_leaves_no_settings_open(stage, root, leave):
    stage.show(OPENED)
    leave(root)
    assert root.place != "settings"
    assert stage.sent == [SettingsLeft()]


def test_what_was_never_opened_need_not_be_closed(stage, root):
    stage.show(CLOSED)
    root.escape()
    assert stage.sent == []


def test_settings_that_close_by_themselves_leave_the_rest(stage, root):
    stage.show(OPENED)
    stage.show(replace(OPENED, settings=None))
    assert "Name of the library" not in words(root)
    assert "Colours" in words(root)


# one that is typed


def tried(key, value, problem=None):
    return replace(
        OPENED, display=replace(OPENED.display, tried=Tried(key=key, value=value, problem=problem))
    )


def edit(stage, root, label):
    stage.show(OPENED)
    chosen = row(root, label)
    root.places["settings"]._list.scroll_to(chosen, animate=False)
    stage.frames(2)
    stage.tap(chosen)
    stage.frames(2)


@pytest.mark.parametrize(
    ("label", "at_hand"),
    [("Usual loan, in days", "1"), ("Telephone", "+"), ("E-mail", "@"), ("Who helps", ",")],
)
def test_it_begins_with_the_keys_for_it(stage, root, label, at_hand):
    edit(stage, root, label)
    before = root.keyboard.line.text
    stage.tap(button(root, at_hand))
    assert root.keyboard.line.text == before + at_hand


def test_it_is_checked_while_it_is_typed_and_kept_by_enter(stage, root):
    edit(stage, root, "Usual loan, in days")
    root.keyboard.key(KEY_BACKSPACE, None, [])
    stage.type("x")
    stage.wait(0.4)
    assert stage.sent == [ChangeSetting(key="desk.loan_days", value="2x", keep=False)]
    stage.show(tried("desk.loan_days", "2x", say("form.number", least=0, most=9999)))
    assert words(root).count("Give a whole number from 0 to 9999.") == 1
    root.keyboard.key(KEY_BACKSPACE, None, [])
    stage.type("8")
    root.keyboard.key(KEY_ENTER, None, [])
    assert stage.sent[-1] == ChangeSetting(key="desk.loan_days", value="28")
    stage.show(tried("desk.loan_days", "28"))
    assert "Usual loan, in days" in words(root)
    assert "Keep" not in words(root)


def test_what_does_not_fit_stays_to_be_mended(stage, root):
    edit(stage, root, "Time zone")
    stage.type("Nowhere")
    root.keyboard.key(KEY_ENTER, None, [])
    stage.show(tried("library.timezone", "Nowhere", say("setting.timezone")))
    assert "Nowhere" in words(root)
    assert "No such time zone." in " ".join(words(root))


def test_it_is_typed_on_the_screen_alone(stage, root):
    edit(stage, root, "Telephone")
    stage.frames(2)
    stage.tap(button(root, "-"))
    stage.tap(button(root, "Keep"))
    assert stage.sent[-1] == ChangeSetting(key="support.phone", value="555 0142-")


def test_a_number_is_typed_with_large_digits(stage, root):
    edit(stage, root, "Usual loan, in days")
    stage.frames(2)
    stage.tap(button(root, "Clear"))
    assert root.keyboard.line.text == ""
    stage.tap(button(root, "2"))
    stage.tap(button(root, "8"))
    stage.tap(button(root, "Keep"))
    assert stage.sent[-1] == ChangeSetting(key="desk.loan_days", value="28")


def test_cancel_and_escape_leave_it_as_it_was(stage, root):
    edit(stage, root, "Telephone")
    stage.type("9")
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames(2)
    assert root.place == "settings"
    assert root.keyboard.line.text == ""
    stage.wait(0.4)
    edit(stage, root, "Telephone")
    stage.tap(button(root, "Cancel"))
    stage.wait(0.4)
    assert not [x for x in stage.sent if isinstance(x, ChangeSetting) and x.keep]


def test_settings_that_close_while_one_is_typed_leave_it_as_it_was(stage, root):
    edit(stage, root, "Telephone")
    stage.show(CLOSED)
    assert "Colours" in words(root)
    assert root.keyboard.line.text == ""


def test_a_screen_that_begins_while_the_settings_are_open_shows_them(stage):
    root = stage.fresh()
    stage.show(OPENED)
    assert root.place == "settings"
    root.escape()
    stage.show(replace(OPENED, answers=OPENED.answers + 1))
    assert root.place == "checkout"
