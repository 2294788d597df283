"""The entries of a list: what each is about, and how it stands; one of them is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.rows import Row, RowList

if TYPE_CHECKING:
    from kiosk.screens.widgets.rows import RowView
    from kiosk.view import state


class EntryRow(Row):
    """One entry: title and what more there is to know; at the right a fact, and how it stands."""

    name = StringProperty()
    under = StringProperty()
    chosen = BooleanProperty(defaultvalue=False)


class EntryList(RowList):
    """The card with the entries. `choose(name)` is called with the one that was pressed."""

    choose = ObjectProperty(lambda _name: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._at: int | None = None
        """Where the chosen entry stands."""
        self._room = 0.0
        """How high the view was."""
        self.ids.view.bind(height=self._make_do)

    def name_of(self, item: tuple[state.Row, bool]) -> str:
        """Tell an entry from the others."""
        return item[0].name

    def data_of(self, item: tuple[state.Row, bool]) -> dict[str, Any]:
        """Give the properties of an entry's row."""
        row, chosen = item
        return present.entry(skin.words, row) | {"chosen": chosen}

    def show(self, rows: tuple[state.Row, ...], chosen: str) -> None:
        """Draw the entries; `chosen` is the name of one of them, or ""."""
        self._at = next((at for at, row in enumerate(rows) if row.name == chosen), None)
        self.draw([(row, row.name == chosen) for row in rows])

    def _make_do(self, view: RowView, room: float) -> None:
        """Leave the rows where they are when there is more or less room; show the chosen one."""
        before, self._room = self._room, room
        whole = len(view.data) * skin.size.row
        if whole <= room:
            view.scroll_y = 1
            return
        top = (1 - view.scroll_y) * max(whole - before, 0)
        if self._at is not None:
            row = self._at * skin.size.row
            top = min(max(top, row + skin.size.row - room), row)
        view.scroll_y = 1 - min(top / (whole - room), 1)
