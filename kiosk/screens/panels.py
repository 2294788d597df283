"""The panels that lie over the desk, each made when it is first wanted.

One alone is seen: what the desk asks, else what staff have opened, else what time it is.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kiosk.desk.words import say
from kiosk.screens import present
from kiosk.screens.overlays.pad import PadOverlay
from kiosk.screens.overlays.question import QuestionDialog
from kiosk.screens.overlays.story import Story
from kiosk.view.state import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kiosk.screens.keyboard import Keyboard
    from kiosk.screens.overlays.overlay import Overlay
    from kiosk.screens.overlays.picking import Picking
    from kiosk.screens.widgets.calendar import Days
    from kiosk.view.state import AppState, LoanKind


class Panels:
    """What is open, and what opens it. `changed()` is called when another one is to be seen.

    `press`, `at_desk`, `type_in` and `help` do what they do for staff (kiosk.screens.screen.Acts).
    """

    def __init__(
        self,
        keyboard: Keyboard,
        *,
        press: Callable[[str], None],
        at_desk: Callable[[str], None],
        type_in: Callable[[str], None],
        help: Callable[[], None],  # noqa: A002 - what is pressed for it
        changed: Callable[[], None],
    ) -> None:
        self.opened: Overlay | None = None
        """What staff have opened."""
        self.at_desk, self.help = at_desk, help
        self._keyboard, self._press, self._type_in = keyboard, press, type_in
        self._changed = changed
        self._now = ""

    question = cached_property(lambda self: QuestionDialog(answer=self._press, help=self.help))
    about_clock = cached_property(
        lambda self: QuestionDialog(answer=self._about_clock, help=self.help, helps="clock")
    )
    pad = cached_property(
        lambda self: PadOverlay(
            self._keyboard.line, self._type_in, closed=self.close, help=self.help
        )
    )
    picking = cached_property(lambda self: self._make_picking())

    def on_show(self, state: AppState, place: str) -> Overlay | None:
        """Give the one that is to be seen over a place."""
        if _is_asked(state, place):
            return self.question
        if self.opened:
            return self.opened
        return self.about_clock if state.clock.state == "wrong" else None

    def show_question(self, state: AppState) -> None:
        """Draw what the desk asks."""
        if state.question:
            self.question.show(state.question)

    def show_clock(self, state: AppState) -> None:
        """Draw the question what time it is, where the clock is wrong."""
        self._now = state.now
        if state.clock.state == "wrong":
            question = Question(
                headline=say("clock.ask", now=state.now),
                detail=say("clock.ask_detail", latest=state.clock.latest),
                yes=say("clock.yes"),
                no=say("clock.no"),
                rather="no",
            )
            self.about_clock.show(question)

    def make_ready(self, state: AppState | None, size: Sequence[float]) -> Iterator[None]:
        """Make what a touch opens, a part at each step."""
        _ = self.pad
        yield
        yield from self.pad.make_ready()
        yield
        if state is not None:
            today = date.fromisoformat(state.returned.today)
            yield from self.picking.make_ready(today, state.kinds, size)

    # what opens them

    def open(self, panel: Overlay) -> None:
        """Lay a panel over the screen, in place of the one before."""
        self.opened = panel
        self._changed()

    def close(self) -> None:
        """Take the panel away that staff have opened."""
        self.opened = None
        self._changed()

    def tell(self, headline: str, text: str) -> None:
        """Open a text to read."""
        self.open(Story(headline=headline, text=text, closed=self.close, help=self.help))

    def open_pad(self) -> None:
        """Open the number pad, with what has been typed already."""
        self._keyboard.show_later(on=False)
        self.pad.begin()
        self.open(self.pad)

    def open_clock(self) -> None:
        """Open the clock, to set it."""
        if self._now:
            self.pick_time(self._now, self._set_clock)

    def pick_day(self, title: str, hint: str, days: Days) -> None:
        """Open the calendar."""
        self.picking.day(title, hint, days)

    def pick_time(self, now: str, send: Callable[[str], None]) -> None:
        """Open the clock; `send("time:…")` gets what is chosen."""
        self.picking.time(now, send)

    def pick_kind(self, kinds: tuple[LoanKind, ...]) -> None:
        """Ask what kind of item comes next."""
        self.picking.kind(kinds)

    def _make_picking(self) -> Picking:
        from kiosk.screens.overlays.picking import Picking  # noqa: PLC0415 - not for the first frame

        return Picking(self)

    def _about_clock(self, answer: str) -> None:
        if answer == "yes":
            self._press("time:ok")
        else:
            self.open_clock()

    def _set_clock(self, command: str) -> None:
        self.close()
        self._press(command)


def _is_asked(state: AppState, place: str) -> bool:
    """Tell whether a question is asked in a panel. What the page asks itself needs none."""
    if not state.question:
        return False
    return not (place == "checkout" and present.says_what_is_asked(state))
