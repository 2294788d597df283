"""The whole window: rail, status bar, the screen of the mode, and what lies over it.

`show(state)` compares with the state before and draws only the parts that changed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.desk.words import say
from kiosk.screens import fullscreen
from kiosk.screens.checkin import CheckinScreen
from kiosk.screens.checkout import CheckoutScreen
from kiosk.screens.overlays import (
    ClockOverlay,
    HelpOverlay,
    Overlay,
    PadOverlay,
    QuestionDialog,
    Story,
    bookdrop_picker,
    due_picker,
)
from kiosk.screens.skin import skin
from kiosk.screens.typing_line import TypedLine
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.lines import forget_rows
from kiosk.screens.widgets.rail import Rail
from kiosk.screens.widgets.statusbar import StatusBar
from kiosk.view.messages import Pressed, Typed
from kiosk.view.state import Question, Support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.screens.fullscreen import FullScreen
    from kiosk.view.messages import TurnedAway
    from kiosk.view.state import AppState

    Draw = Callable[[AppState], None]

SLOW_TYPIST = 0.5
"""Seconds after which an unfinished line is a person typing, who wants to see it."""

ECHO = 0.6
"""Seconds for which an Enter with nothing typed is taken for the scanner's second one."""

USED_BY_KV = (Rail, StatusBar)

STAYS = (PadOverlay, HelpOverlay, ClockOverlay)
"""What stays open when the visit below it has changed."""

KEY_BACKSPACE, KEY_ENTER, KEY_PAD_ENTER, KEY_ESCAPE = 8, 13, 271, 27


