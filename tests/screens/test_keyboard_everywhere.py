"""By the keyboard alone: Tab comes to all that can be pressed, Enter presses it, Escape leaves."""

from __future__ import annotations

import pytest
from kivy.uix.behaviors import ButtonBehavior

from kiosk.screens.keyboard import KEY_ENTER, KEY_ESCAPE, KEY_TAB
from kiosk.screens.widgets.focus import pressable
from tests.screens.audit import words
from tests.screens.stage import COMPACT
from tests.screens.stories import NAMES, STARTING

WHOLE_SCREEN = frozenset(
    {
        *("alarm", "lost", "lost-recording", "lost-silent", "lost-untaken", "restarting"),
        *("mistake", "other-version", STARTING),
    }
)
"""What takes the whole screen has nothing to be pressed, and cannot be left."""
DESK = frozenset({"checkout", "checkin", "cart", "locked"})
"""There is nothing to go back to from here, or a PIN is needed."""
MOST = 60
"""So many steps at most: of a long list, only some rows are walked over."""


@pytest.fixture(scope="module")
def walked(stage):
    stage.fresh(COMPACT)
    return stage


def walk(root, step):
    """Press Tab until it comes round; give what it came to, each with a ring around it."""
    focus, seen = root.keyboard.focus, []
    while len(seen) < MOST:
        root.keyboard.key(KEY_TAB, None, ["shift"] if step < 0 else [])
        if focus.on is None or any(focus.on is each for each in seen):
            break
        assert focus._ring in focus.on.canvas.after.children, focus.on
        seen.append(focus.on)
    return seen


@pytest.mark.parametrize("name", [x for x in NAMES if x not in WHOLE_SCREEN])
def test_tab_comes_to_all_that_can_be_pressed_and_enter_presses_it(walked, name, monkeypatch):
    stage, root = walked, walked.root
    stage.turn_to(name)
    root.keyboard.focus.clear()
    wanted = list(pressable(root.topmost()))
    assert wanted
    pressed = []
    monkeypatch.setattr(
        ButtonBehavior, "trigger_action", lambda self, duration=0: pressed.append(self)
    )
    reached = walk(root, 1) + walk(root, -1)
    assert [x for x in wanted if not any(x is each for each in reached)] == []
    on, root.keyboard._last_enter = root.keyboard.focus.on, -10.0
    root.keyboard.key(KEY_ENTER, None, [])
    assert pressed == [on]
    root.keyboard.focus.clear()


@pytest.mark.parametrize("name", [x for x in NAMES if x not in WHOLE_SCREEN])
def test_escape_leads_out_of_everything(walked, name):
    stage, root = walked, walked.root
    stage.turn_to(name)
    stage.sent.clear()
    before = root.topmost(), root.place, words(root)
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames(2)
    after = root.topmost(), root.place, words(root)
    stays = root.place in DESK and root.topmost() is root.ids.desk
    assert stage.sent or after != before or stays
    root.keyboard.line.clear()
