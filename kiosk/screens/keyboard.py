"""The keyboard, and every scanner that pretends to be one: keys in, lines and commands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kivy.clock import Clock

from kiosk.screens.typing_line import TypedLine
from kiosk.screens.widgets.focus import Focus

if TYPE_CHECKING:
    from collections.abc import Collection

    from kivy.uix.widget import Widget

SLOW_TYPIST = 0.5
"""Seconds after which an unfinished line is a person typing, who wants to see it."""

PAUSE, LOOKS = 0.3, 3
"""A pause between two keys that no scanner makes: seconds, and looks for a key that found none.

Of keys that came while much was drawn, the looks tell that there was no pause between them.
"""

ECHO = 0.6
"""Seconds for which an Enter with nothing typed is taken for the scanner's second one."""

KEY_BACKSPACE, KEY_TAB, KEY_ENTER, KEY_PAD_ENTER, KEY_ESCAPE, KEY_SPACE = 8, 9, 13, 271, 27, 32
KEY_F1 = 282
MUTE, UNNUMBERED = range(256, 321), 1 << 30
"""Keys that write nothing by themselves, as Kivy numbers them: arrows, F1, number pad, Caps Lock;
and those it has no number for. It reports them with the letter that has this code point. What the
number pad does write comes as text."""
SHORTCUT = {"ctrl", "alt", "meta"}


class Listener(Protocol):
    """Who does what the keys mean."""

    def line_done(self, text: str, *, scanned: bool) -> None:
        """Take a line that was ended by Enter. `scanned`: it was typed as only a scanner does."""

    def line_changed(self) -> bool:
        """Show what has been typed by now; False where nothing on show does."""

    def show_line(self) -> None:
        """Open something that shows what has been typed."""

    def press_primary(self) -> None:
        """Do what Enter means with nothing typed."""

    def escape(self) -> None:
        """Do what Escape means."""

    def help(self) -> None:
        """Open help about what is on show, or put it away."""

    def topmost(self) -> Widget:
        """Give what lies on top: only what is in it can be pressed."""


class Keyboard:
    """Collects a line, and tells its listener what was meant."""

    def __init__(self, listener: Listener) -> None:
        self.line = TypedLine()
        self.focus = Focus(listener.topmost)
        self._listener = listener
        self._show_soon = Clock.create_trigger(lambda _: listener.show_line(), SLOW_TYPIST)
        self._last_enter = 0.0
        self._last_key = (0.0, 0)
        """When that was, in seconds and in frames."""
        self._aside = ""
        """What was typed and waits, while staff read something."""

    def key(self, key: int, character: str | None, modifiers: Collection[str]) -> bool:
        """Take a key that went down. Say whether it meant something here."""
        if key == KEY_ESCAPE:
            self.show_later(on=False)
            self.line.clear()
            self.focus.clear()
            self._listener.escape()
        elif key in (KEY_ENTER, KEY_PAD_ENTER):
            self._enter()
        elif key == KEY_F1:
            self.show_later(on=False)
            self._listener.help()
        elif key == KEY_TAB:
            self._tab(-1 if "shift" in modifiers else 1)
        elif key == KEY_BACKSPACE:
            self.line.rub_out()
            self.changed()
        elif character and _writes(key, character) and not SHORTCUT & {*modifiers}:
            if key == KEY_SPACE and not self.line.text and self.focus.press():
                return True
            character = character.upper() if "shift" in modifiers else character
            self.line.key(character, Clock.get_time(), after_pause=self._after_pause())
            self.changed()
        else:
            return False
        return True

    def written(self, text: str) -> None:
        """Take the text that a key wrote."""
        if text == " " and not self.line.text:
            return  # it has pressed something
        self.line.written(text, Clock.get_time(), after_pause=self._after_pause())
        self.changed()

    def changed(self) -> None:
        """Have what was typed shown: at once where there is room for it, else in a moment."""
        self.focus.clear()
        shown = self._listener.line_changed()
        self.show_later(on=bool(self.line.text) and not shown)

    def forget(self) -> None:
        """Forget what was half typed."""
        self.show_later(on=False)
        self.line.clear()
        self._aside = ""

    def put_aside(self) -> None:
        """Let what was typed wait."""
        self.show_later(on=False)
        self.focus.clear()
        self._aside = self.line.text
        self.line.clear()

    def take_back(self) -> None:
        """Go on with what was put aside."""
        self.focus.clear()
        if self._aside:
            self.line.put_before(self._aside)
            self._aside = ""
            self._listener.line_changed()

    def carry_on(self, before: Keyboard) -> None:
        """Go on where another one stood: with what was being typed."""
        self.line.text, self._aside = before.line.text, before._aside

    def show_later(self, *, on: bool) -> None:
        """Open what shows the line in a moment; or do not, after all."""
        if on:
            self._show_soon()
        else:
            self._show_soon.cancel()

    def _after_pause(self) -> bool:
        """Tell whether this key has nothing to do with the one before."""
        (at, frame), self._last_key = self._last_key, (Clock.get_time(), Clock.frames)
        return bool(Clock.get_time() - at > PAUSE and Clock.frames - frame > LOOKS)

    def _tab(self, step: int) -> None:
        """Go on to the next button; but some scanners end with it."""
        if not (self.line.text and self._take_scanned()):
            self.focus.move(step)

    def _enter(self) -> None:
        self.show_later(on=False)
        if self._take_scanned() or (self.line.text and self.focus.press()):
            return
        now = Clock.get_time()
        echo = now - self._last_enter < ECHO
        self._last_enter = now
        text = self.line.take()
        if text:
            self._listener.line_done(text, scanned=False)
        elif not echo and not self.focus.press():
            self._listener.press_primary()

    def _take_scanned(self) -> bool:
        """Take what a scanner has typed, if one has; it may send another Enter after that."""
        now = Clock.get_time()
        text = self.line.take_scanned(now)
        if text:
            self.show_later(on=False)
            self._last_enter = now
            self._listener.line_done(text, scanned=True)
        return bool(text)


def _writes(key: int, character: str) -> bool:
    """Tell whether a key is one of those that write its character."""
    return key not in MUTE and key < UNNUMBERED and character.isprintable()
