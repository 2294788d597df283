"""The whole window: rail, status bar, the screen of the place, and what lies over it.

`show(state)` compares with the state before and draws only the parts that changed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens import fullscreen
from kiosk.screens.keyboard import Keyboard
from kiosk.screens.notices import Notices
from kiosk.screens.overlays.pad import PadOverlay
from kiosk.screens.overlays.question import QuestionDialog
from kiosk.screens.panels import Panels
from kiosk.screens.places import Places
from kiosk.screens.screen import Acts, draw_changed
from kiosk.screens.skin import skin
from kiosk.screens.touching import Touches
from kiosk.screens.whereabouts import Whereabouts
from kiosk.screens.widgets import arrange, fitting, load_kv, read_ahead
from kiosk.screens.widgets.practice import PracticeBanner
from kiosk.screens.widgets.rail import Rail
from kiosk.screens.widgets.rows import forget_rows
from kiosk.screens.widgets.statusbar import StatusBar
from kiosk.view.messages import Pressed, Typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.input import MotionEvent
    from kivy.uix.widget import Widget

    from kiosk.screens.overlays.overlay import Overlay
    from kiosk.screens.screen import Part, Screen
    from kiosk.view.state import AppState

USED_BY_KV = (Rail, StatusBar)

FIRST_VISIT = ("widgets.lines", "widgets.strip", "widgets.patron", "widgets.due")
"""What the first visit is shown with."""

FILLED_IN = ("widgets.filling", "widgets.numberpad", "widgets.letterpad", "widgets.entries")
"""What several places are filled with or filled in by."""


class Root(FloatLayout):
    """The window's only widget. `send(intent)` is called with every intent."""

    send = ObjectProperty(lambda _intent: None)

    def __init__(self, **kwargs: Any) -> None:
        forget_rows()
        # Kivy keeps few typefaces, and reads one again without its hints.
        fitting.ruler.cache_clear()
        super().__init__(**kwargs)
        self.state: AppState | None = None
        self.where = Whereabouts()
        self._on_show: Screen | None = None
        self.keyboard = Keyboard(self)
        self.notices = Notices(self._stack)
        self.panels = Panels(
            self.keyboard,
            press=self.press,
            at_desk=self.press_at_desk,
            type_in=self.type_in,
            help=self.help,
            changed=self._stack,
        )
        self.acts = self._make_acts()
        self.places = Places(self.acts)
        self.ids.rail.acts = self.acts
        self.ids.status.acts = self.acts
        self.ids.status.set_clock = self.panels.open_clock
        self._parts = self._make_parts()
        self.touches = Touches(self.topmost)
        self._stack()

    def _make_acts(self) -> Acts:
        return Acts(
            press=self.press,
            at_desk=self.press_at_desk,
            type_in=self.type_in,
            send=self.send,
            go=self.go,
            back=self.back,
            help=self.help,
            open=self.panels.open,
            close=self.panels.close,
            tell=self.panels.tell,
            open_pad=self.panels.open_pad,
            pick_day=self.panels.pick_day,
            pick_kind=self.panels.pick_kind,
            pick_time=self.panels.pick_time,
            line=self.keyboard.line,
        )

    practice = cached_property(lambda self: PracticeBanner(end=lambda: self.press("practice")))

    # drawing

    def show(self, state: AppState) -> None:
        """Draw a state: only what differs from the one before."""
        with self.touches.changing():
            self._draw(state)

    def _draw(self, state: AppState) -> None:
        before, self.state = self.state, state
        self.where.begin(state)
        year = int(state.now[:4])
        if skin.words.year != year:
            skin.words.year, before = year, None  # every day on show may be written otherwise now
            self.places.forget()
        if before is not None:
            self._leave_what_is_over(before, state)
        draw_changed(self._parts, before, state)
        self._show_place()
        self._stack()

    def _make_parts(self) -> tuple[Part, ...]:
        """List what each part of the window is drawn from."""
        return (
            (("now", "clock"), self._show_clock),
            (
                (
                    *("library_name", "staff", "profile", "locked", "library", "devices", "space"),
                    *("readiness", "clock", "block_list"),
                ),
                self.ids.status.show,
            ),
            (("question",), self.panels.show_question),
            (("alarm", "support"), self.notices.show),
            (("practice_until",), self._show_practice),
        )

    @property
    def place(self) -> str:
        """Which place is on show."""
        return self.where.place(self.state) if self.state else ""

    @property
    def screen(self) -> Screen:
        """The screen that is on show."""
        return self.places[self.place]

    def _show_place(self) -> None:
        if self.state is None:
            return
        place = self.place
        screen = self.places[place]
        if place == "help":  # read in between, it is no leaving
            panel = self._panel()
            screen.about = (panel and panel.helps) or self.where.under(self.state)
        else:
            if self._on_show not in (None, screen):
                self._on_show.leave()
            self._on_show = screen
        screen.show(self.where.to_read(self.state) if place == "report" else self.state)
        arrange(self.ids.body, [screen])
        self.ids.rail.show(self.state, place)

    def _leave_what_is_over(self, before: AppState, state: AppState) -> None:
        """Leave where staff were, and close what hides where they are now.

        A half-typed number may stay.
        """
        self.where.follow(before, state)
        locked_now = before.locked is None and state.locked is not None
        if before.scans != state.scans or locked_now:
            self.keyboard.focus.clear()
        if locked_now or bool(before.practice_until) != bool(state.practice_until):
            self._forget_what_was_begun()
        over = ("mode", "patron", "scans")
        changed = any(getattr(before, name) != getattr(state, name) for name in over)
        asked = before.form is None and state.form is not None  # by a badge, for one
        if asked and isinstance(self.overlay, PadOverlay):
            self.keyboard.line.clear()  # it was no answer to this
        if self.overlay and (asked or (changed and not self.overlay.stays)):
            self.panels.close()
        if self.notices.engine and _is_form_gone(before, state):
            self._forget_what_was_begun()
            gone = skin.tell("screen.form.gone"), skin.tell("screen.form.gone_story")
            self.panels.tell(*gone)

    def _forget_what_was_begun(self) -> None:
        """Close what was open, and drop what was half typed: it was meant for another desk.

        Who unlocks it may be somebody else; and a practice is not the desk itself.
        """
        self.keyboard.forget()
        self.panels.close()

    def _show_clock(self, state: AppState) -> None:
        self.ids.status.show_clock(state)
        self.panels.show_clock(state)

    def _show_practice(self, state: AppState) -> None:
        """Lay the banner over everything, or take it away."""
        if state.practice_until or "practice" in vars(self):
            self.practice.show(state.practice_until)
            arrange(self.ids.top, [self.practice if state.practice_until else None])

    def _stack(self) -> None:
        """Lay things over each other: the gravest on top. Of the panels one alone is seen."""
        arrange(self, [self.ids.desk, self._dialog(), self.notices.alarm, self.notices.engine])

    def carry_on(self, before: Root) -> None:
        """Stand where another window stood: with what was read, and what was being typed."""
        self.notices.engine, self.where = before.notices.engine, before.where
        self.keyboard.carry_on(before.keyboard)
        if before.state is not None:
            self.show(before.state)
            place = self.where.under(before.state)
            self.places[place].carry_on(before.places[place])
        if isinstance(before.overlay, PadOverlay):
            self.panels.open_pad()

    def make_ready(self) -> Iterator[None]:
        """Make what will be shown next, a part at each step, so that no scan waits for it."""
        yield from read_ahead(*FIRST_VISIT)
        if self.state:
            yield from self.places["checkout"].make_ready(self.state)
        yield from fitting.make_ready()
        yield from fullscreen.make_ready(self.notices.support)
        yield from read_ahead("overlays.question", *FILLED_IN)
        _ = self.panels.question
        yield
        yield from self.places.make_ready(self._rehearse)
        yield from self.panels.make_ready(self.state, self.size)

    def _rehearse(self, screen: Screen) -> None:
        """Draw a screen where nobody sees it: when it is shown, little is left to draw."""
        if self.state is not None and screen is not self._on_show:
            screen.size = self.ids.body.size
            screen.show(self.state)

    # what staff do

    def press(self, command: str) -> None:
        """Send the command word of a button."""
        self.send(Pressed(command=command))

    def press_at_desk(self, command: str) -> None:
        """Go back to the desk, and send the command word of a button there."""
        self.go("")
        self.press(command)

    def type_in(self, text: str) -> None:
        """Send a typed line."""
        self.send(Typed(text=text))

    def go(self, place: str) -> None:
        """Go to a place of the screen's own; "" is the desk, with what was to be read put away."""
        self.where.own, self.where.helped = place, False
        self.back()

    def back(self) -> None:
        """Put away what was to be read, and go back to where staff were before it."""
        if self.where.helped:
            self._end_help()
            return
        if self.state:
            self.where.put_away(self.state)
        self.panels.close()
        self._show_place()

    def help(self) -> None:
        """Open help about what is on show, all of which waits as it is; or put help away."""
        if self.where.helped:
            self._end_help()
        elif not self.notices.top:
            self.keyboard.put_aside()
            self.where.helped = True
            self._show_place()
            self._stack()

    def _end_help(self) -> None:
        """Go on where staff were, with what was typed there."""
        self.where.helped = False
        self._show_place()
        self._stack()
        self.keyboard.take_back()

    # the keyboard

    def line_done(self, text: str, *, scanned: bool = False) -> None:
        """Send a line that was ended by Enter. What somebody had begun to type before it stays."""
        if self.keyboard.line.text:
            self.keyboard.changed()
        elif isinstance(self.overlay, PadOverlay):
            self.panels.close()
        elif not scanned and self.state and self.screen.line_done(text):
            return
        self.send(Typed(text=text, scanned=scanned))

    def line_changed(self) -> bool:
        """Show what has been typed by now, where something does. Who types has read help."""
        if self.where.helped:
            self._end_help()
        if isinstance(self.overlay, PadOverlay):
            self.overlay.refresh()
            return True
        return self.state is not None and self.screen.typing(self.keyboard.line.text)

    def show_line(self) -> None:
        """Open the number pad for a line that grows slowly: a person types it.

        Under what covers all of the screen nobody would see it: what is typed there is forgotten.
        """
        if self.notices.top:
            self.keyboard.line.clear()
        else:
            self.panels.open_pad()

    def press_primary(self) -> None:
        """Do what Enter means with nothing typed."""
        if self.notices.top:
            return
        dialog = self._dialog()
        if dialog:
            dialog.press_primary()
        elif self.state:
            self.screen.press_primary()

    def escape(self) -> None:
        """Do what Escape means: no, close, or back."""
        if self.notices.top:
            return
        dialog = self._dialog()
        if isinstance(dialog, QuestionDialog):
            dialog.refuse()
        elif dialog:
            dialog.dismiss()
        elif self.state:
            self.screen.escape()

    def topmost(self) -> Widget:
        """Give what lies on top, which alone can be pressed."""
        return self.notices.top or self._dialog() or self.ids.desk

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take the focus from what Tab came to: staff have gone on by hand."""
        self.keyboard.focus.clear()
        return not self.touches.begins(touch) or bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Let nothing be pressed that is not on show any more."""
        self.touches.ends(touch)
        return bool(super().on_touch_up(touch))

    @property
    def overlay(self) -> Overlay | None:
        """The panel that staff have opened."""
        return self.panels.opened

    def _dialog(self) -> Overlay | None:
        """Give the panel that can be touched; all of them wait while help is read."""
        return None if self.where.helped else self._panel()

    def _panel(self) -> Overlay | None:
        """Give the panel that is on show, or waits."""
        if self.state is None:
            return self.overlay
        return self.panels.on_show(self.state, self.where.under(self.state))


def _is_form_gone(before: AppState, state: AppState) -> bool:
    """Tell whether a form that was being filled in ended with the engine, and not by an answer."""
    form = before.form
    if form is None or state.form is not None or before.locked or state.locked:
        return False
    fills = len(form.fields) > 1 or form.fields[0].kind != "choice"
    return fills and state.answers <= before.answers


load_kv(__file__)
