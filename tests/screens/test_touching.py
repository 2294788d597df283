"""What a finger means, at a real desk behind the window: a double touch is one, a key is not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from kivy.base import EventLoop
from support.desk_script import JONAS, LEFT_HAND, MAYA, MISREAD, PIPPI, SWEETGRASS, Day

from kiosk.desk.policy import DeskSettings, NoncatKind
from kiosk.screens.touching import BLINK, JUST_NOW
from kiosk.view.messages import Pressed
from kiosk.words import Words
from tests.screens import states
from tests.screens import states_forms as forms
from tests.screens.acting import Acting
from tests.screens.audit import visible
from tests.screens.finding import button
from tests.screens.gallery import STATES
from tests.screens.stage import Touch


class Finger(Acting):
    """A finger that may shake, or stay down for long."""

    def comes_down(self, says: str) -> Touch:
        """Come down on what stands there long enough to have been seen."""
        self.stage.wait(JUST_NOW)
        touch = Touch(*self.finds(says))
        EventLoop.post_dispatch_input("begin", touch)
        self.stage.wait(0.08)  # what scrolls waits a moment, whether the finger moves
        return touch

    def taps_at_once(self, place: tuple[float, float]) -> None:
        """Touch a place shortly, whatever may have come up there."""
        touch = Touch(*place)
        EventLoop.post_dispatch_input("begin", touch)
        self.leaves(touch)
        self.stage.wait(0.3)
        self.carry()

    def leaves(self, touch: Touch) -> None:
        EventLoop.post_dispatch_input("end", touch)
        self.stage.frames(2)
        self.carry()

    def touches_twice(self, says: str) -> None:
        """Touch a place twice in a blink."""
        self.stage.wait(JUST_NOW)
        place = self.finds(says)
        began = time.time()
        for half in range(2):
            touch = Touch(*place)
            touch.time_start = began + half * BLINK / 2  # however slow the machine is
            EventLoop.post_dispatch_input("begin", touch)
            self.stage.wait(0.07)
            self.leaves(touch)
        self.stage.wait(0.3)

    def finds(self, says: str) -> tuple[float, float]:
        widget = next(
            (w for w, _ in visible(self.root.topmost()) if getattr(w, "says", "") == says), None
        )
        assert widget is not None, f"nothing says {says!r}"
        x, y = widget.to_window(*widget.center)
        return x, y


@pytest.fixture
def finger(stage):
    settings = DeskSettings(noncat=(NoncatKind(code="2", name="Paperback"),))
    day = Day(settings)
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    return Finger(stage, day)


def test_a_double_touch_undoes_one_item(finger):
    finger.touches_twice("Undo")
    assert finger.root.state.items == 1


def test_the_second_half_of_a_touch_on_finish_does_not_end_the_visit(finger):
    finger.day.presses("noncat")
    finger.show()
    finger.touches("2")
    finger.touches_twice("Finish")
    assert finger.root.state.patron is not None
    assert finger.root.place == "checkout"


def test_a_double_touch_on_a_key_writes_its_digit_twice(finger):
    finger.touches("Type a number")
    finger.touches_twice("5")
    assert finger.root.keyboard.line.text == "55"


def test_two_touches_of_one_button_that_are_no_double_touch_are_two(finger):
    finger.touches("Undo")
    finger.stage.wait(0.3)
    finger.touches("Undo")
    assert finger.root.state.items == 0


def test_what_a_question_covers_is_let_go_of(finger):
    touch = finger.comes_down("Undo")
    finger.scans(MISREAD)
    assert finger.root.state.question is not None
    finger.leaves(touch)
    assert finger.root.state.items == 2
    assert finger.root.state.question is not None


def test_what_went_away_under_the_finger_is_not_pressed(finger):
    finger.touches("More")
    touch = finger.comes_down("Renew")
    finger.scans(JONAS)
    finger.leaves(touch)
    assert finger.root.state.mode == "checkout"


def test_what_a_scan_brings_up_is_not_pressed_by_a_touch_on_its_way(finger):
    finger.day.presses("done")
    finger.show()
    finger.stage.wait(JUST_NOW)
    finger.scans(MAYA)
    finger.taps_at_once(finger.finds("Done"))
    assert finger.root.state.patron is not None
    finger.taps_at_once(finger.finds("Done"))
    assert finger.root.state.patron is None, "by now it has been seen"


def test_what_stayed_where_it_was_is_pressed_at_once(finger):
    finger.stage.wait(JUST_NOW)
    finger.scans(PIPPI)
    finger.taps_at_once(finger.finds("Undo"))
    assert finger.root.state.items == 2


def test_a_question_is_not_answered_by_a_touch_on_its_way(finger):
    finger.stage.wait(JUST_NOW)
    finger.scans(MISREAD)
    yes = finger.root.state.question.yes
    place = finger.finds(Words("en")(yes))
    finger.taps_at_once(place)
    assert finger.root.state.question is not None
    finger.taps_at_once(place)
    assert finger.root.state.question is None


def test_another_question_is_not_answered_by_a_touch_meant_for_the_one_before(finger):
    finger.scans(MISREAD)
    finger.stage.wait(JUST_NOW)
    place = finger.finds(Words("en")(finger.root.state.question.yes))
    finger.scans(MISREAD[:-1] + "4")
    asked = finger.root.state.question
    assert asked is not None
    finger.taps_at_once(place)
    assert finger.root.state.question == asked


def test_what_the_alarm_has_hidden_is_not_pressed_as_it_goes(finger):
    calm = finger.root.state
    finger.stage.show(replace(calm, alarm=states.ALARM.alarm))
    finger.stage.wait(JUST_NOW)
    finger.stage.show(calm)
    finger.taps_at_once(finger.finds("Undo"))
    assert finger.root.state.items == 2


def tap_at_once(stage, place):
    touch = Touch(*place)
    for phase in ("begin", "end"):
        EventLoop.post_dispatch_input(phase, touch)
        stage.frames(1)
    stage.wait(0.3)


def test_the_first_digit_of_a_pin_is_not_lost_however_soon_it_is_touched(stage):
    root = stage.fresh()
    stage.show(forms.WHO)
    stage.wait(JUST_NOW)
    stage.show(forms.PIN)
    key = button(root, "7")
    tap_at_once(stage, key.to_window(*key.center))
    assert root.keyboard.line.text == "7"


def test_but_the_second_touch_of_two_is_no_digit(stage):
    root = stage.fresh()
    stage.show(forms.PIN)
    stage.wait(JUST_NOW)
    key = button(root, "7")
    place = key.to_window(*key.center)
    stage.show(forms.WHO)
    first, second = Touch(*place), Touch(*place)
    second.time_start = first.time_start + BLINK / 2  # however slow the machine is
    for touch in (first, second):
        EventLoop.post_dispatch_input("begin", touch)
        EventLoop.post_dispatch_input("end", touch)
        stage.show(forms.PIN)
    assert root.keyboard.line.text == ""


def test_a_button_that_reads_as_the_one_of_the_field_before_is_not_pressed_for_that(stage):
    root = stage.fresh()
    stage.show(forms.PHONE)
    stage.wait(JUST_NOW)
    place = button(root, "Skip")
    asked = replace(forms.PHONE.form, at=forms.PHONE.form.at + 1)
    stage.show(replace(forms.PHONE, form=asked))
    tap_at_once(stage, place.to_window(*place.center))
    assert stage.sent == []


def test_what_counts_all_the_time_is_pressed_all_the_time(stage):
    root = stage.fresh()
    stage.show(states.OFFLINE)
    stage.wait(JUST_NOW)
    waiting = replace(states.OFFLINE.library, waiting=states.OFFLINE.library.waiting + 1)
    stage.show(replace(states.OFFLINE, library=waiting))
    pill = root.ids.status.library
    tap_at_once(stage, pill.to_window(*pill.center))
    assert root.place == "delivery"


@pytest.fixture
def to_fix(stage):
    root = stage.fresh()
    stage.show(STATES["to-fix"])
    root.touches.forget()
    return root


def row_of(root, name):
    return next(w for w, _ in visible(root) if getattr(w, "name", "") == name)


@pytest.mark.parametrize("held", [0, 0.2])
def test_the_row_that_was_touched_is_chosen_though_rows_have_come_above_it(stage, to_fix, held):
    state = STATES["to-fix"]
    row = row_of(to_fix, "2")
    touch = Touch(*row.to_window(*row.center))
    EventLoop.post_dispatch_input("begin", touch)
    stage.wait(held)
    first = replace(state.listing.rows[0], name="9")
    rows = (first, *state.listing.rows)
    stage.show(replace(state, listing=replace(state.listing, rows=rows, count=len(rows))))
    EventLoop.post_dispatch_input("end", touch)
    stage.wait(0.3)
    assert stage.sent == [Pressed(command="choose:#2")]


def test_a_row_that_a_question_covers_is_let_go_of(stage, to_fix):
    row = row_of(to_fix, "2")
    touch = Touch(*row.to_window(*row.center))
    EventLoop.post_dispatch_input("begin", touch)
    stage.show(replace(STATES["to-fix"], question=states.QUESTION.question))
    EventLoop.post_dispatch_input("end", touch)
    stage.wait(0.3)
    assert stage.sent == []


def test_a_row_that_came_up_just_now_is_not_chosen(stage, to_fix):
    state = STATES["to-fix"]
    row = row_of(to_fix, "1")
    place = row.to_window(*row.center)
    rows = (replace(state.listing.rows[0], name="9"), *state.listing.rows)
    stage.show(replace(state, listing=replace(state.listing, rows=rows, count=len(rows))))
    tap_at_once(stage, place)
    assert stage.sent == []
