"""Until when items are lent, and until when they may be."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Card, Choice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import AppState

IN_A_ROW = 3
"""Loan lengths side by side."""


class DueCard(Card):
    """The due date for this patron or the next item, and the others to choose from."""

    label = StringProperty()
    day = StringProperty()
    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)
    open_kinds = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        self._presets: dict[int, Choice] = {}
        self._laid_out: list[Choice] = []
        super().__init__(**kwargs)

    by_kind = cached_property(
        lambda self: Choice(icon="kind", on_release=lambda _: self.open_kinds())
    )
    by_day = cached_property(
        lambda self: Choice(icon="calendar", on_release=lambda _: self.open_calendar())
    )

    def make_ready(self, state: AppState) -> Iterator[None]:
        """Make the choices, one at each step."""
        for preset in state.due.presets:
            self._preset(preset.days)
            yield
        _ = self.by_kind if state.kinds else None, self.by_day
        yield

    def show(self, state: AppState) -> None:
        """Draw the loan lengths, three in a row; the calendar takes what is left of the last."""
        due = state.due
        self.label, self.day = present.due(skin.words, due, state.now)
        by_kind = due.by == "kind"
        choices = [self._preset(p.days) for p in due.presets]
        for choice, preset in zip(choices, due.presets, strict=True):
            choice.chosen = not due.at and not by_kind and preset.day == due.day
        self.by_day.chosen = not by_kind and not any(choice.chosen for choice in choices)
        if state.kinds:
            self.by_kind.chosen = by_kind
            choices.append(self.by_kind)
        self._lay_out([*choices, self.by_day])

    def _lay_out(self, choices: list[Choice]) -> None:
        if choices == self._laid_out:
            return
        self._laid_out = choices
        starts = range(0, len(choices), IN_A_ROW)
        arrange(self.ids.rows, [_row_of(choices[start : start + IN_A_ROW]) for start in starts])

    def _preset(self, days: int) -> Choice:
        if days not in self._presets:
            self._presets[days] = Choice(
                says=skin.tell("screen.due.days", count=days),
                on_release=lambda _: self.send(f"due:{days}"),
            )
        return self._presets[days]


def _row_of(choices: list[Choice]) -> BoxLayout:
    row = BoxLayout(spacing=skin.size.small, size_hint_y=None, height=skin.size.chip)
    spare = IN_A_ROW - len(choices)
    for choice in choices:
        choice.size_hint_x = 1
    arrange(row, choices)
    if spare:
        # Wider by a gap for each place it takes over, so that the columns stay in line.
        last = choices[-1]
        last.size_hint_x = None
        row.bind(width=lambda _row, width: setattr(last, "width", _span(width, spare + 1)))
    return row


def _span(width: float, places: int) -> float:
    gap = skin.size.small
    one = (width - (IN_A_ROW - 1) * gap) / IN_A_ROW
    return float(places * one + (places - 1) * gap)
