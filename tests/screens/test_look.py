"""Every screen, in every size and theme: nothing clipped, too small or hard to read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import astuple

import pytest

from kiosk.screens.theme import MOTION, THEMES
from kiosk.screens.widgets.texts import Icon, Text
from tests.screens.audit import audit, cut, cut_buttons, visible, what_stays
from tests.screens.contrast import contrast, pixel
from tests.screens.gallery import STATES
from tests.screens.stage import SIZES
from tests.screens.stories import NAMES

MAY_BE_CUT = {
    *("checkout-long", "checkout-stages", "checkout-refused"),
    *("devices-troubled", "disk-short"),
    *("inhouse", "due-by-hour", "devices-bad", "ready-bad"),
    *("form-session-due", "form-session-time"),
    *("today", "today-chosen", "today-too-late", "sessions", "sessions-chosen"),
}
"""Where a title or a name is too long on purpose."""


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_screen_passes_the_audit(stage, size):
    stage.fresh(size)
    found = []
    for name in NAMES:
        stage.turn_to(name)
        found += what_stays(stage, name, cut_buttons if name in MAY_BE_CUT else cut)
    assert found == []


def test_the_audit_finds_what_is_wrong(stage):
    stage.fresh()
    stage.show(STATES["checkout-online"])
    checkout, bar = stage.root.places["checkout"], stage.root.ids.status
    checkout.done.size_hint_x, checkout.done.width = None, 30
    checkout.patron.spacing = -9
    checkout.pair.spacing = 2
    bar.ids.clock.font_size = 12
    undo = next(w for w, _ in visible(stage.root) if isinstance(w, Text) and w.says == "Undo")
    undo.says = "Undoable"
    stage.root.ids.rail.padding = 8, -40
    checkout.undo.height += 9
    next(w for w, _ in visible(checkout.answer) if isinstance(w, Icon)).opacity = 0
    stage.frames()
    found = "\n".join(audit(stage.root))
    stage.forget()
    assert "small target: BigButton 'Done · 3 items'" in found
    assert "small: Text '10:42'" in found
    assert "uneven: BigButton 'No receipt' and BigButton 'Undo'" in found
    assert "out of its box: RailItem 'Check out' in Rail" in found
    assert "broken: Undoable" in found
    assert "2.0 apart: BigButton 'No receipt' and BigButton" in found
    assert "colour alone: AnswerCard" in found
    assert "over each other: Number '•••• 4417' and Fact 'Maya Okafor'" in found


def test_everything_on_every_screen_stands_out_in_every_theme():
    command = [sys.executable, "-m", "tests.screens.contrast"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    assert done.stdout.splitlines() == []


@pytest.mark.parametrize("name", THEMES)
def test_every_colour_can_be_read(name):
    theme = THEMES[name]
    pairs = [
        (theme.ink, theme.paper),
        (theme.ink, theme.card),
        (theme.ink, theme.chip),
        (theme.ink, theme.chip_pressed),
        (theme.muted, theme.paper),
        (theme.muted, theme.card),
        (theme.on_rail, theme.rail),
        (theme.on_rail_chosen, theme.rail_chosen),
        (theme.on_rail, theme.rail_pressed),
        (theme.on_accent, theme.accent),
        (theme.on_accent, theme.accent_pressed),
        (theme.on_alarm, theme.alarm),
    ]
    for tone in ("confirmed", "recorded", "look", "not_taken"):
        tint = theme.tint(tone)
        pairs += [(tint.ink, tint.ground), (tint.words, tint.ground)]
        pairs += [(tint.sign, theme.card), (tint.sign, theme.paper)]
    assert [pair for pair in pairs if contrast(*map(pixel, pair)) < 4.5] == []


def test_nothing_moves_for_longer_than_a_glance():
    assert max(astuple(MOTION)) <= 0.12


def test_a_list_rests_soon_after_the_finger_has_left_it(stage):
    stage.fresh()
    stage.show(STATES["checkout-many"])
    effect = stage.root.places["checkout"].lines.ids.view.effect_y
    effect.start(0, 1.0)
    for step in range(1, 6):
        effect.update(-40 * step, 1.0 + 0.01 * step)
    effect.stop(-240, 1.06)
    assert effect.velocity
    stage.wait(MOTION.settle + 0.02)
    where = effect.scroll
    stage.wait(0.1)
    assert effect.scroll == where
