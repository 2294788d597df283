"""The history of a visit: one row a line, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior, _cached_views

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface

if TYPE_CHECKING:
    from kivy.input import MotionEvent

    from kiosk.view.state import Line


def forget_rows() -> None:
    """Throw away the rows kept for reuse: Kivy lends one list's, as they look, to the next."""
    _cached_views.clear()


class LineRow(RecycleDataViewBehavior, ButtonBehavior, BoxLayout):
    """One row: number, title, label or time; at the right the day, and how it stands."""

    line_id = StringProperty()
    number = StringProperty()
    title = StringProperty()
    is_number = BooleanProperty(defaultvalue=True)
    detail = StringProperty()
    note = StringProperty()
    aside = StringProperty()
    icon = StringProperty()
    tone = StringProperty("neutral")
    voided = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()

    view = ObjectProperty()

    def refresh_view_attrs(self, view: LineView, index: int, data: dict[str, Any]) -> None:
        """Take the words of another line."""
        self.view = view
        super().refresh_view_attrs(view, index, data)

    def on_release(self) -> None:
        """Open what more there is to read."""
        self.view.open_row(self.title, self.note)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Be pressed only where there is more to read."""
        return bool(self.note) and bool(super().on_touch_down(touch))


class LineList(Surface, BoxLayout):
    """The card with the rows. `open_row(title, note)` is called for a row that has a note."""

    hint = StringProperty()
    rows = ListProperty()
    open_row = ObjectProperty(lambda _title, _note: None)
    open_pad = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        self._drawn: dict[str, tuple[Line, dict[str, Any]]] = {}
        self._year: int | None = None
        load_kv(__file__)
        super().__init__(**kwargs)

    def show(self, lines: tuple[Line, ...]) -> None:
        """Draw the lines; those that did not change keep the words they had, within a year."""
        before = self._drawn if self._year == skin.words.year else {}
        self._drawn, self._year = {}, skin.words.year
        for line in lines:
            known = before.get(line.id)
            row = known[1] if known and known[0] == line else present.row(skin.words, line)
            self._drawn[line.id] = (line, row)
        newest_is_new = bool(lines) and lines[0].id not in before
        self.ids.view.data = [row for _, row in self._drawn.values()]
        if newest_is_new:
            self.ids.view.scroll_y = 1


class LineView(RecycleView):
    """The rows that scroll."""

    scrolls = BooleanProperty(defaultvalue=False)
    open_row = ObjectProperty(lambda _title, _note: None)
