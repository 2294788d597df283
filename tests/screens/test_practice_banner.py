"""The banner of a practice outage: over everything, with its time and its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.screens.widgets.practice import time_left
from kiosk.view.messages import Pressed
from tests.screens import states, states_modes
from tests.screens.audit import words
from tests.screens.stage import COMPACT, NORMAL, ROOMY

NOW = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (120, "2:00 left"),
        (92, "1:32 left"),
        (9, "0:09 left"),
        (0, "0:00 left"),
        (-1, "until 10:41"),
        (121, "until 10:44"),
    ],
)
def test_the_time_that_is_left_is_counted_where_the_clock_can_be_right(stage, seconds, says):
    stage.fresh()
    assert time_left((NOW + timedelta(seconds=seconds)).isoformat(), NOW) == says


@pytest.mark.parametrize("size", [COMPACT, NORMAL, ROOMY])
@pytest.mark.parametrize("place", ["", "more", "help"])
def test_it_is_over_every_place_and_can_be_ended_there(stage, size, place):
    root = stage.fresh(size)
    stage.show(states_modes.PRACTISING)
    root.go(place)
    stage.frames()
    assert "PRACTICE" in words(root)[:4]
    stage.tap(root.practice.ids.end)
    assert stage.sent == [Pressed(command="practice")]


def test_it_counts_down_by_itself_and_goes_with_the_practice(stage):
    root = stage.fresh()
    stage.show(states_modes.PRACTISING)
    now = datetime.now(UTC)
    root.practice.show((now + timedelta(seconds=100)).isoformat())
    before = root.practice.left
    with stage.time.of_machine():
        stage.wait(2.1)
    assert root.practice.left != before
    stage.show(states.IDLE)
    assert "PRACTICE" not in words(root)
