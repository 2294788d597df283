"""Help is one touch away from every screen, form and panel, and disturbs nothing of it."""

from __future__ import annotations

import pytest

from kiosk.screens.keyboard import KEY_ESCAPE, KEY_F1
from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.situations import TO_DO
from kiosk.screens.skin import skin
from kiosk.screens.widgets.focus import pressable
from tests.screens.audit import words
from tests.screens.stage import COMPACT
from tests.screens.stories import NAMES, STARTING, STORIES, write

SPEAKS_FOR_ITSELF = frozenset(
    {
        *("alarm", "lost", "lost-recording", "lost-silent", "lost-untaken", "restarting"),
        *("mistake", "other-version", STARTING),
    }
)
"""What takes the whole screen, and says itself what to do and whom to ask."""

ALREADY = frozenset(name for name in STORIES if name.split("-")[0] == "help")


@pytest.fixture(scope="module")
def walked(stage):
    stage.fresh(COMPACT)
    return stage


def way_to_help(root):
    """Give what is touched for help: in the panel on top, in the form, or else in the rail."""
    top = root.topmost()
    if not isinstance(top, Overlay):
        return root.ids.rail["help"]
    return next(x for x in pressable(top) if getattr(x, "icon", "") == "help")


def on_show(root):
    """Give what stands on top, all that it says, and what is being typed."""
    return type(root.topmost()).__name__, root.place, words(root), root.keyboard.line.text


@pytest.mark.parametrize("name", [x for x in NAMES if x not in SPEAKS_FOR_ITSELF | ALREADY])
def test_it_is_one_touch_away_and_what_was_there_comes_back(walked, name):
    stage, root = walked, walked.root
    stage.turn_to(name)
    root.touches.forget()
    before = on_show(root)
    sent = len(stage.sent)
    stage.tap(way_to_help(root))
    assert root.place == "help"
    said = words(root)
    about = root.screen.about
    assert any(skin.tell(f"screen.help.{here}.1") in said for here in TO_DO), about
    assert any(each.startswith(("Help: ", "Ask your administrator")) for each in said)
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames(3)
    assert on_show(root) == before
    assert len(stage.sent) == sent
    root.keyboard.key(KEY_F1, None, [])
    assert root.place == "help"
    root.keyboard.key(KEY_F1, None, [])
    stage.frames(3)
    assert on_show(root) == before


@pytest.mark.parametrize("name", sorted(SPEAKS_FOR_ITSELF))
def test_what_takes_the_whole_screen_is_not_covered(walked, name):
    stage, root = walked, walked.root
    stage.turn_to(name)
    before = on_show(root)
    root.keyboard.key(KEY_F1, None, [])
    stage.frames(1)
    assert on_show(root) == before
    root.notices.engine = root.notices.alarm = None
    root._stack()


@pytest.mark.parametrize(
    ("name", "here"),
    [
        *(("delivery-online", "delivery"), ("devices-bad", "devices"), ("ready-bad", "ready")),
        *(("settings-open", "settings"), ("settings-type", "settings"), ("report", "report")),
        *(("today", "recorded"), ("to-fix", "exceptions"), ("sessions", "sessions")),
        *(("overlay-number-pad", "pad"), ("overlay-letters", "pad"), ("overlay-due", "calendar")),
        *(("overlay-time", "clock"), ("overlay-kinds", "choice"), ("settings-choose", "choice")),
        *(("question", "question"), ("form-pin", "pin"), ("form-name", "form")),
        *(("locked", "locked"), ("checkout-online", "checkout"), ("checkin-bookdrop", "checkin")),
        *(("renew", "renew"), ("inhouse", "inhouse"), ("cart", "cart"), ("paper", "paper")),
        ("overlay-tell", "tell"),
    ],
)
def test_it_is_about_where_one_is(walked, name, here):
    stage, root = walked, walked.root
    stage.turn_to(name)
    root.help()
    stage.frames(1)
    said = words(root)
    for number, _ in enumerate(TO_DO[here], 1):
        assert skin.tell(f"screen.help.{here}.{number}") in said
    root.help()


def test_what_was_half_typed_goes_on_where_it_was(walked):
    stage, root = walked, walked.root
    stage.turn_to("form-name")
    stage.sent.clear()
    root.keyboard.line.clear()
    write(root, "Lind")
    root.keyboard.changed()
    root.help()
    assert root.keyboard.line.text == ""
    root.keyboard.key(ord("q"), "q", [])
    stage.frames(1)
    assert root.place == "form"
    assert root.screen.box.text == "Lindq"
    assert stage.sent == []
    root.keyboard.line.clear()
