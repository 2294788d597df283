"""Help where one stands: what the desk says of itself, what to do here, and whom to ask.

It asks the engine for nothing, so that it changes nothing: an open form, a visit and the answer to
the last scan stay as they are.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.screen import WholeScreen
from kiosk.screens.situations import TO_DO, situation
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Caption, Filler

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState

SIGNS = ("confirmed", "recorded", "look", "not_taken")


class HelpPoint(BoxLayout):
    """One thing to know, behind its icon."""

    icon = StringProperty("neutral")
    tone = StringProperty("neutral")
    says = StringProperty()


class HelpPage(BoxLayout):
    """All of it. `ids` has `todo`, `signs` and `back`."""

    headline = StringProperty()
    detail = StringProperty()
    support = StringProperty()


class HelpScreen(WholeScreen):
    """Help in context. The support contact is always in sight.

    `about`: the panel or the place that it was opened from.
    """

    about = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self.page = HelpPage()
        self.page.ids.back.bind(on_release=lambda _: self.escape())
        self.add_widget(self.page)
        self.fbind("about", self._show_about)

    signs = cached_property(
        lambda _: [HelpPoint(icon=x, tone=x, says=skin.tell(f"screen.help.{x}")) for x in SIGNS]
    )

    def parts(self) -> tuple[Part, ...]:
        """Draw what depends on where the desk stands apart from the contact."""
        return (
            (("help",), self._show_now),
            (("mode", "form", "locked", "listing", "paper"), self._show_to_do),
            (("support",), self._show_support),
        )

    def press_primary(self) -> None:
        """Go back to where one was."""
        self.acts.back()

    def escape(self) -> None:
        """Go back to where one was."""
        self.acts.back()

    def _show_now(self, state: AppState) -> None:
        if not self.page.ids.signs.children:
            arrange(self.page.ids.signs, [_head("signs"), *self.signs, Filler()])
        now = state.help
        self.page.headline = skin.words(now.headline) if now else ""
        self.page.detail = skin.words(now.detail) if now and now.detail else ""

    def _show_about(self, *_: object) -> None:
        if self._drawn is not None:
            self._show_to_do(self._drawn)

    def _show_to_do(self, state: AppState) -> None:
        here = situation(state, self.about)
        points: list[Widget] = [
            HelpPoint(icon=icon, says=skin.tell(f"screen.help.{here}.{number}"))
            for number, icon in enumerate(TO_DO[here], 1)
        ]
        arrange(self.page.ids.todo, [_head("here"), *points, Filler()])

    def _show_support(self, state: AppState) -> None:
        line = present.support_line(skin.words, state.support)
        self.page.support = line or skin.tell("screen.help.nobody")


def _head(name: str) -> Caption:
    return Caption(says=skin.tell(f"screen.help.{name}"))
