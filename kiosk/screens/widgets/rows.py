"""Rows that scroll: only as many are made as there is room for, and used again for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.core.window import Window
from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataAdapter, RecycleDataViewBehavior, _cached_views

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface
from kiosk.screens.widgets.scrolling import Scrolling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kivy.input import MotionEvent


def forget_rows() -> None:
    """Throw away the rows kept for reuse: Kivy lends one list's, as they look, to the next."""
    for kept in _cached_views.values():  # Kivy divides by how many kinds there are
        kept.clear()


class Thrifty(RecycleDataAdapter):
    """Uses the rows that leave the view for those that come into it, however far one scrolls.

    Kivy's own makes new ones first, and lets the old ones go then.
    """

    def set_visible_views(
        self, indices: Sequence[int], data: Sequence[Any], viewclasses: Sequence[Any]
    ) -> tuple[Any, Any, Any]:
        """Give the rows that come, stay and go."""
        wanted = set(indices)
        gone = [(index, view) for index, view in self.views.items() if index not in wanted]
        for index, view in gone:
            self.make_view_dirty(view, index)
        come, stay, go = super().set_visible_views(indices, data, viewclasses)
        return come, stay, [*go, *gone]


class RowView(Scrolling, RecycleView):
    """The rows that scroll. `press_row(data)` is called with what the pressed one shows.

    Of the list itself, the data have the items alone; `data_of(item)` gives the properties of a
    row, once that is to be seen.
    """

    data_of = ObjectProperty(lambda _item: {})
    press_row = ObjectProperty(lambda _data: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(view_adapter=Thrifty(), **kwargs)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Remember the row that was touched: when it is pressed, another one may stand there."""
        place = self.to_local(*touch.pos)
        rows = (row for row in self.layout_manager.children if row.collide_point(*place))
        touch.ud[self] = next((row.shown for row in rows if row.can_press), None)
        return bool(super().on_touch_down(touch))


class Row(RecycleDataViewBehavior, ButtonBehavior, BoxLayout):
    """One row: what it is about, and at the right how it stands."""

    title = StringProperty()
    is_number = BooleanProperty(defaultvalue=False)
    """The title is the number of an item."""
    detail = StringProperty()
    aside = StringProperty()
    icon = StringProperty()
    tone = StringProperty("neutral")
    voided = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()

    view = ObjectProperty()
    shown = ObjectProperty()
    keeps = True
    """Its list knows which one was touched: see `touching`."""

    _finger: MotionEvent | None = None

    def refresh_view_attrs(self, view: RowView, index: int, data: dict[str, Any]) -> None:
        """Take the words of another entry."""
        self.view, self.shown = view, view.data_of(data["item"])
        super().refresh_view_attrs(view, index, self.shown)

    def on_release(self) -> None:
        """Be pressed; or rather what was here when the finger came down, if any finger did."""
        touched = self._finger.ud[self.view] if self._finger else self.shown
        if touched:
            self.view.press_row(touched)

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Know which finger presses."""
        self._finger = touch
        taken = bool(super().on_touch_up(touch))
        self._finger = None
        return taken

    @property
    def can_press(self) -> bool:
        """Whether anything comes of pressing it."""
        return True

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Be pressed only then."""
        return self.can_press and bool(super().on_touch_down(touch))


class RowList(Surface, BoxLayout):
    """A card with rows. `hint` stands in its middle where there are none; `ids.view` has them."""

    hint = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._names: frozenset[str] = frozenset()
        super().__init__(**kwargs)
        self.ids.view.data_of = self.data_of

    def name_of(self, item: Any) -> str:
        """Tell an item from the others."""
        raise NotImplementedError

    def data_of(self, item: Any) -> dict[str, Any]:
        """Give the properties of an item's row."""
        raise NotImplementedError

    def draw(self, items: Sequence[Any]) -> bool:
        """Draw items. Say whether the first one was not there before."""
        before, self._names = self._names, frozenset(map(self.name_of, items))
        # With another year, every day may be written otherwise.
        self.ids.view.data = [{"item": item, "year": skin.words.year} for item in items]
        return bool(items) and self.name_of(items[0]) not in before

    def make_ready(self) -> Iterator[None]:
        """Make as many rows as there may be room for, one at each step."""
        kind = self.ids.view.viewclass
        for _ in range(int((Window.height - skin.size.statusbar) / skin.size.row)):
            _cached_views[kind].append(kind())
            yield

    def to_top(self) -> None:
        """Show the first row again."""
        self.ids.view.scroll_y = 1
