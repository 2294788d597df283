"""A report: an answer of several lines, to be read at leisure. A history stands along its times."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.desk.words import say
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Surface
from kiosk.screens.widgets.headline import Headline
from kiosk.screens.widgets.spare import Spare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

    from kiosk.desk.answers import Step
    from kiosk.screens.screen import Part
    from kiosk.view.state import Answer, AppState

OFFERS = {
    "runs:print": ("printer", "screen.report.print"),
    "told": ("tell", "screen.report.told"),
}
"""The commands with which one goes on, each with its icon and the key of its words."""


USUAL_LINES = 12
"""So many are made beforehand."""


class ReportLine(BoxLayout):
    """A line of a report, however long."""

    says = StringProperty()


class StepLine(BoxLayout):
    """One step of a history: when, how it is meant, and what. A line leads to the next one."""

    at = StringProperty()
    icon = StringProperty("neutral")
    ink = ColorProperty()
    says = StringProperty()
    last = BooleanProperty(defaultvalue=False)


class Sheet(Surface, BoxLayout):
    """A white sheet that scrolls. `ids` has `lines` and the `pane` that they are in."""


class ReportScreen(Screen):
    """Headline, detail and lines; at the right how to go on, and back."""

    headline = cached_property(lambda _: Headline())
    sheet = cached_property(lambda _: Sheet())
    close = cached_property(
        lambda self: self.button("check", "screen.report.close", self.acts.back, primary=True)
    )

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._rows, self._steps = Spare(ReportLine), Spare(StepLine)

    def parts(self) -> tuple[Part, ...]:
        """Draw it all from the answer."""
        return ((("answer", "answers", "commands"), self._show),)

    def press_primary(self) -> None:
        """Put it away: it has been read."""
        self.acts.back()

    def escape(self) -> None:
        """Put it away."""
        self.acts.back()

    def _show(self, state: AppState) -> None:
        answer = state.answer
        if answer is None:
            return
        self.headline.says = skin.words(answer.headline)
        # Where there are buttons for it, what to type for the same is of no use.
        about = answer.detail if not answer.offers else None
        self.headline.about = skin.words(about) if about else ""
        arrange(self.sheet.ids.lines, self._lines(answer))
        self.sheet.ids.pane.scroll_y = 1
        arrange(self.ids.left, [self.headline, self.sheet])
        offered = [x for x in answer.offers if x.partition(":")[0] in state.commands]
        arrange(self.ids.buttons, [*(self.offer(*OFFERS[x], x) for x in offered), self.close])

    def _lines(self, answer: Answer) -> list[Widget]:
        if answer.steps:
            self._steps.begin()
            return [self._step(each, last=each is answer.steps[-1]) for each in answer.steps]
        self._rows.begin()
        return [self._rows.next(says=skin.words(row)) for row in answer.rows]

    def _step(self, step: Step, *, last: bool) -> StepLine:
        return self._steps.next(
            at=skin.words(say("list.at", at=step.at)),
            icon=step.tone if step.tone != "neutral" else "step",
            ink=skin.look.muted if step.tone == "neutral" else skin.look.tint(step.tone).sign,
            says=skin.words(step.says),
            last=last,
        )

    def prepare(self) -> Iterator[None]:
        """Make some lines."""
        _ = self.headline, self.sheet
        yield
        _ = self.close, [self.offer(*look, command) for command, look in OFFERS.items()]
        yield
        yield from self._steps.make_ready(USUAL_LINES)
        yield from self._rows.make_ready(USUAL_LINES)
