"""What a finger means: the button that somebody saw there when it set out, pressed once.

    before it comes down   something else stood there just now: nobody is so quick
    twice in a blink       the second half of a double touch belongs to what was touched first
    before it is let go    something else has come up there: nothing is pressed

Only a button that has changed at that very place is safe from a touch; all others take it at once.
Browsers protect their own questions in the same way, and frames that have moved
(https://github.com/whatwg/html/issues/8012: 200 ms).
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.scrollview import ScrollView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kivy.input import MotionEvent
    from kivy.uix.widget import Widget

    Box = tuple[float, float, float, float]
    """Left, bottom, right and top in the window."""

JUST_NOW = 0.25
"""Seconds within which nobody has seen what has come up, and touched it."""

BLINK = 0.3
"""Seconds between two touches of one place within which the second is not meant."""

PLACE = 40
"""How far apart, in dp, two touches of one place are at the most."""

IS_MEANT = "is meant"
"""Under this a touch carries what tells whether the button that it came down on stands there."""

EVERYWHERE = (float("-inf"), float("-inf"), float("inf"), float("inf"))

TELLING = ("name", "line_id", "value", "number", "label", "title", "says", "icon")
"""What may tell a button from others; one whose words change all the time has its own `told_by`."""


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed at a place.

    `topic`: what is asked or shown there, for the same words mean something else elsewhere.
    `repeats`: it is meant each time, as a key is. `keeps`: it remembers by itself what was touched.
    """

    topic: object
    means: tuple[object, ...]
    repeats: bool
    keeps: bool


class Touches:
    """Tells which touches are meant. `layer()` gives what lies on top."""

    def __init__(self, layer: Callable[[], Widget]) -> None:
        self._layer = layer
        self._last: tuple[MotionEvent, Button | None] | None = None
        self._past: deque[tuple[float, tuple[tuple[Box, Button], ...]]] = deque()
        """What stood where until a moment that was just now."""

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Remember what stands where, while something else than a touch changes the picture."""
        stood = tuple(_standing(self._layer()))
        yield
        self._past.append((monotonic(), stood))
        self._forget()

    def forget(self) -> None:
        """Forget all that was: it is long ago."""
        self._last = None
        self._past.clear()

    def begins(self, touch: MotionEvent) -> bool:
        """Take a finger that came down. Say whether it is meant."""
        before, layer = self._last, self._layer()
        button = _at(touch.pos, _standing(layer))
        self._last = touch, button
        touch.ud[IS_MEANT] = partial(self._stands, layer, button, touch.pos)
        return not (before and _is_echo(touch, button, *before)) and not self._is_new(
            button, touch.pos
        )

    def ends(self, touch: MotionEvent) -> None:
        """Let go of what was pressed, if something else has come up under the finger."""
        if not is_meant(touch):
            let_go(touch)

    def _is_new(self, button: Button | None, place: tuple[float, float]) -> bool:
        """Tell what was not there just now. A key is taken at once: what it writes is seen."""
        self._forget()
        if button is None or button.repeats:
            return False
        return any(_at(place, stood) != button for _, stood in self._past)

    def _forget(self) -> None:
        while self._past and self._past[0][0] < monotonic() - JUST_NOW:
            self._past.popleft()

    def _stands(self, layer: Widget, button: Button | None, place: tuple[float, float]) -> bool:
        """Tell whether what was touched at a place is there still, and nothing lies over it."""
        if self._layer() is not layer:
            return False
        now = _at(place, _standing(layer))
        moved = button and now and button.keeps and now.keeps and now.topic == button.topic
        return bool(moved) or now == button


def is_meant(touch: MotionEvent) -> bool:
    """Tell whether what a finger came down on stands there still."""
    return bool(touch.ud.get(IS_MEANT, lambda: True)())


def let_go(touch: MotionEvent) -> None:
    """Release what a finger holds down, without pressing it."""
    for held in list(touch.grab_list):
        widget = held()
        if isinstance(widget, ButtonBehavior):
            touch.ungrab(widget)
            widget.state = "normal"


def _is_echo(
    touch: MotionEvent, button: Button | None, last: MotionEvent, pressed: Button | None
) -> bool:
    """Tell the second half of a double touch; a finger that moved meanwhile has scrolled."""
    if button and button.repeats and pressed and pressed.repeats:
        return False
    soon = touch.time_start - last.time_start < BLINK
    stayed = max(abs(last.x - last.ox), abs(last.y - last.oy)) < dp(PLACE) / 2
    near = max(abs(touch.x - last.ox), abs(touch.y - last.oy)) < dp(PLACE)
    return bool(soon and stayed and near)


def _at(place: tuple[float, float], standing: Iterable[tuple[Box, Button]]) -> Button | None:
    """Give the button at a place, if there is one."""
    x, y = place
    for (left, low, right, top), button in standing:
        if left <= x <= right and low <= y <= top:
            return button
    return None


def _standing(
    widget: Widget,
    topic: object = "",
    offset: tuple[float, float] = (0, 0),
    view: Box = EVERYWHERE,
    *,
    repeats: bool = False,
) -> Iterator[tuple[Box, Button]]:
    """Give where in the window the buttons of a widget are seen, the topmost first.

    `offset` leads from the widget's place to that in the window; `view` is what can be seen of it.
    """
    repeats = getattr(widget, "repeats", repeats)
    topic = getattr(widget, "topic", topic)
    if isinstance(widget, ButtonBehavior | ScrollView):
        x, y = widget.x + offset[0], widget.y + offset[1]
        view = _overlap(view, (x, y, x + widget.width, y + widget.height))
    if isinstance(widget, ButtonBehavior):
        yield view, _button(widget, topic, repeats=repeats)
        return
    dx, dy = widget.to_parent(0, 0)
    inner = offset[0] + dx, offset[1] + dy
    for child in widget.children:
        yield from _standing(child, topic, inner, view, repeats=repeats)


def _button(widget: Widget, topic: object, *, repeats: bool) -> Button:
    """Tell a button from others; keys need not be."""
    if repeats:
        return Button(topic="", means=(), repeats=True, keeps=False)
    told_by = getattr(widget, "told_by", TELLING)
    means = tuple(getattr(widget, name, None) for name in told_by)
    return Button(topic, (type(widget), *means), repeats=False, keeps=hasattr(widget, "keeps"))


def _overlap(one: Box, other: Box) -> Box:
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
