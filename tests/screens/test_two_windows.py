"""A real window beside another one, at a real engine: both answer the same at once."""

from __future__ import annotations

import pytest
from support.shift import shift

from kiosk.screens.keyboard import KEY_ENTER
from kiosk.staff import changes, file
from kiosk.view.messages import Typed
from tests.screens.audit import words
from tests.screens.hand import hand_at

PIN = "2741"


@pytest.fixture
def desk(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    file.write(data, changes.add(file.Staff(), "Ines", "administrator", PIN))
    with shift(tmp_path) as opened:
        opened.sees(lambda state: state.form is not None, "the question who is on duty")
        yield opened


def test_a_pin_typed_at_both_fills_in_no_field_after_it(stage, desk):
    with hand_at(stage, desk.data) as hand:
        hand.is_asked("Who is on duty?")
        hand.touches("Ines, administrator")
        hand.is_asked("PIN")
        desk.sees(lambda s: s.form and s.form.at == 1, "the PIN asked at the other one")
        with desk.at_once():
            for digit in PIN:
                hand.root.keyboard.key(ord(digit), digit, [])
            hand.root.keyboard.key(KEY_ENTER, None, [])
            desk.answers(Typed(text=PIN))
        desk.hears("late.answered")
        hand.sees(lambda: _asks(hand.root.state, "duty.session"), "the session")
        stage.frames()
        assert hand.root.state.form.problem is None
        assert PIN not in " ".join(words(hand.root))
        assert not hand.root.keyboard.line.text


def _asks(state, headline: str) -> bool:
    return state.form is not None and state.form.headline.key == headline
