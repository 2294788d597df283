"""What surfaces are drawn in: they keep their line, however often they are pressed."""

from __future__ import annotations

import pytest

from kiosk.screens.places import more
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface
from kiosk.screens.widgets.numberpad import Key


def tile():
    load_kv(more.__file__)
    return more.Tile()


@pytest.mark.parametrize("make", [Key, tile])
def test_what_was_pressed_has_its_line_still(stage, make):
    stage.fresh()
    button = make()
    before = tuple(button.rim)
    assert before != tuple(button.ground)
    for state in ("down", "normal"):
        button.state = state
        stage.frames(1)
        assert tuple(button.rim) == before


def test_a_surface_without_a_line_of_its_own_has_one_of_its_colour(stage):
    stage.fresh()
    surface = Surface(ground=skin.look.accent)
    rim, ground = surface._colours
    assert tuple(rim.rgba) == tuple(ground.rgba) == skin.look.accent
    surface.ground = skin.look.chip
    assert tuple(rim.rgba) == skin.look.chip
