"""What a careful eye would find: clipped words, small targets, things over each other.

Only the topmost layer is looked at: what lies under a panel has its own turn without the panel.
"""

# ruff: noqa: I001 - the stage has to be set before Kivy is imported

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from tests.screens import stage as _stage  # noqa: F401 - sets Kivy up

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview.views import RecycleDataViewBehavior
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.screens.skin import BLANK
from kiosk.screens.skin import skin
from kiosk.screens.sound import TONES
from kiosk.screens.widgets.basics import Caption, Card, Number, Surface
from kiosk.screens.widgets.texts import Icon, Text
from kiosk.screens.widgets.fitting import ruler
from kiosk.screens.widgets.filling import Step
from kiosk.screens.widgets.numberpad import Key
from kiosk.screens.widgets.options import OptionButton
from kiosk.screens.widgets.statusbar import Pill, Place, StatusBar
from kiosk.screens.widgets.texts import Letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.screens.stage import Stage

_TAG = re.compile(r"\[[^]]*\]")
TARGET, APART = dp(48), dp(8)
SLACK = 1.5
STATUS_SIZE, LABEL_SIZE, READ_SIZE = dp(14), dp(15), dp(18)


class Box(NamedTuple):
    """A rectangle of the window."""

    x: float
    y: float
    right: float
    top: float

    def within(self, other: Box) -> Box:
        """Give what both have in common; empty where right <= x or top <= y."""
        return Box(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def away(self, other: Box) -> float:
        """Give how far apart two are; below zero where they lie over each other."""
        across = max(self.x - other.right, other.x - self.right)
        along = max(self.y - other.top, other.y - self.top)
        return max(across, along)

    @property
    def empty(self) -> bool:
        return self.right <= self.x or self.top <= self.y


@dataclass(frozen=True, slots=True)
class Seen:
    """A widget on show: where it is, how much of that is in view, and what it belongs to."""

    widget: Widget
    box: Box
    shown: Box
    scrolled: bool
    in_row: bool
    in_bar: bool
    button: Widget | None
    """The innermost button that it is, or is part of."""


def audit(root: Widget) -> list[str]:
    """Give every fault found in what is on show."""
    seen = list(look(root))
    texts = [one for one in seen if isinstance(one.widget, Letters) and one.widget.text.strip()]
    buttons = [
        one
        for one in seen
        if one.button is one.widget and _is_target(one.widget) and not one.in_row
    ]
    faults = [fault for one in texts for fault in _text_faults(one)]
    faults += [fault for one in buttons for fault in _target_faults(one)]
    faults += [
        f"off the screen: {name_of(one)} at {one.box}"
        for one in seen
        if not one.scrolled and not _inside(one.box, SLACK)
    ]
    faults += [f"colour alone: {name_of(one)}" for one in seen if _is_colour_alone(one)]
    faults += _crowded(buttons)
    faults += _uneven(buttons)
    faults += _written_over(texts, buttons)
    return faults


def what_stays(
    stage: Stage, name: str, cut_texts: Callable[[Widget], list[str]]
) -> list[tuple[str, str]]:
    """Give the faults of the screen `name` that are there when its last layout has come to rest."""
    if not (audit(stage.root) or cut_texts(stage.root)):
        return []
    stage.frames()
    return [(name, fault) for fault in (*audit(stage.root), *cut_texts(stage.root))]


def words(root: Widget) -> list[str]:
    """Give every text on show, whole, from top to bottom; also what lies under a panel."""
    found = [
        (-widget.to_window(*widget.pos)[1], widget.x, widget.says)
        for widget, _ in visible(root)
        if isinstance(widget, Text) and widget.says.strip()
    ]
    return [says.replace(BLANK, " ") for *_, says in sorted(found)]


def visible(widget: Widget, scrolled: bool = False) -> Iterator[tuple[Widget, bool]]:
    """Give every widget that is on show, and whether it is in something that scrolls."""
    if widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
        return
    yield widget, scrolled
    for child in widget.children:
        yield from visible(child, scrolled or isinstance(widget, ScrollView))


def cut(root: Widget) -> list[str]:
    """Give every text that ends in an ellipsis; but in rows, which can be opened, some may."""
    return [f"cut: {name_of(one)}" for one in look(root) if _is_cut(one) and not one.in_row]


def cut_buttons(root: Widget) -> list[str]:
    """Give the words of every button that end in an ellipsis."""
    return [
        f"cut: {name_of(one)}"
        for one in look(root)
        if _is_cut(one) and one.button and not one.in_row and not _shows_data(one.button)
    ]


def look(root: Widget) -> Iterator[Seen]:
    """Give all that is on show in the topmost layer."""
    layer = root
    if type(root).__name__ == "Root":
        layer = root.children[0]
    everything = Box(0, 0, *Window.size)
    yield from _look(layer, Seen(layer, everything, everything, False, False, False, None))


def _look(widget: Widget, around: Seen) -> Iterator[Seen]:
    if widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
        return
    box = _box(widget)
    shown = box.within(around.shown) if around.scrolled else box
    if around.scrolled and shown.empty:
        return
    is_button = isinstance(widget, ButtonBehavior) and not widget.disabled
    seen = Seen(
        widget,
        box,
        shown,
        around.scrolled,
        around.in_row or isinstance(widget, RecycleDataViewBehavior),
        around.in_bar or isinstance(widget, StatusBar),
        widget if is_button else around.button,
    )
    yield seen
    scrolls = isinstance(widget, ScrollView)
    if scrolls:
        seen = Seen(widget, box, shown, True, seen.in_row, seen.in_bar, seen.button)
    for child in widget.children:
        yield from _look(child, seen)


def _box(widget: Widget) -> Box:
    return Box(*widget.to_window(*widget.pos), *widget.to_window(widget.right, widget.top))


def _is_target(button: Widget) -> bool:
    return getattr(button, "can_press", True) or isinstance(button, Key)


def _is_cut(one: Seen) -> bool:
    label = one.widget
    if not isinstance(label, Text) or label.keeps_end:  # who types sees the end of it
        return False
    return "…" in label.text and "…" not in label.says


def _shows_data(button: Widget) -> bool:
    """Tell what can be pressed because of what it shows from a button with words of ours."""
    return isinstance(button, Card | Place | OptionButton | Step)


def _is_colour_alone(one: Seen) -> bool:
    """Tell what stands out by its colour without an icon and a word that say why."""
    widget = one.widget
    if isinstance(widget, Pill):
        return not widget.says and tuple(widget.ground) != skin.look.chip
    if not isinstance(widget, Surface) or tuple(widget.ground or ()) not in _tinted():
        return False
    inside = [each for each, _ in visible(widget) if isinstance(each, Letters) and each.text]
    return {is_icon(each) for each in inside} != {True, False}


def _tinted() -> set[tuple[float, ...]]:
    """Give the grounds that mean something, but for one that is that of the primary button, too."""
    grounds = {skin.look.tint(tone).ground for tone in TONES}
    return grounds - {skin.look.accent}


def _text_faults(one: Seen) -> Iterator[str]:
    label = one.widget
    wide, high = label.texture_size
    if wide > label.width + SLACK or high > label.height + SLACK:
        yield f"clipped: {name_of(one)} is {label.texture_size} in {label.size}"
    if not is_icon(label) and label.font_size < _least_size(one):
        yield f"small: {name_of(one)} at {label.font_size}"
    parent = label.parent
    for word in _broken(label):
        yield f"broken: {word} of {name_of(one)}"
    sideways = label.x < parent.x - SLACK or label.right > parent.right + SLACK
    upwards = label.y < parent.y - SLACK or label.top > parent.top + SLACK
    if sideways or (upwards and not isinstance(parent, ScrollView)):
        yield f"out of its box: {name_of(one)} in {type(parent).__name__}"


def _broken(label: Letters) -> list[str]:
    """Give the words that are wider than their label, and so go on in the next line."""
    cut = label.text.endswith("…") or label.text.startswith("…")
    if label.text_size[0] is None or cut:
        return []
    measure = ruler(label.font_name, label.font_size)
    words = re.split("[ \n]+", _TAG.sub("", getattr(label, "says", label.text)))
    return [word for word in words if measure(word) > label.width]


def _least_size(one: Seen) -> float:
    """Tell how large a text must be: a label, a number or a time may be smaller than a sentence."""
    if one.in_bar:
        return STATUS_SIZE
    on_button = one.button is not None and not isinstance(one.button, Card | Place)
    label = isinstance(one.widget, Caption | Number) or one.in_row or on_button
    return LABEL_SIZE if label else READ_SIZE


def _target_faults(one: Seen) -> Iterator[str]:
    if min(one.widget.size) < TARGET - 0.01:
        yield f"small target: {name_of(one)} is {one.widget.size}"
    around = one.widget.parent
    if not one.scrolled and isinstance(around, BoxLayout) and _stands_out(one.box, _box(around)):
        yield f"out of its box: {name_of(one)} in {type(around).__name__}"


def _stands_out(box: Box, around: Box) -> bool:
    inner = box.within(around)
    return any(abs(a - b) > SLACK for a, b in zip(box, inner, strict=True))


def _crowded(buttons: list[Seen]) -> Iterator[str]:
    drawn = [(one, _drawn(one)) for one in buttons]
    for (one, box), (other, other_box) in combinations(drawn, 2):
        away = box.away(other_box)
        if away < APART - 0.51 and not _in_a_list(one, other):  # layouts round
            yield f"{away:.1f} apart: {name_of(one)} and {name_of(other)}"


def _uneven(buttons: list[Seen]) -> Iterator[str]:
    """Find buttons beside each other that are not equally high."""
    for one, other in combinations(buttons, 2):
        if one.widget.parent is not other.widget.parent or one.scrolled:
            continue
        beside = one.box.y < other.box.top and other.box.y < one.box.top
        if beside and abs(one.widget.height - other.widget.height) > SLACK:
            yield f"uneven: {name_of(one)} and {name_of(other)}"


def _drawn(one: Seen) -> Box:
    """Give what is drawn of a button: a chip of the status bar is touched above and below, too."""
    body = getattr(one.widget, "body", None)
    return _box(body) if body else one.shown


def _in_a_list(one: Seen, other: Seen) -> bool:
    """Tell rows of one list, which lie close as everywhere: each is as wide as a hand."""
    alike = type(one.widget) is type(other.widget) and one.scrolled and other.scrolled
    return alike and (one.box.x, one.box.right) == (other.box.x, other.box.right)


def _written_over(texts: list[Seen], buttons: list[Seen]) -> Iterator[str]:
    inks = [(one, ink(one)) for one in texts if not is_icon(one.widget)]
    for (one, box), (other, other_box) in combinations(inks, 2):
        if box.away(other_box) < -SLACK:
            yield f"over each other: {name_of(one)} and {name_of(other)}"
    for one, box in inks:
        for button in buttons:
            if one.button is not button.widget and box.away(button.shown) < -SLACK:
                yield f"over a button: {name_of(one)} over {name_of(button)}"


def ink(one: Seen) -> Box:
    """Give where the letters of a text are: its box is as wide as there is room."""
    label, box = one.widget, one.box
    wide, high = label.texture_size
    wide = min(wide, getattr(label, "natural", wide))
    spare = box.right - box.x - wide
    where = "center" if label.text_size[0] is None else label.halign
    left = {"right": spare, "center": spare / 2}.get(where, 0)
    middle = (box.y + box.top) / 2
    letters = Box(box.x + left, middle - high / 2, box.x + left + wide, middle + high / 2)
    return letters.within(one.shown)


def is_icon(label: Letters) -> bool:
    """Tell an icon from a text."""
    return isinstance(label, Icon) or label.font_name == "Icons"


def _inside(box: Box, slack: float) -> bool:
    width, height = Window.size
    return (
        box.x >= -slack
        and box.y >= -slack
        and box.right <= width + slack
        and box.top <= height + slack
    )


def name_of(one: Seen) -> str:
    """Name a widget by what it is and says."""
    widget = one.widget
    says = getattr(widget, "says", "") or getattr(widget, "text", "") or getattr(widget, "icon", "")
    says = says.replace(BLANK, " ")
    return f"{type(widget).__name__} {says!r}"
