"""What stands on the screen, found as staff would find it; and what touching it has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kivy.uix.behaviors import ButtonBehavior

from kiosk.screens.skin import BLANK
from kiosk.view.messages import Pressed
from tests.screens.audit import visible, words

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from tests.screens.stage import Stage


def _plain(widget: Widget, name: str) -> str:
    """Give a text with plain blanks, as one would write it."""
    return str(getattr(widget, name, "")).replace(BLANK, " ")


def button(root: Widget, says: str = "", icon: str = "") -> Widget:
    """Give what can be pressed, by its words; or by its icon where it has none."""
    for widget, _ in visible(root):
        if isinstance(widget, ButtonBehavior) and (
            (says and says in (_plain(widget, "says"), _plain(widget, "label")))
            or (icon and getattr(widget, "icon", "") == icon and not getattr(widget, "says", ""))
        ):
            return widget
    pytest.fail(f"no button {says or icon!r} among {words(root)}")


def pressed(stage: Stage) -> list[str]:
    """Give the commands of the buttons that were pressed."""
    return [intent.command for intent in stage.sent if isinstance(intent, Pressed)]
