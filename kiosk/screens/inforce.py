"""What is in force until staff change it, as strips below the answer: the mode, a sheet of paper.

And, while nobody is at the desk, whom to tell of an outage that is over.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kiosk.screens.overlays.outages import ToReadOut
from kiosk.screens.skin import skin
from kiosk.screens.widgets.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.screens.screen import Acts
    from kiosk.view.state import Answer, AppState, ToTell

USUAL = ("checkout", "checkin")
"""The modes that the rail marks by name."""


PAPER_ON = "paper.on"


class InForce:
    """The strips of one screen."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._outages: tuple[ToTell, ...] = ()

    def make_ready(self) -> Iterator[None]:
        """Make the strips that come with a touch, one at each step."""
        for strip in ("paper", "mode"):
            getattr(self, strip)
            yield

    def answer(self, state: AppState) -> Answer | None:
        """Give the answer to show: none where the strip says the same at length."""
        return None if _says_paper(state) else state.answer

    def strips(self, state: AppState, *, idle: bool) -> list[Strip]:
        """Give what has to be seen now. `idle`: nobody is at the desk."""
        shown = []
        if state.paper:
            self.paper.headline = skin.tell("screen.paper.headline", at=state.paper)
            self.paper.detail = skin.tell("screen.paper.detail")
            self.paper.slim = not _says_paper(state)
            shown.append(self.paper)
        if state.mode not in USUAL and not idle:
            self.mode.icon = state.mode
            self.mode.headline = skin.tell(f"screen.mode.{state.mode}")
            shown.append(self.mode)
        if state.library.to_tell and idle and not state.paper:
            self._outages = state.library.to_tell
            self.tell.headline = skin.tell("screen.tell.strip")
            shown.append(self.tell)
        return shown

    @cached_property
    def paper(self) -> Strip:
        """A sheet of paper is being entered, under its own time."""
        strip = Strip(icon="paper", tone="look")
        strip.offer("screen.paper.change", lambda: self._acts.press("paper"))
        strip.offer("screen.paper.end", lambda: self._acts.press("paper:off"))
        return strip

    @cached_property
    def mode(self) -> Strip:
        """Scanning an item does something else than usual."""
        strip = Strip(tone="neutral")
        strip.offer("screen.mode.leave", lambda: self._acts.press("checkout"))
        return strip

    @cached_property
    def tell(self) -> Strip:
        """Somebody has to know of an outage."""
        strip = Strip(icon="tell", tone="recorded")
        strip.offer("screen.tell.read", self._read)
        strip.offer("screen.tell.told", lambda: self._acts.press("told"))
        return strip

    def _read(self) -> None:
        self._acts.open(ToReadOut(self._outages, self._acts))


def _says_paper(state: AppState) -> bool:
    """Tell whether the last answer is the one to beginning a sheet, or to changing its time."""
    return bool(state.paper) and state.answer is not None and state.answer.headline.key == PAPER_ON