class Root(FloatLayout):
    """The window's only widget. `send(intent)` is called with every intent."""

    send = ObjectProperty(lambda _intent: None)

    def __init__(self, **kwargs: Any) -> None:
        forget_rows()
        super().__init__(**kwargs)
        self.state: AppState | None = None
        self.overlay: Overlay | None = None
        self.notice: FullScreen | None = None
        self.alarm: FullScreen | None = None
        self.line = TypedLine()
        self._show_pad_soon = Clock.create_trigger(lambda _: self.open_pad(), SLOW_TYPIST)
        self._last_enter = 0.0
        self.ids.rail.go = self._go
        self.ids.status.tell_story = self.open_story
        self.ids.status.set_clock = self._open_clock
        self._parts = self._make_parts()
        self._stack()

    question = cached_property(lambda self: QuestionDialog(answer=self.press))
    about_clock = cached_property(
        lambda self: QuestionDialog(answer=self._about_clock, rather_no=True)
    )
    checkout = cached_property(
        lambda self: CheckoutScreen(
            send=self.press,
            open_calendar=self._open_due,
            open_pad=self.open_pad,
            open_row=self.open_story,
        )
    )
    checkin = cached_property(
        lambda self: CheckinScreen(
            send=self.press,
            open_calendar=self._open_bookdrop,
            open_pad=self.open_pad,
            open_row=self.open_story,
        )
    )

    # drawing

    def show(self, state: AppState) -> None:
        """Draw a state: only what differs from the one before."""
        before, self.state = self.state, state
        year = int(state.now[:4])
        if skin.words.year != year:
            skin.words.year, before = year, None  # every day on show may be written otherwise now
        for names, draw in self._parts:
            if before is None or any(getattr(before, n) != getattr(state, n) for n in names):
                draw(state)
        if before is not None and (before.mode, before.patron) != (state.mode, state.patron):
            self._close_what_belongs_to_a_visit()
        self._stack()

    def _make_parts(self) -> tuple[tuple[tuple[str, ...], Draw], ...]:
        """List what each part of the window is drawn from."""
        bar, rail = self.ids.status, self.ids.rail
        return (
            (("now", "clock"), self._show_clock),
            (
                (
                    *("library_name", "staff", "profile", "library", "devices", "space"),
                    *("clock", "block_list"),
                ),
                bar.show,
            ),
            (("mode",), rail.show),
            (("mode",), self._show_mode),
            (("mode", "lines"), self._show_lines),
            (("mode", "returned"), self._show_returned),
            (
                (
                    *("mode", "answer", "patron", "lines", "items", "last_visit", "closing"),
                    *("library", "devices", "due", "returned", "keep_off_shelves"),
                ),
                self._show_screen,
            ),
            (("question",), self._show_question),
            (("alarm", "support"), self._show_alarm),
        )

    def _show_mode(self, state: AppState) -> None:
        arrange(self.ids.body, [self.checkin if state.mode == "checkin" else self.checkout])

    def _show_screen(self, state: AppState) -> None:
        (self.checkin if state.mode == "checkin" else self.checkout).show(state)

    def _show_lines(self, state: AppState) -> None:
        (self.checkin if state.mode == "checkin" else self.checkout).show_lines(state)

    def _show_returned(self, state: AppState) -> None:
        if state.mode == "checkin":
            self.checkin.show_returned(state)

    def _show_question(self, state: AppState) -> None:
        if state.question:
            self.question.show(state.question)

    def _show_clock(self, state: AppState) -> None:
        self.ids.status.show_clock(state)
        if state.clock.state == "wrong":
            self._ask_the_time(state)

    def _ask_the_time(self, state: AppState) -> None:
        question = Question(
            headline=say("clock.ask", now=state.now),
            detail=say("clock.ask_detail", latest=state.clock.latest),
            yes=say("clock.yes"),
            no=say("clock.no"),
        )
        self.about_clock.show(question)

    def _show_alarm(self, state: AppState) -> None:
        self.alarm = fullscreen.alarm(state.alarm, state.support) if state.alarm else None

    def _stack(self) -> None:
        """Lay things over each other: the gravest on top."""
        question = self.question if self.state and self.state.question else None
        clock = self.about_clock if self._clock_is_wrong() else None
        arrange(self, [self.ids.desk, clock, self.overlay, question, self.alarm, self.notice])

    def _clock_is_wrong(self) -> bool:
        return self.state is not None and self.state.clock.state == "wrong"

    def make_ready(self) -> Iterator[None]:
        """Make what will be shown next, a part at each step, so that no scan waits for it."""
        if self.state:
            yield from self.checkout.make_ready(self.state)
        # The alarm that the disk is broken must not need the disk: layout and type are read now.
        spare = fullscreen.lost(self._support())
        yield
        del spare
        for part in ("question", "checkin"):
            getattr(self, part)
            yield

    # the link

    def engine_sought(self) -> None:
        """Say that the engine has not been found yet."""
        self.notice = fullscreen.starting()
        self._stack()

    def engine_found(self) -> None:
        """Take the notice away: a state has come."""
        if self.notice:
            self.notice = None
            self._stack()

    def engine_lost(self) -> None:
        """Say that the engine is not to be reached."""
        self.notice = fullscreen.lost(self._support())
        self._stack()

    def engine_differs(self, mine: str, message: TurnedAway) -> None:
        """Say that the engine speaks another version."""
        self.notice = fullscreen.other_version(mine, message, self._support())
        self._stack()

    def _support(self) -> Support:
        return self.state.support if self.state else Support()

    # intents

    def press(self, command: str) -> None:
        """Send the command word of a button."""
        self.send(Pressed(command=command))

    def type_in(self, text: str) -> None:
        """Send a typed line."""
        self.send(Typed(text=text))

    def _go(self, command: str) -> None:
        self.press(command)
        if command == "help":
            self.open(HelpOverlay(self._support(), closed=self.close))
        else:
            self.close()

    def _choose(self, command: str) -> None:
        self.close()
        self.press(command)

    # overlays

    def open(self, overlay: Overlay) -> None:
        """Lay a panel over the screen, in place of the one before."""
        self.overlay = overlay
        self._stack()

    def close(self) -> None:
        """Take the panel away."""
        self.overlay = None
        self._stack()

    def open_story(self, headline: str, text: str) -> None:
        """Open a text to read."""
        self.open(Story(headline=headline, text=text, closed=self.close))

    def open_pad(self) -> None:
        """Open the number pad, with what has been typed already."""
        self._show_pad_soon.cancel()
        self.open(PadOverlay(self.line, self.type_in, closed=self.close))

    def _open_due(self) -> None:
        if self.state:
            picker = due_picker(self.state, self._choose)
            picker.closed = self.close
            self.open(picker)

    def _open_bookdrop(self) -> None:
        if self.state:
            picker = bookdrop_picker(self.state, self._choose)
            picker.closed = self.close
            self.open(picker)

    def _open_clock(self) -> None:
        if self.state:
            self.open(ClockOverlay(self.state.now, self._choose, closed=self.close))

    def _about_clock(self, answer: str) -> None:
        if answer == "yes":
            self.press("time:ok")
        else:
            self._open_clock()

    def _close_what_belongs_to_a_visit(self) -> None:
        """Close a calendar whose patron has gone; a half-typed number and help may stay."""
        if self.overlay and not isinstance(self.overlay, STAYS):
            self.close()

    # the keyboard

    def key(self, key: int, character: str | None, modifiers: list[str]) -> bool:
        """Take a key that went down. Say whether it meant something here."""
        if key == KEY_ESCAPE:
            self._escape()
        elif key in (KEY_ENTER, KEY_PAD_ENTER):
            self._enter()
        elif key == KEY_BACKSPACE:
            self.line.rub_out()
            self._typed_more()
        elif character and character.isprintable() and not {"ctrl", "alt", "meta"} & {*modifiers}:
            self.line.key(character.upper() if "shift" in modifiers else character)
            self._typed_more()
        else:
            return False
        return True

    def written(self, text: str) -> None:
        """Take the text that a key wrote."""
        self.line.written(text)
        self._typed_more()

    def _typed_more(self) -> None:
        if isinstance(self.overlay, PadOverlay):
            self.overlay.refresh()
        elif self.line.text:
            self._show_pad_soon()
        else:
            self._show_pad_soon.cancel()

    def _enter(self) -> None:
        self._show_pad_soon.cancel()
        text, now = self.line.take(), Clock.get_time()
        echo = now - self._last_enter < ECHO
        self._last_enter = now
        if text:
            if isinstance(self.overlay, PadOverlay):
                self.close()
            self.type_in(text)
        elif not echo:
            self._press_primary()

    def _press_primary(self) -> None:
        dialog = self._dialog()
        if dialog and not (self.alarm or self.notice):
            dialog.press_primary()

    def _escape(self) -> None:
        self._show_pad_soon.cancel()
        self.line.clear()
        dialog = self._dialog()
        if dialog is self.question:
            self.question.refuse()
        elif dialog:
            dialog.dismiss()

    def _dialog(self) -> Overlay | None:
        if self.state and self.state.question:
            return self.question
        if self.overlay:
            return self.overlay
        return self.about_clock if self._clock_is_wrong() else None


load_kv(__file__)
