"""Two windows on one engine answer the same question at once: the second answer changes nothing.

The engine stands still while both answer, so that it sees the two within one turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.shift import LEFT_HAND, MAYA, Shift, shift

from kiosk.staff import changes, file
from kiosk.view.messages import Pressed, Typed
from kiosk.view.state import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.view.state import AppState

PIN = "2741"
MISREAD = "31234000448208"
"""Its check digit does not fit."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    """A desk with a member of staff, who has to say who she is."""
    data = tmp_path / "data"
    data.mkdir()
    file.write(data, changes.add(file.Staff(), "Ines", "administrator", PIN))
    with shift(tmp_path) as opened:
        opened.sees(lambda s: s.form is not None, "the question who is on duty")
        yield opened


@pytest.fixture
def other(desk: Shift) -> Iterator[Shift]:
    with desk.beside() as window:
        yield window


def asks(name: str, *windows: Shift) -> None:
    def so(state: AppState) -> bool:
        form = state.form
        return form is not None and form.fields[form.at].label.key == name

    for window in windows:
        window.sees(so, name)


def goes_on_duty(desk: Shift, other: Shift) -> None:
    desk.answers(Typed(text="1"))
    asks("duty.pin", desk, other)
    desk.answers(Typed(text=PIN))
    for window in (desk, other):
        window.sees(lambda s: s.form and s.form.headline.key == "duty.session", "the session")
    desk.answers(Pressed(command="yes"))
    for window in (desk, other):
        window.sees(lambda s: s.locked is None and s.staff == "Ines", "Ines on duty")


def nothing_is_asked(*windows: Shift) -> None:
    for window in windows:
        window.sees(lambda s: s.prompt == Prompt(), "nothing asked")


def test_a_pin_from_both_windows_fills_in_one_field(desk: Shift, other: Shift) -> None:
    desk.answers(Typed(text="1"))
    asks("duty.pin", desk, other)
    with desk.at_once():
        desk.answers(Typed(text=PIN))
        other.answers(Typed(text=PIN))
    desk.hears("late.answered")
    state = other.sees(lambda s: s.form and s.form.headline.key == "duty.session", "the session")
    assert state.form is not None
    assert state.form.problem is None
    assert PIN not in repr((state, desk.state, desk.happened))
    assert PIN.encode() not in desk.engine.errors
    assert not any(PIN.encode() in x.read_bytes() for x in desk.data.rglob("*") if x.is_file())


def test_a_wrong_pin_from_both_windows_is_one_wrong_try(desk: Shift, other: Shift) -> None:
    desk.answers(Typed(text="1"))
    asks("duty.pin", desk, other)
    with desk.at_once():
        desk.answers(Typed(text="9002"))
        other.answers(Typed(text="9002"))
    desk.hears("late.answered")
    state = desk.sees(lambda s: s.form and s.form.problem, "the PIN asked again")
    assert state.form is not None
    assert state.form.problem is not None
    assert state.form.problem.args == {"count": 4}


def test_a_yes_from_both_windows_answers_one_question(desk: Shift, other: Shift) -> None:
    goes_on_duty(desk, other)
    desk.scan(MAYA, MISREAD)
    for window in (desk, other):
        window.sees(lambda s: s.question is not None, "whether it is used anyway")
    with desk.at_once():
        desk.answers(Pressed(command="yes"))
        other.answers(Pressed(command="yes"))
    desk.sees(lambda s: s.lines, "the item used")
    nothing_is_asked(desk, other)
    assert not [h for h in desk.happened if h.answer.headline.key == "doubt.nothing"]
    desk.answers(Typed(text=LEFT_HAND))
    desk.sees(lambda s: len(s.lines) == 2, "the desk at work")
    assert [x["item"] for x in desk.transactions()] == [MISREAD, LEFT_HAND]


def test_a_number_typed_while_the_other_window_opens_a_form_is_told_and_not_taken(
    desk: Shift, other: Shift
) -> None:
    goes_on_duty(desk, other)
    desk.scan(MAYA)
    for window in (desk, other):
        window.sees(lambda s: s.patron is not None, "Maya")
    before = desk.sees(lambda _: True, "the desk")
    other.answers(Pressed(command="find"))
    desk.sees(lambda s: s.form is not None, "the form")
    desk.type(LEFT_HAND, before.prompt)
    state = desk.sees(lambda s: s.form and s.form.meanwhile, "that it was not taken")
    assert state.form is not None
    assert state.form.fields[0].value == ""
    assert desk.transactions() == []
    desk.answers(Pressed(command="no"))
    nothing_is_asked(desk, other)
    desk.answers(Typed(text=LEFT_HAND))
    desk.sees(lambda s: s.items == 1, "the item lent")
