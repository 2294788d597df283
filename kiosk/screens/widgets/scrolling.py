"""What scrolls: with a bar of its own, and without what Kivy 2.3 leaves behind at each move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty

from kiosk.screens.touching import is_meant, let_go
from kiosk.screens.widgets import load_kv

if TYPE_CHECKING:
    from kivy.input import MotionEvent


class Scrolling:
    """Beside a ScrollView, and before it among the bases.

    Each move binds the colour of Kivy's bar once more and never lets it go: a day's work would
    leave thousands of them, all called whenever that colour changes.

    Kivy's bar is an oblong over the edge of what scrolls, and a speck in a long list. This one has
    round ends, keeps a length that can be seen, and stands beside what scrolls (`beside`) or within
    it, clear of the round corners of a card. Beside a bar, what goes on beyond an edge fades into
    what it lies on (`fade`): cut off sharply, a card looks broken.

    Kivy presses what it finds under a finger when that has left, even later. See `touching`.
    """

    scrolls = BooleanProperty(defaultvalue=False)
    beside = BooleanProperty(defaultvalue=True)
    fade = ColorProperty()
    fades = BooleanProperty(defaultvalue=False)
    bar_inset = NumericProperty(0)
    bar_length = NumericProperty(0)

    def simulate_touch_down(self, touch: MotionEvent) -> bool:
        """Press only what the finger has come down on: a short touch gets here when it is over."""
        return is_meant(touch) and bool(super().simulate_touch_down(touch))  # type: ignore[misc]

    def _do_touch_up(self, touch: MotionEvent, *largs: object) -> None:
        """End a short touch, a moment after it is over."""
        if not is_meant(touch):
            let_go(touch)
        super()._do_touch_up(touch, *largs)  # type: ignore[misc]

    def update_from_scroll(self, *largs: object) -> None:
        """Let go of the binding of the move before."""
        self.funbind("bar_color", self._change_bar_color)  # type: ignore[attr-defined]
        super().update_from_scroll(*largs)  # type: ignore[misc]


load_kv(__file__)
