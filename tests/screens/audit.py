"""What a careful eye would find: clipped words, small targets, things off the screen."""

# ruff: noqa: I001 - the stage has to be set before Kivy is imported

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.screens import stage as _stage  # noqa: F401 - sets Kivy up

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView

from kiosk.screens.widgets.basics import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

TARGET = dp(48)
SLACK = 1.5
STATUS_SIZE, LEAST_SIZE = dp(14), dp(15)


def audit(root: Widget) -> list[str]:
    """Give every fault found in what is on show."""
    faults: list[str] = []
    for widget, scrolled in visible(root):
        if isinstance(widget, Label) and widget.text.strip():
            faults += _label_faults(widget)
        if isinstance(widget, ButtonBehavior) and not widget.disabled:
            faults += _target_faults(widget)
        if not scrolled and not _inside(widget):
            faults.append(f"off the screen: {_name(widget)} at {_box(widget)}")
    return faults


def visible(widget: Widget, scrolled: bool = False) -> Iterator[tuple[Widget, bool]]:
    """Give every widget that is on show, and whether it is in something that scrolls."""
    if widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
        return
    yield widget, scrolled
    for child in widget.children:
        yield from visible(child, scrolled or isinstance(widget, ScrollView))


def words(root: Widget) -> list[str]:
    """Give every text on show, whole, from top to bottom."""
    found = [
        (-widget.to_window(*widget.pos)[1], widget.x, widget.says)
        for widget, _ in visible(root)
        if isinstance(widget, Text) and widget.says.strip()
    ]
    return [says for *_, says in sorted(found)]


def ellipses(root: Widget) -> list[str]:
    """Give every text that was cut."""
    return [
        widget.says
        for widget, _ in visible(root)
        if isinstance(widget, Text) and widget.text.endswith("…") and not widget.says.endswith("…")
    ]


def _label_faults(label: Label) -> list[str]:
    faults = []
    wide, high = label.texture_size
    if not label.shorten and (wide > label.width + SLACK or high > label.height + SLACK):
        faults.append(f"clipped: {_name(label)} is {label.texture_size} in {label.size}")
    if not isinstance(label, Icon) and label.font_size < LEAST_SIZE:
        faults.append(f"small: {_name(label)} at {label.font_size}")
    parent = label.parent
    if label.x < parent.x - SLACK or label.right > parent.right + SLACK:
        faults.append(f"out of its box: {_name(label)} in {_name(parent)}")
    return faults


def _target_faults(button: Widget) -> list[str]:
    if button.width >= TARGET and button.height >= TARGET:
        return []
    return [f"small target: {_name(button)} is {button.size}"]


def _inside(widget: Widget) -> bool:
    x, y = widget.to_window(*widget.pos)
    right, top = widget.to_window(widget.right, widget.top)
    width, height = Window.size
    return x >= -SLACK and y >= -SLACK and right <= width + SLACK and top <= height + SLACK


def _name(widget: Widget) -> str:
    text = getattr(widget, "says", "") or getattr(widget, "text", "")
    return f"{type(widget).__name__} {text!r}"


def _box(widget: Widget) -> str:
    return f"{widget.to_window(*widget.pos)} {widget.size}"
