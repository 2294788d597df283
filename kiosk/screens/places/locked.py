"""Nobody is on duty: why, how to go on, and whom to ask. Nothing else is to be done here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.screens import present
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import BigButton  # noqa: F401 - used by the .kv
from kiosk.screens.widgets.filling import Notice

if TYPE_CHECKING:
    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState


class LockedScreen(Screen):
    """The desk, locked."""

    library = StringProperty()
    why = StringProperty()
    how = StringProperty()
    support = StringProperty()

    notice = cached_property(lambda _: Notice())

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def parts(self) -> tuple[Part, ...]:
        """Draw all of it at once: it seldom changes."""
        return ((("locked", "locked_how", "library_name", "support", "answer"), self._show),)

    def _show(self, state: AppState) -> None:
        self.library = state.library_name
        self.why = skin.words(state.locked) if state.locked else ""
        self.how = skin.words(state.locked_how) if state.locked_how else ""
        self.support = present.support_line(skin.words, state.support)
        # The rest of what is answered is said here at length.
        refused = None
        if state.answer is not None and state.answer.tone == "not_taken":
            refused = self.notice
            refused.show("not_taken", "not_taken", skin.words(state.answer.headline))
        arrange(self.ids.said, [refused])

    def press_primary(self) -> None:
        """Ask who is on duty."""
        self.acts.press("login")

    def escape(self) -> None:
        """Stay: there is no way back from here but by a PIN."""
