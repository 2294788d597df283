"""The number pad, and the letters for labels that have them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.letterpad import LetterPad
from kiosk.screens.widgets.numberpad import DigitKeys, NumberPad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.screens.typing_line import TypedLine


class PadOverlay(Overlay):
    """The number pad, or letters for labels that have them.

    It and the keyboard write the same line; `on_line(text)` gets it.
    """

    stays = True

    def __init__(
        self,
        line: TypedLine,
        on_line: Callable[[str], None],
        **kwargs: Any,
    ) -> None:
        load_kv(__file__)
        super().__init__(helps="pad", **kwargs)
        self._line = line
        self._on_line = on_line

    keys = cached_property(
        lambda self: DigitKeys(put=self._put, rub_out=self._rub_out, clear=self._clear)
    )
    pad = cached_property(
        lambda self: NumberPad(
            self.keys,
            title=skin.tell("screen.type"),
            hint=skin.tell("screen.pad.hint"),
            enter=self.press_primary,
            letters=self._turn,
            close=self.dismiss,
            help=lambda: self.help(),  # noqa: PLW0108 - it may be given later
        )
    )
    letters = cached_property(lambda self: self._make_letters())

    def begin(self) -> None:
        """Show the digits, and what has been typed already."""
        arrange(self.ids.slot, [self.pad])
        self.refresh()

    def make_ready(self) -> Iterator[None]:
        """Make all of it, a few keys at each step: they are many."""
        for part in ("keys", "pad", "letters"):
            getattr(self, part)
            yield
        yield from self.letters.board.make_ready()

    def refresh(self) -> None:
        """Draw what has been typed."""
        self.ids.slot.children[0].typed = self._line.text

    def _make_letters(self) -> LetterPad:
        return LetterPad(
            title=skin.tell("screen.type"),
            put=self._put,
            rub_out=self._rub_out,
            enter=self.press_primary,
            digits=self._turn,
            close=self.dismiss,
            help=lambda: self.help(),  # noqa: PLW0108 - it may be given later
        )

    def _turn(self) -> None:
        """Go over from digits to letters, or back."""
        turned = self.letters if self.ids.slot.children[0] is self.pad else self.pad
        if turned is self.letters:
            self.letters.begin()
        arrange(self.ids.slot, [turned])
        self.refresh()

    def press_primary(self) -> None:
        """Hand over what has been typed, if anything has."""
        text = self._line.take()
        if text:
            self.closed()
            self._on_line(text)

    def dismiss(self) -> None:
        """Forget what has been typed."""
        self._line.clear()
        super().dismiss()

    def _put(self, digit: str) -> None:
        self._line.put(digit)
        self.refresh()

    def _rub_out(self) -> None:
        self._line.rub_out()
        self.refresh()

    def _clear(self) -> None:
        self._line.clear()
        self.refresh()
