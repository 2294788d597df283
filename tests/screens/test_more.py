"""Whatever else a desk offers: large tiles, and what pressing them does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.view.messages import Pressed
from tests.screens import states_modes
from tests.screens.audit import visible, words
from tests.screens.stage import COMPACT, NORMAL


@pytest.fixture
def root(stage):
    root = stage.fresh(NORMAL)
    stage.show(states_modes.OFFERED)
    root.go("more")
    stage.frames()
    return root


def test_everything_that_the_desk_offers_is_there_in_its_group(root):
    said = words(root)
    assert {"Lend and take back", "The day", "This desk"} <= {*said}
    assert {"Renew", "From paper", "Who has it?", "Upload sessions", "Practise an outage"} <= {
        *said
    }


def test_what_the_desk_does_not_offer_is_not_there(stage, root):
    stage.show(states_modes.FEW_OFFERED)
    said = words(root)
    assert not {"Renew", "New patron", "Kind of item", "Practise an outage"} & {*said}
    assert "Patron without a card" in said


def test_a_group_of_which_nothing_is_offered_is_not_there(stage, root):
    stage.show(replace(states_modes.OFFERED, commands=("find",)))
    assert "Lend and take back" not in words(root)


def test_a_tile_gives_its_command_at_the_desk(stage, root):
    stage.tap(root.screen["renew"])
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert stage.sent == [Pressed(command="renew")]
    assert root.place == "checkout"


def test_the_kind_of_the_next_item_is_chosen_by_its_name(stage, root):
    stage.tap(root.screen["kind"])
    stage.wait(0.4)
    assert "What kind of item comes next?" in words(root)
    laptop = next(w for w, _ in visible(root.overlay) if getattr(w, "says", "") == "Laptop")
    stage.tap(laptop)
    stage.wait(0.4)
    assert stage.sent == [Pressed(command="kind:4")]
    assert root.overlay is None


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_all_of_it_is_seen_at_once(stage, size):
    root = stage.fresh(size)
    stage.show(states_modes.OFFERED)
    root.go("more")
    stage.frames()
    pane = root.screen.children[0]
    assert pane.children[0].height <= pane.height
    tiles = [w for w, _ in visible(root) if type(w).__name__ == "Tile"]
    assert len(tiles) > 15
    assert all(tile.height >= 88 for tile in tiles)
