"""What every screen between rail and status bar has in common.

A screen draws the AppState and says what staff did through `Acts`. It is made when it is first
shown, and drawn only while it is: then it catches up with what changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.typing_line import TypedLine
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import BigButton
from kiosk.screens.widgets.calendar import Days
from kiosk.view.messages import Intent
from kiosk.view.state import LoanKind

if TYPE_CHECKING:
    from kiosk.view.state import AppState

    Part = tuple[tuple[str, ...], Callable[[AppState], None]]
    """The names in the AppState that something is drawn from, and what draws it."""


@dataclass(frozen=True, slots=True)
class Acts:
    """What staff can do on a screen.

    `press(command)` and `type_in(text)` send that to the engine, `send(intent)` anything else;
    `at_desk(command)` goes back to the desk before. `go(place)` opens one of the screen's own
    places, `go("")` the desk; `back()` puts away what was to be read, and goes back to where staff
    were before it. `help()` opens help about what is on show. `open(overlay)` lays a panel over
    the screen, which `close()` takes away; `tell(headline, text)` is one to read, `open_pad()` the
    one for numbers, `pick_day(title, hint, days)` the calendar, `pick_time(now, send)` the clock,
    `pick_kind(kinds)` the kinds of items. `line` is what is being typed, wherever that is shown.
    """

    press: Callable[[str], None]
    at_desk: Callable[[str], None]
    type_in: Callable[[str], None]
    send: Callable[[Intent], None]
    go: Callable[[str], None]
    back: Callable[[], None]
    help: Callable[[], None]
    open: Callable[[Overlay], None]
    close: Callable[[], None]
    tell: Callable[[str, str], None]
    open_pad: Callable[[], None]
    pick_day: Callable[[str, str, Days], None]
    pick_kind: Callable[[tuple[LoanKind, ...]], None]
    pick_time: Callable[[str, Callable[[str], None]], None]
    line: TypedLine


def draw_changed(parts: tuple[Part, ...], before: AppState | None, state: AppState) -> None:
    """Draw the parts that are drawn from something that is no longer as it was."""
    for names, draw in parts:
        if before is None or any(getattr(before, n) != getattr(state, n) for n in names):
            draw(state)


class Screen(BoxLayout):
    """A wide column at the left, and at the right one of cards with the buttons under them.

    `acts` has to be given. `ids` has `left`, `cards` and `buttons`.
    """

    acts = ObjectProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._offered: dict[tuple[str, str], BigButton] = {}
        self._drawn: AppState | None = None
        self._parts = self.parts()

    def button(
        self, icon: str, key: str, act: Callable[[], None], *, primary: bool = False
    ) -> BigButton:
        """Make a button by the key of its words; `act()` is called."""
        return BigButton(
            icon=icon, says=skin.tell(key), primary=primary, on_release=lambda _: act()
        )

    def sends(self, icon: str, key: str, command: str, *, primary: bool = False) -> BigButton:
        """Make a button that sends a command."""
        return self.button(icon, key, partial(self.acts.press, command), primary=primary)

    def offer(
        self,
        icon: str,
        key: str,
        command: str,
        *,
        act: Callable[[], None] | None = None,
        primary: bool = False,
    ) -> BigButton:
        """Give the button that sends a command, or calls `act()`; it is made once."""
        if (key, command) not in self._offered:
            act = act or partial(self.acts.press, command)
            self._offered[key, command] = self.button(icon, key, act)
        button = self._offered[key, command]
        button.primary = primary
        return button

    def parts(self) -> tuple[Part, ...]:
        """List what each part of the screen is drawn from."""
        return ()

    def show(self, state: AppState) -> None:
        """Draw what differs from what was drawn last."""
        before, self._drawn = self._drawn, state
        draw_changed(self._parts, before, state)

    def forget(self) -> None:
        """Draw everything anew next time: it may read otherwise now."""
        self._drawn = None

    def prepare(self) -> Iterator[None]:
        """Make before they are wanted the parts that are made when first wanted, one at a step."""
        for name, part in vars(type(self)).items():
            if isinstance(part, cached_property):
                getattr(self, name)
                yield

    def leave(self) -> None:
        """Let go of what was begun here: another screen is on show."""

    def carry_on(self, before: Self) -> None:
        """Go on with what was begun on the same screen of another window, if it was anything."""

    def press_primary(self) -> None:
        """Do what Enter does with nothing typed. Nothing, unless a screen says more."""

    def escape(self) -> None:
        """Do what Escape does: go back to the desk."""
        self.acts.go("")

    def line_done(self, _text: str) -> bool:
        """Take a line that was ended by Enter. False: it is for the desk."""
        return False

    def typing(self, _text: str) -> bool:
        """Show what is being typed. False: it is shown by the number pad, in a moment."""
        return False


class VisitScreen(Screen):
    """A screen on which a visit is ended."""

    def at_visit(
        self,
        icon: str,
        key: str,
        command: str | Callable[[AppState], str],
        *,
        primary: bool = False,
    ) -> BigButton:
        """Make a button that sends a command, or what it gives for the state on show.

        Not while the visit is being closed.
        """
        return self.button(icon, key, partial(self._press_at_visit, command), primary=primary)

    def _press_at_visit(self, command: str | Callable[[AppState], str]) -> None:
        # A second touch on Done while the desk is closing the visit means nothing.
        if self._drawn is not None and not self._drawn.closing:
            self.acts.press(command if isinstance(command, str) else command(self._drawn))


class WholeScreen(Screen):
    """A screen without columns: what is added to it has the whole place."""


class OverBoard(Screen):
    """A screen with room for a board of letters over its whole width, below the columns.

    `ids.upper` is what holds these, `ids.pane` the part at the right that scrolls.
    """


load_kv(__file__)  # before that of any screen, which may be laid out otherwise
