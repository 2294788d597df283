"""Choices as big buttons: as many on a page as fit, and a tab for each page.

Nothing scrolls: where each one stands is learnt, and a tab and a touch reach any of forty names.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Caption, Choice, IconButton, Surface
from kiosk.screens.widgets.fitting import ruler
from kiosk.screens.widgets.spare import Spare

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COLUMNS = 3
MOST_TABS = 6
"""With more pages one turns them."""
USUAL = 12
"""So many choices are made beforehand."""
LINE_HEIGHT, WORDS_BREAK = 1.2, 1.15
"""Of a line, to the size of its type; how much longer a text gets when it breaks at its words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A choice: its value, and the number that means it to those who type."""

    number: int
    says: str
    value: str


class OptionButton(ButtonBehavior, Surface, BoxLayout):
    """One choice, with its number for the keyboard; the chosen one is filled."""

    value = StringProperty()
    number = StringProperty()
    says = StringProperty()
    lines = NumericProperty(2)
    chosen = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()
    quiet = ColorProperty()


class Options(BoxLayout):
    """The choices. `choose(value)` is called."""

    choose = ObjectProperty(lambda _value: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        self._entries: tuple[Entry, ...] = ()
        self._chosen = 0
        self._by_name = False
        self._page = 0
        self._spare = Spare(lambda: OptionButton(on_release=lambda b: self.choose(b.value)))
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.grid = GridLayout(spacing=skin.size.between, size_hint_y=None)
        self.tabs = BoxLayout(spacing=skin.size.between, size_hint_y=None, height=skin.size.chip)
        self.rest = Widget()
        self.bind(size=self._redraw)

    def make_ready(self) -> Iterator[None]:
        """Make the buttons of a page, one at each step."""
        yield from self._spare.make_ready(USUAL)

    def show(self, entries: tuple[Entry, ...], chosen: int, *, by_name: bool) -> None:
        """Draw other choices. `by_name`: they are looked for by their names, where many."""
        if entries != self._entries:
            self._page = -1
        self._entries, self._chosen, self._by_name = entries, chosen, by_name
        self._redraw()

    def mark(self, number: int) -> None:
        """Fill the choice of this number, and show its page; 0 for none."""
        if number != self._chosen:
            self._chosen, self._page = number, -1
            self._redraw()

    def _draw(self, *_: object) -> None:
        if not self._entries or self.height <= 1:
            return
        texts = [entry.says for entry in self._entries]
        height = self.height - self.spacing
        fits = fitting(texts, self.width, height, some_cut=self._by_name)
        entries = list(self._entries)
        if fits.pages > 1 and self._by_name:
            entries.sort(key=lambda entry: entry.says.casefold())
        if self._page < 0:
            at = next((n for n, x in enumerate(entries) if x.number == self._chosen), 0)
            self._page = at // fits.on_page
        self._page = min(self._page, fits.pages - 1)
        first = self._page * fits.on_page
        self._fill(entries[first : first + fits.on_page], fits)
        self._draw_tabs(entries, fits)
        arrange(self, [self.tabs if fits.pages > 1 else None, self.grid, self.rest])

    def _fill(self, entries: list[Entry], fits: Fit) -> None:
        """Write the choices of a page on its buttons, which stay the same ones."""
        self._spare.begin()
        buttons = [
            self._spare.next(
                value=entry.value,
                number=str(entry.number),
                says=entry.says,
                chosen=entry.number == self._chosen,
                height=fits.height,
                lines=fits.lines,
            )
            for entry in entries
        ]
        self.grid.cols = fits.columns
        rows = ceil(len(entries) / fits.columns)
        self.grid.height = rows * fits.height + (rows - 1) * skin.size.between
        arrange(self.grid, buttons)

    def _draw_tabs(self, entries: list[Entry], fits: Fit) -> None:
        self.tabs.clear_widgets()
        if fits.pages > MOST_TABS:
            self._draw_turning(fits.pages)
            return
        for page in range(fits.pages):
            on_page = entries[page * fits.on_page : (page + 1) * fits.on_page]
            tab = Choice(
                says=_range(on_page[0], on_page[-1], by_name=self._by_name),
                chosen=page == self._page,
                on_release=lambda _, page=page: self._turn(page),
            )
            self.tabs.add_widget(tab)

    def _draw_turning(self, pages: int) -> None:
        back = IconButton(icon="back", on_release=lambda _: self._turn((self._page - 1) % pages))
        on = IconButton(icon="forward", on_release=lambda _: self._turn((self._page + 1) % pages))
        says = skin.tell("screen.form.of", page=self._page + 1, pages=pages)
        where = Caption(says=says, halign="center", pos_hint={"center_y": 0.5})
        for widget in (back, where, on):
            self.tabs.add_widget(widget)

    def _turn(self, page: int) -> None:
        self._page = page
        self._redraw()


@dataclass(frozen=True, slots=True)
class Fit:
    """How choices are laid out: in columns and rows, each so high, with so many lines."""

    columns: int
    rows: int
    pages: int
    height: float
    lines: int

    @property
    def on_page(self) -> int:
        """How many stand on a page."""
        return self.columns * self.rows


def fitting(texts: list[str], width: float, height: float, *, some_cut: bool) -> Fit:
    """Find the fewest columns in which all are on one page; else as many as their words allow.

    `some_cut`: one in ten may be too long for its button.
    """
    gap = skin.size.between
    wide = [n for n in range(2, MOST_COLUMNS + 1) if _fit(texts, width, n, some_cut=some_cut)]
    most = max([1, *wide])
    beside_tabs = height - (skin.size.chip + skin.size.gap)
    for columns in range(1, most + 1):
        lines = min(_lines(texts, width), _most_lines(beside_tabs)) if columns == 1 else 2
        needed = ceil(len(texts) / columns)
        room = (height - (needed - 1) * gap) / needed
        if room >= _least(lines):
            return Fit(
                columns, needed, 1, min(room, max(_least(lines), skin.size.primary_button)), lines
            )
    rows = max(int((beside_tabs + gap) // (_least(lines) + gap)), 1)
    pages = ceil(len(texts) / (rows * most))
    return Fit(most, rows, pages, (beside_tabs - (rows - 1) * gap) / rows, lines)


def _least(lines: int) -> float:
    return max(skin.size.button, lines * skin.size.body * LINE_HEIGHT + 2 * skin.size.tight)


def _most_lines(height: float) -> int:
    """Count the lines for which a button so high has room."""
    return max(1, int((height - 2 * skin.size.tight) / (skin.size.body * LINE_HEIGHT)))


def _lines(texts: list[str], width: float) -> int:
    """Count the lines that the longest needs over the whole width."""
    measure = ruler(skin.look.strong, skin.size.body)
    return max(1, *(ceil(WORDS_BREAK * measure(text) / _room(width, 1)) for text in texts))


def _fit(texts: list[str], width: float, columns: int, *, some_cut: bool) -> bool:
    """Tell whether all words fit in two lines of so many columns."""
    room = _room(width, columns)
    measure = ruler(skin.look.strong, skin.size.body)
    cut = sum(measure(text) * WORDS_BREAK > 2 * room for text in texts)
    return cut <= (len(texts) // 10 if some_cut else 0)


def _room(width: float, columns: int) -> float:
    """Give how much of a button is left for its words."""
    column = (width - (columns - 1) * skin.size.between) / columns
    return column - 2 * skin.size.gap - skin.size.row_icon - skin.size.small


def _range(first: Entry, last: Entry, *, by_name: bool) -> str:
    """Name a page: by its initials, or by its numbers."""
    begin, end = first.says[:1].upper(), last.says[:1].upper()
    if by_name and begin != end:
        return str(skin.tell("screen.form.page", first=begin, last=end))
    if by_name:
        return begin
    if first == last:
        return str(first.number)
    return str(skin.tell("screen.form.page", first=first.number, last=last.number))
