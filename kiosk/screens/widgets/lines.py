"""The history of a visit: one row a line, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.rows import Row, RowList

if TYPE_CHECKING:
    from kiosk.view.state import Line


class LineRow(Row):
    """One row: number, title, label or time; at the right the day, and how it stands."""

    line_id = StringProperty()
    number = StringProperty()
    note = StringProperty()
    is_kept = BooleanProperty(defaultvalue=False)
    """It is in the daybook: something can be done about it."""
    counts = BooleanProperty(defaultvalue=False)
    """It can be undone, or why not is worth saying."""

    @property
    def can_press(self) -> bool:
        """Whether there is more to read, or anything to do."""
        return bool(self.note) or self.is_kept


class LineList(RowList):
    """The card with the rows. `acts` has to be given: what a row that is pressed does."""

    acts = ObjectProperty()

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def name_of(self, item: Line) -> str:
        """Tell a line from the others."""
        return item.id

    def data_of(self, item: Line) -> dict[str, Any]:
        """Give the properties of a line's row."""
        return present.row(skin.words, item)

    def show(self, lines: tuple[Line, ...]) -> None:
        """Draw the lines, and show the newest one when it is new."""
        if self.draw(lines):
            self.to_top()

    def press(self, row: dict[str, Any]) -> None:
        """Ask what can be done about a line; read what is said of one that counts no more.

        What is said of one that counts, the desk tells with what can be done about it.
        """
        if row["note"] and not row["counts"]:
            self.acts.tell(row["title"], row["note"])
        else:
            self.acts.press(f"choose:#{row['line_id']}")
