"""The chips of the status bar: what is wrong is said in a word, however narrow the window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.screens.widgets.statusbar import Pill
from kiosk.view.state import BlockList
from tests.screens.audit import audit, visible
from tests.screens.gallery import STATES
from tests.screens.stage import COMPACT, NORMAL, SIZES


def chips(stage):
    """Give what the chips say, from the left; a chip without words is None."""
    bar = stage.root.ids.status
    found = sorted((w for w, _ in visible(bar) if isinstance(w, Pill)), key=lambda w: w.x)
    return [chip.says or None for chip in found]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_device_in_trouble_is_named_beside_its_icon(stage, size):
    stage.fresh(size)
    stage.show(STATES["devices-troubled"])
    assert chips(stage)[:3] == ["Offline\u00a0· 1,214 waiting", "Scanner", "Printer"]


def test_devices_that_work_need_no_word(stage):
    stage.fresh()
    stage.show(STATES["checkout-online"])
    assert chips(stage)[:3] == ["Library", None, None]


def test_where_it_is_narrow_what_says_that_all_is_well_gives_way(stage):
    troubled = replace(STATES["devices-troubled"], block_list=BlockList(state="fresh"))
    stage.fresh(NORMAL)
    stage.show(troubled)
    assert chips(stage)[1:] == ["Scanner", "Printer", "List: today"]
    stage.fresh(COMPACT)
    stage.show(troubled)
    assert chips(stage)[1:] == ["Scanner", "Printer"]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", ["devices-troubled", "checkout-online"])
def test_a_chip_is_as_wide_as_was_reckoned_when_there_was_room_to_find(stage, size, state):
    stage.fresh(size)
    stage.show(STATES[state])
    drawn = [chip for chip in stage.root.ids.status._chips if chip.pill.parent is not None]
    assert len(drawn) >= 3
    assert [chip.pill.width for chip in drawn] == pytest.approx([chip.width for chip in drawn])


def test_where_all_is_wrong_at_once_everything_still_has_its_place(stage):
    worst = replace(
        STATES["devices-troubled"],
        block_list=BlockList(state="too_old", days=9),
        space=STATES["disk-low"].space,
        clock=STATES["time-unconfirmed"].clock,
    )
    stage.fresh(COMPACT)
    stage.show(worst)
    assert len(chips(stage)) == 6
    assert [fault for fault in audit(stage.root) if not fault.startswith("colour alone")] == []
