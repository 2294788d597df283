"""Every screen, in every size: nothing clipped, nothing too small, nothing off the screen."""

from __future__ import annotations

import pytest

from tests.screens.audit import audit, ellipses
from tests.screens.screenshots import draw
from tests.screens.stage import COMPACT, NORMAL, ROOMY, STORIES
from tests.screens.states import STATES

NAMES = [*STATES, *STORIES, "starting"]
MAY_BE_CUT = {
    *("checkout-long", "checkout-stages", "checkout-refused"),
    *("devices-troubled", "overlay-devices", "disk-short"),
}


@pytest.mark.parametrize("size", [NORMAL, COMPACT, ROOMY], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", NAMES)
def test_passes_the_audit(stage, name, size):
    draw(stage, name, size)
    assert audit(stage.root) == []
    if name not in MAY_BE_CUT:
        assert ellipses(stage.root) == []


def test_the_audit_finds_what_is_wrong(stage):
    draw(stage, "checkout-online", NORMAL)
    done = stage.root.checkout.done
    done.size_hint_x, done.width = None, 30
    stage.root.ids.status.ids.clock.font_size = 12
    stage.frames()
    found = "\n".join(audit(stage.root))
    assert "small target: BigButton 'Done · 3 items'" in found
    assert "small: Text '10:42'" in found


def luminance(colour):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_colour_can_be_read(name):
    from kiosk.screens.theme import THEMES

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
        (theme.on_accent, theme.accent),
        (theme.on_accent, theme.accent_pressed),
        (theme.on_alarm, theme.alarm),
    ]
    for tone in ("confirmed", "recorded", "look", "not_taken"):
        tint = theme.tint(tone)
        pairs += [(tint.ink, tint.ground), (tint.ink, theme.card), (theme.ink, tint.ground)]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
