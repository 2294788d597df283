"""The check-out screen: a card, then the items, then Done."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.inforce import InForce
from kiosk.screens.overlays.days import pick_due
from kiosk.screens.screen import VisitScreen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.answer import AnswerCard, AnswerPanel
from kiosk.screens.widgets.answers import Answers
from kiosk.screens.widgets.basics import Card, FactCard
from kiosk.screens.widgets.due import DueCard
from kiosk.screens.widgets.lines import LineList
from kiosk.screens.widgets.patron import PatronCard
from kiosk.screens.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Due, LastVisit, Question


class AdviceCard(Card):
    """What can be done now."""

    label = StringProperty()
    says = StringProperty()


class CheckoutScreen(VisitScreen):
    """The desk, lending.

    A part is made, and drawn, only when it is on show: the first picture needs few of them.
    """

    answer = cached_property(lambda _: AnswerCard())
    panel = cached_property(lambda _: AnswerPanel())
    prompt = cached_property(lambda _: Prompt(icon="card"))
    lines = cached_property(lambda self: LineList(acts=self.acts))
    patron = cached_property(
        lambda self: PatronCard(
            on_release=lambda card: self.acts.tell(card.name or card.number, card.note)
        )
    )
    due = cached_property(
        lambda self: DueCard(
            send=self.acts.press, open_calendar=self.open_calendar, open_kinds=self.open_kinds
        )
    )
    in_force = cached_property(lambda self: InForce(self.acts))
    last_visit = cached_property(lambda _: FactCard())
    default_due = cached_property(lambda _: FactCard())
    ways_out = cached_property(lambda _: AdviceCard())
    reprint = cached_property(lambda self: self.at_visit("printer", "screen.reprint", "reprint"))
    type = cached_property(lambda self: self.button("keyboard", "screen.type", self.acts.open_pad))
    undo = cached_property(lambda self: self.at_visit("undo", "screen.undo", present.undo))
    no_slip = cached_property(
        lambda self: self.at_visit("no_slip", "screen.no_slip", present.end_unprinted)
    )
    override = cached_property(
        lambda self: self.at_visit("override", "screen.override", "override")
    )
    pair = cached_property(lambda _: BoxLayout(size_hint_y=None))
    done = cached_property(
        lambda self: self.at_visit("printer", "screen.done_empty", present.end, primary=True)
    )

    answers = cached_property(lambda self: Answers(self.acts.press))

    def make_ready(self, state: AppState) -> Iterator[None]:
        """Make what the next visit will show, a part at each step, so that no scan waits for it."""
        for part in ("lines", "answer", "patron", "done", "undo", "no_slip"):
            getattr(self, part)
            yield
        yield from self.lines.make_ready()
        yield from self.in_force.make_ready()
        fresh = "due" not in vars(self)  # a visit that came meanwhile knows better
        yield from self.due.make_ready(state)
        if fresh:
            self.due.show(state)
        yield

    def parts(self) -> tuple[Part, ...]:
        """Draw the history apart from the rest: it changes less often."""
        return (
            (("lines",), self.show_lines),
            (
                (
                    *("answer", "patron", "lines", "items", "last_visit", "closing"),
                    *("library", "devices", "due", "mode", "paper", "kinds", "question"),
                ),
                self._show,
            ),
        )

    def open_calendar(self) -> None:
        """Open the calendar for another due date."""
        if self._drawn:
            pick_due(self._drawn, self.acts)

    def open_kinds(self) -> None:
        """Ask what kind of item comes next."""
        if self._drawn:
            self.acts.pick_kind(self._drawn.kinds)

    def _show(self, state: AppState) -> None:
        if state.patron or state.lines:
            self._show_visit(state)
        else:
            self._show_idle(state)

    def show_lines(self, state: AppState) -> None:
        """Draw the history; also that it is over, lest the next one begins with it."""
        if state.lines or "lines" in vars(self):
            self.lines.show(state.lines)

    def _show_visit(self, state: AppState) -> None:
        self.lines.hint = skin.tell("screen.lines.none")
        answer = self.in_force.answer(state)
        if answer:
            self.answer.show(answer)
        strips = self.in_force.strips(state, idle=False)
        arrange(self.ids.left, [self.answer if answer else None, *strips, self.lines])
        if state.patron:
            self.patron.show(state)
        self.due.show(state)
        override = self.override if state.patron and state.patron.overridable else None
        due = None if override else self.due  # nothing is lent before a supervisor allows it
        arrange(self.ids.cards, [self.patron if state.patron else None, due])
        self._show_ending(state)
        pair = self.pair if present.can_undo(state) else None
        arrange(self.ids.buttons, [override, pair, self.done])

    def _show_ending(self, state: AppState) -> None:
        slip = present.has_printer(state) and state.items > 0 and not state.paper
        self.done.icon = "printer" if slip else "check"
        self.done.says = skin.words(present.done(state))
        self.pair.spacing = skin.size.small + skin.size.tight / 2
        self.pair.height = self.undo.height
        arrange(self.pair, [self.undo, self.no_slip if slip else None])

    def _show_idle(self, state: AppState) -> None:
        answer = self.in_force.answer(state)
        grave = answer is not None and answer.tone in ("not_taken", "look")
        mode = "renew" if state.mode == "renew" else "idle"
        self.prompt.icon = "renew" if mode == "renew" else "card"
        self.prompt.headline = skin.tell(f"screen.{mode}.headline")
        self.prompt.detail = skin.tell(f"screen.{mode}.detail")
        strips = self.in_force.strips(state, idle=True)
        if answer:
            (self.panel if grave else self.answer).show(answer)
        if grave:
            arrange(self.ids.left, [self.panel, *strips])
        else:
            arrange(self.ids.left, [self.answer if answer else None, *strips, self.prompt])
        if state.question and present.says_what_is_asked(state):
            self._show_asked(state, state.question)
        else:
            self._show_between(state)

    def _show_asked(self, state: AppState, question: Question) -> None:
        """Offer the answers to what the page asks; a supervisor only where there is a block."""
        if present.offers_override(question):
            self.ways_out.label = skin.tell("screen.turned_away.ways")
            self.ways_out.says = skin.tell("screen.turned_away.how")
            arrange(self.ids.cards, [self.ways_out])
        else:
            self._show_default_due(state.due)
            arrange(self.ids.cards, [self.default_due])
        arrange(self.ids.buttons, self.answers.to(question))

    def _show_between(self, state: AppState) -> None:
        """Tell, between two patrons, of the one before and what holds for the next one."""
        last = state.last_visit
        if last:
            self._show_last(last)
        self._show_default_due(state.due)
        arrange(self.ids.cards, [self.last_visit if last else None, self.default_due])
        can_reprint = last is not None and present.has_printer(state)
        arrange(self.ids.buttons, [self.reprint if can_reprint else None, self.type])

    def press_primary(self) -> None:
        """Answer as most do, where the page asks something."""
        if self._asks:
            self.answers.press_primary()

    def escape(self) -> None:
        """Say no, where the page asks something."""
        if self._asks:
            self.acts.press("no")
        else:
            super().escape()

    @property
    def _asks(self) -> bool:
        return self._drawn is not None and present.says_what_is_asked(self._drawn)

    def _show_last(self, last: LastVisit) -> None:
        self.last_visit.label = skin.tell("screen.last.label", at=last.at)
        self.last_visit.fact = skin.tell("screen.items", count=last.items)
        card = last.card_ending
        self.last_visit.about = skin.tell("screen.last.card", ending=card) if card else ""

    def _show_default_due(self, due: Due) -> None:
        self.default_due.label = skin.tell("screen.due.default")
        self.default_due.fact = present.day(skin.words, due.default_day)
        self.default_due.about = skin.tell("screen.due.length", count=due.default_days)


load_kv(__file__)
