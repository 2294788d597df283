"""Whether the desk is ready for an outage: each check, the worst first, and what to do about it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Card, Stack, Toned
from kiosk.screens.widgets.prompt import Prompt
from kiosk.screens.widgets.spare import Spare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Check, Readiness, Tone

TONES: Mapping[str, Tone] = {"good": "confirmed", "look": "look", "bad": "not_taken"}

USUAL_CHECKS = 8
"""So many are made at most desks."""


class CheckRow(BoxLayout):
    """One check: how it is, and under it what to do."""

    tone = StringProperty("confirmed")
    says = StringProperty()
    mend = StringProperty()
    first = BooleanProperty(defaultvalue=False)


class UnderWay(Card):
    """What is being looked at just now."""

    says = StringProperty()


class Verdict(Toned, BoxLayout):
    """How it is in all, and when that was found."""

    icon = StringProperty("ready")
    headline = StringProperty()
    about = StringProperty()


class ReadyScreen(Screen):
    """The checks at the left, the verdict and what can be done at the right."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._spare = Spare(CheckRow)
        self.rows = Card(padding=0, spacing=0)
        self.checks = Stack()
        self.checks.show([self.rows])

    nothing = cached_property(lambda _: Prompt(icon="ready"))
    verdict = cached_property(lambda _: Verdict())
    practise = cached_property(
        lambda self: self.button(
            "practice", "screen.more.practice", lambda: self.acts.at_desk("practice")
        )
    )
    stop = cached_property(lambda self: self.sends("close", "screen.ready.stop", "stop"))
    under_way = cached_property(lambda _: UnderWay())
    look = cached_property(
        lambda self: self.sends("again", "screen.ready.look", "ready", primary=True)
    )

    def parts(self) -> tuple[Part, ...]:
        """Draw the checks apart from the buttons: they change seldom."""
        return (
            (("readiness",), self._show_checks),
            (("commands", "readiness"), self._show_buttons),
        )

    def prepare(self) -> Iterator[None]:
        """Make the rows: there are none before the desk has looked for the first time."""
        yield from super().prepare()
        yield from self._spare.make_ready(USUAL_CHECKS)

    def _show_checks(self, state: AppState) -> None:
        found = state.readiness
        self.verdict.tone = TONES[found.state] if found.at else "neutral"
        self.verdict.icon = TONES[found.state] if found.at else "ready"
        if found.at:
            self.verdict.headline = skin.words(found.headline)
            self.verdict.about = skin.tell("screen.ready.at", at=found.at)
        else:
            self.nothing.headline = skin.tell("screen.ready.never")
            self.nothing.detail = skin.tell("screen.ready.what")
        self._spare.begin()
        rows = [self._row(check, first=not n) for n, check in enumerate(found.worst_first)]
        arrange(self.rows, rows)
        arrange(self.ids.left, [self.checks if rows else self.nothing])
        self._show_beside(found)

    def _show_beside(self, found: Readiness) -> None:
        """Tell how it is in all; while the desk looks, what it is looking at."""
        lines = [skin.tell(f"screen.ready.looking_{what}") for what in found.looking]
        self.under_way.says = "\n".join(lines)
        verdict = self.verdict if found.checks else None
        arrange(self.ids.cards, [self.under_way if lines else verdict])

    def _show_buttons(self, state: AppState) -> None:
        again = "screen.ready.look" if state.readiness.at else "screen.ready.look_first"
        self.look.says = skin.tell(again)
        offered = "practice" in state.commands
        end = self.stop if state.readiness.looking else self.look
        arrange(self.ids.buttons, [self.practise if offered else None, end])

    def _row(self, check: Check, *, first: bool) -> CheckRow:
        return self._spare.next(
            tone=TONES[check.state],
            says=skin.words(check.says),
            mend=skin.words(check.mend) if check.mend else "",
            first=first,
        )
