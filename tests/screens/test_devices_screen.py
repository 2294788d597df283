"""The devices, their tests, and whether the desk is ready for an outage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.view.messages import Pressed
from tests.screens import states, states_modes
from tests.screens.audit import visible, words
from tests.screens.finding import button
from tests.screens.stage import NORMAL


@pytest.fixture
def root(stage):
    root = stage.fresh(NORMAL)
    stage.show(states_modes.DEVICES_BAD)
    return root


@pytest.mark.parametrize("chip", ["scanner", "printer"])
def test_a_chip_of_the_status_bar_opens_the_devices(stage, root, chip):
    stage.tap(getattr(root.ids.status, chip))
    assert root.place == "devices"
    said = words(root)
    assert "The scanner is not connected. Plug it in; it is picked up automatically." in said
    assert "Working." in said


@pytest.mark.parametrize(("name", "command"), [("scan", "test-scan"), ("slip", "test-slip")])
def test_a_test_is_begun_at_the_desk(stage, root, name, command):
    root.go("devices")
    stage.frames()
    stage.tap(getattr(root.screen, name))
    assert stage.sent == [Pressed(command=command)]
    assert root.where.own == ""


def test_without_devices_it_says_what_that_means_and_offers_no_test(stage, root):
    stage.show(states_modes.NO_DEVICES)
    root.go("devices")
    stage.frames()
    said = words(root)
    assert {"No scanner set up", "No printer set up"} <= set(said)
    assert "Print a test receipt" not in said


def test_what_is_to_be_mended_stands_first(stage, root):
    stage.show(states_modes.STATES["ready-bad"])
    root.go("ready")
    stage.frames()
    said = words(root)
    assert "Not ready for an outage: 3 things to fix" in said
    bad, look, good = (
        said.index(x)
        for x in (
            "The printer cannot print.",
            "There is no supervisor, so no block can be overridden.",
            "Scans are being recorded.",
        )
    )
    assert bad < look < good


def test_it_looks_again_once(stage, root):
    root.go("ready")
    stage.frames()
    stage.tap(root.screen.look)
    assert stage.sent == [Pressed(command="ready")]
    stage.show(states_modes.LOOKING)
    assert not [w for w, _ in visible(root) if w is root.screen.look]
    stage.show(states_modes.STATES["ready-good"])
    assert "Ready for an outage" in words(root)
    assert [w for w, _ in visible(root) if w is root.screen.look]


def test_it_says_what_it_is_looking_at_and_can_be_stopped(stage, root):
    root.go("ready")
    looking = states_modes.LOOKING
    stage.show(looking)
    said = " ".join(words(root))
    assert "Checking…" in said
    assert "Everything recorded so far is being read.\nThe library system is being asked." in said
    left = replace(looking.readiness, looking=("library",))
    stage.show(replace(looking, readiness=left))
    assert "Everything recorded so far is being read." not in " ".join(words(root))
    stage.tap(button(root, "Stop checking"))
    assert stage.sent == [Pressed(command="stop")]
    assert root.place == "ready"


def test_a_long_print_out_says_how_far_it_is_and_can_be_stopped(stage, root):
    root.go("devices")
    stage.show(states_modes.PRINTING)
    assert "Printing a long list: 45 %. 2 more wait behind it." in words(root)
    stage.tap(button(root, "Stop printing"))
    assert stage.sent == [Pressed(command="stop")]
    stage.show(states_modes.DEVICES)
    assert "Stop printing" not in words(root)


def test_practice_begins_at_the_desk(stage, root):
    root.go("ready")
    stage.frames()
    stage.tap(root.screen.practise)
    assert stage.sent == [Pressed(command="practice")]
    assert root.where.own == ""


def test_before_the_first_look_it_says_so(stage, root):
    stage.show(replace(states.IDLE, commands=()))
    root.go("ready")
    stage.frames()
    said = words(root)
    assert "Not checked yet" in said
    assert "Practise an outage" not in said


def test_a_desk_that_is_not_ready_says_so_in_the_status_bar_before_an_outage(stage, root):
    unready = replace(states.IDLE, readiness=states_modes.READY_BAD)
    stage.show(unready)
    stage.tap(root.ids.status.ready)
    assert root.place == "ready"
    root.go("")
    stage.show(replace(states.OFFLINE, readiness=states_modes.READY_BAD))
    assert root.ids.status.ready.parent is None, "during one it is too late"
    stage.show(replace(states.IDLE, readiness=states_modes.READY))
    assert root.ids.status.ready.parent is None


def test_a_desk_that_is_locked_leaves_every_place_of_its_own(stage, root):
    root.go("devices")
    stage.show(replace(states.IDLE, locked=say("duty.locked.idle")))
    assert root.where.own == ""
