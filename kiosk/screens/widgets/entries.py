"""The entries of a list: what each is about, and how it stands; one of them is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.rows import Row, RowList

if TYPE_CHECKING:
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

    def name_of(self, item: tuple[state.Row, bool]) -> str:
        """Tell an entry from the others."""
        return item[0].name

    def data_of(self, item: tuple[state.Row, bool]) -> dict[str, Any]:
        """Give the properties of an entry's row."""
        row, chosen = item
        return present.entry(skin.words, row) | {"chosen": chosen}

    def show(self, rows: tuple[state.Row, ...], chosen: str) -> None:
        """Draw the entries; `chosen` is the name of one of them, or ""."""
        self.draw([(row, row.name == chosen) for row in rows])
