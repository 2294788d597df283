"""The check-in screen: item after item, today or as of a book-drop day; and in-house use."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.inforce import InForce
from kiosk.screens.overlays.days import pick_bookdrop
from kiosk.screens.screen import VisitScreen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.answer import AnswerCard
from kiosk.screens.widgets.basics import Card, Choice, FactCard
from kiosk.screens.widgets.lines import LineList
from kiosk.screens.widgets.prompt import Prompt
from kiosk.screens.widgets.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Returned


class ReturnedCard(Card):
    """The day on which items count as returned."""

    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._yesterday = ""
        self.today = Choice(
            says=skin.tell("screen.today"), on_release=lambda _: self.send("bookdrop:today")
        )
        self.yesterday = Choice(on_release=lambda _: self.send(f"bookdrop:{self._yesterday}"))
        self.another = Choice(on_release=lambda _: self.open_calendar())
        arrange(self.ids.row, [self.today, self.yesterday, self.another])

    def show(self, returned: Returned) -> None:
        """Draw today, yesterday, and the calendar; it holds the day if it is another one."""
        another = returned.day not in (returned.today, returned.yesterday)
        self._yesterday = returned.yesterday
        self.today.chosen = not returned.bookdrop
        self.yesterday.says = present.short_day(skin.words, returned.yesterday)
        self.yesterday.chosen = returned.day == returned.yesterday
        self.another.icon = "" if another else "calendar"
        self.another.says = present.short_day(skin.words, returned.day) if another else ""
        self.another.chosen = another


USES = ((1, 2, 3), (5, 10, 20))
"""How often an item was used, to choose from; another number is a command."""


class UsesCard(Card):
    """How often the next item was used in the library."""

    fact = StringProperty()
    send = ObjectProperty(lambda _command: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._choices: dict[int, Choice] = {}

    def make_ready(self) -> Iterator[None]:
        """Make the numbers, a row at each step."""
        for counts in USES:
            row = BoxLayout(spacing=skin.size.small, size_hint_y=None, height=skin.size.chip)
            for count in counts:
                self._choices[count] = self._choice(count)
                row.add_widget(self._choices[count])
            self.ids.rows.add_widget(row)
            yield

    def show(self, uses: int) -> None:
        """Draw the numbers to choose from."""
        if not self._choices:
            deque(self.make_ready(), maxlen=0)
        self.fact = skin.tell("screen.uses.fact", count=uses)
        for count, choice in self._choices.items():
            choice.chosen = count == uses

    def _choice(self, count: int) -> Choice:
        return Choice(says=str(count), on_release=lambda _: self.send(f"count:{count}"))


class CheckinScreen(VisitScreen):
    """The desk, taking back, or counting what was used in the library."""

    answer = cached_property(lambda _: AnswerCard())
    strip = cached_property(lambda _: Strip(icon="bookdrop", tone="look"))
    in_force = cached_property(lambda self: InForce(self.acts))
    prompt = cached_property(lambda _: Prompt(icon="checkin"))
    lines = cached_property(lambda self: LineList(acts=self.acts))
    returned = cached_property(
        lambda self: ReturnedCard(send=self.acts.press, open_calendar=self.open_calendar)
    )
    uses = cached_property(lambda self: UsesCard(send=self.acts.press))
    batch = cached_property(lambda _: FactCard())
    type = cached_property(lambda self: self.button("keyboard", "screen.type", self.acts.open_pad))
    undo = cached_property(lambda self: self.at_visit("undo", "screen.undo_last", present.undo))
    done = cached_property(
        lambda self: self.at_visit("check", "screen.done_empty", present.end, primary=True)
    )

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def prepare(self) -> Iterator[None]:
        """Make also the rows, and the numbers of uses."""
        yield from super().prepare()
        yield from self.lines.make_ready()
        yield from self.uses.make_ready()

    def parts(self) -> tuple[Part, ...]:
        """Draw the history and the days apart from the rest: they change less often."""
        return (
            (("lines",), self._show_lines),
            (("returned",), self._show_returned),
            (("uses",), self._show_uses),
            (
                (
                    *("answer", "lines", "items", "closing", "returned", "keep_off_shelves"),
                    *("library", "devices", "mode", "paper"),
                ),
                self._show,
            ),
        )

    def open_calendar(self) -> None:
        """Open the calendar for the day of return."""
        if self._drawn:
            pick_bookdrop(self._drawn, self.acts)

    def _show(self, state: AppState) -> None:
        self._show_batch(state)
        begun = bool(state.lines)
        counting = state.mode == "inhouse"
        what = "inhouse" if counting else "returns"
        self.prompt.icon = "inhouse" if counting else "checkin"
        self.prompt.headline = skin.tell(f"screen.{what}.headline")
        self.prompt.detail = skin.tell(f"screen.{what}.detail")
        arrange(
            self.ids.left,
            [
                *self._answers(state),
                *self.in_force.strips(state, idle=not begun),
                self.lines if begun else self.prompt,
            ],
        )
        first = self.uses if counting else self.returned
        arrange(self.ids.cards, [first, self.batch if begun else None])
        arrange(
            self.ids.buttons,
            [self.undo if state.items else None, self.done if begun else self.type],
        )

    def _show_lines(self, state: AppState) -> None:
        self.lines.show(state.lines)

    def _show_returned(self, state: AppState) -> None:
        self.returned.show(state.returned)

    def _show_uses(self, state: AppState) -> None:
        self.uses.show(state.uses)

    def _answers(self, state: AppState) -> list[Widget]:
        """Give the answer, and what reminds of the book drop: large where it is all there is."""
        answer = self.in_force.answer(state)
        if answer:
            self.answer.show(answer)
        if not state.returned.bookdrop or state.mode == "inhouse":
            return [self.answer] if answer else []
        self.strip.headline = skin.tell("screen.bookdrop.headline", day=state.returned.day)
        self.strip.detail = skin.tell("screen.bookdrop.detail")
        # The answer to setting the day says the same, and once is enough.
        alone = answer is None or self.answer.headline == self.strip.headline
        self.strip.slim = not alone
        return [self.strip] if alone else [self.answer, self.strip]

    def _show_batch(self, state: AppState) -> None:
        counting = state.mode == "inhouse"
        self.batch.label = skin.tell("screen.inhouse.batch" if counting else "screen.batch")
        fact = "screen.uses.fact" if counting else "screen.items"
        self.batch.fact = skin.tell(fact, count=state.items)
        self.batch.about = (
            skin.tell("screen.keep_off") if state.keep_off_shelves and not counting else ""
        )
        self.done.says = skin.tell("screen.closing" if state.closing else "screen.done_empty")
