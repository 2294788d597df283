"""Delivery: how the link to the library stands, what waits, how the run goes, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.desk.words import say
from kiosk.screens import standing
from kiosk.screens.inforce import InForce
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv, primary_last
from kiosk.screens.widgets.basics import Caption, Card, Stack
from kiosk.screens.widgets.spare import Spare
from kiosk.screens.widgets.strip import Strip
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kiosk.screens.screen import Part
    from kiosk.screens.widgets.basics import BigButton
    from kiosk.view.state import AppState, Library, Run, Session

ABOUT = frozenset({"preview", "runs", "sessions", "tell"})
"""What answers are about that say more than is on show here, by the beginnings of their keys."""


class Figure(BoxLayout):
    """How much there is of something. `column`: how wide the numbers below each other are."""

    number = StringProperty()
    says = StringProperty()
    column = NumericProperty(0)


class Figures(Card):
    """Several of them, below each other: their numbers end in one line."""

    def show(self, figures: list[Figure]) -> None:
        """Let these be what is in it."""
        column = max((figure.ids.number.natural for figure in figures), default=0)
        for figure in figures:
            figure.column = column
        arrange(self, figures)


class Bar(Widget):
    """How far something has come, from 0 to 1."""

    done = NumericProperty(0)


class RunCard(Card):
    """How the backlog goes; or how the last one went."""

    label = StringProperty()
    fact = StringProperty()
    about = StringProperty()
    done = NumericProperty(-1)
    """How far it has come, from 0 to 1; -1 where it is over."""


class SessionCard(Card):
    """An upload session in which something of this desk waits."""

    title = StringProperty()
    who = StringProperty()
    missing = StringProperty()


class Apart(Widget):
    """Some room between what can be looked at and what can be done."""


class DeliveryScreen(Screen):
    """At the left how it stands, at the right what can be done."""

    state = cached_property(lambda _: Strip(slim=False))
    figures = cached_property(lambda _: Figures())
    run = cached_property(lambda _: RunCard())
    plan = cached_property(lambda _: Caption())
    news = cached_property(lambda _: Card())
    stack = cached_property(lambda _: Stack())
    apart = cached_property(lambda _: Apart())

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._in_force = InForce(self.acts)
        self._spare, self._cards = Spare(Figure), Spare(SessionCard)
        arrange(self.ids.left, [self.stack])
        self._primary = ""

    def parts(self) -> tuple[Part, ...]:
        """Draw it from how delivery stands, and from what was answered about it."""
        return (
            (("library", "paper", "mode", "answer"), self._show_left),
            (("library", "commands", "answer"), self._show_right),
        )

    def press_primary(self) -> None:
        """Send, where that is what is waited for."""
        if self._primary:
            self.acts.press(self._primary)

    def _show_left(self, state: AppState) -> None:
        library = state.library
        icon, tone, headline, detail = standing.library_state(skin.words, library)
        self.state.icon, self.state.tone = icon, tone
        self.state.headline, self.state.detail = headline, detail
        self._spare.begin()
        figures = [
            self._spare.next(number=number, says=says)
            for number, says in standing.library_figures(skin.words, library)
        ]
        self.figures.show(figures)
        shown = self._show_run(library, state.now)
        self.plan.says = standing.library_plan(skin.words, library)
        strips = self._in_force.strips(state, idle=True)
        self.stack.show(
            [
                self.state,
                *strips,
                self.figures if figures else None,
                self.run if shown else None,
                *self._sessions(library, state.now),
                self.plan if self.plan.says else None,
            ],
        )

    def _sessions(self, library: Library, now: str) -> list[SessionCard]:
        self._cards.begin()
        return [self._cards.next(**_session(each, now)) for each in library.uploads]

    def _show_run(self, library: Library, now: str) -> bool:
        """Draw the run under way, or the last one. Say whether there is one."""
        if library.carried is not None and library.waiting:
            self._show_carried(library)
            return True
        run = library.run or library.last_run
        if run is None:
            return False
        if run.ended is None:
            most = max(run.waiting, run.sent)
            goes = library.state == "online" and not library.paused
            key = "screen.delivery.run" if goes else "screen.delivery.so_far"
            self.run.label = skin.tell(key)
            self.run.fact = skin.tell("screen.delivery.progress", done=run.sent, count=most)
            self.run.done = run.sent / most if most else 0
        else:
            self.run.label = skin.tell("screen.delivery.last_run", at=_here(run.ended, now))
            self.run.fact = skin.tell("screen.delivery.sent", count=run.sent)
            self.run.done = -1
        self.run.about = _brought(run)
        return True

    def _show_carried(self, library: Library) -> None:
        """Tell of what goes all together: how far it is, nobody knows before it has arrived."""
        count = library.carried
        self.run.label = skin.tell("screen.delivery.carried" if count else "screen.delivery.packed")
        self.run.fact = skin.tell("screen.delivery.sent", count=count or library.waiting)
        self.run.about = skin.tell("screen.delivery.carried_means")
        self.run.done = -1

    def _show_right(self, state: AppState) -> None:
        self._show_news(state)
        library = state.library
        self._primary = standing.library_next(library)
        looks, acts = self._offers(_places(library), state), self._offers(_acts(library), state)
        arrange(
            self.ids.buttons,
            [*looks, self.apart if looks and acts else None, *primary_last(acts)],
        )

    def _offers(self, offers: Iterable[tuple[str, str, str]], state: AppState) -> list[BigButton]:
        """Give the buttons of those known here: of an icon, a key of words and a command each."""
        return [
            self.offer(icon, key, command, primary=command == self._primary)
            for icon, key, command in offers
            if command.partition(":")[0] in state.commands
        ]

    def _show_news(self, state: AppState) -> None:
        """Tell what was answered about delivery, and what is being looked for."""
        answer = state.answer
        if answer is None or answer.rows or not _is_news(answer.headline.key, state.library):
            arrange(self.ids.cards, [])
            return
        said = [Text(says=skin.words(answer.headline), font_name=skin.look.strong)]
        if answer.detail:
            said.append(Caption(says=skin.words(answer.detail)))
        arrange(self.news, said)
        arrange(self.ids.cards, [self.news])


def _places(library: Library) -> Iterator[tuple[str, str, str]]:
    """List what can be looked at."""
    if library.state == "none":
        yield "report", "screen.delivery.report", "runs"
        return
    if library.waiting:
        yield "find", "screen.delivery.preview", "preview"
    yield "report", "screen.delivery.report", "runs"
    yield "sessions", "screen.delivery.sessions", "sessions"
    yield "handed", "screen.delivery.handed", "handed"


def _acts(library: Library) -> Iterator[tuple[str, str, str]]:
    """List what can be done. To send stands last, in one place whether it is waited for or not."""
    if library.state == "none":
        return
    if not library.paused:
        yield "pause", "screen.delivery.pause", "pause"
    if library.paused or (library.waiting and not standing.library_goes(library)):
        yield "send", "screen.delivery.send", "send"


def _is_news(key: str, library: Library) -> bool:
    """Tell what is about delivery, and says more than the figures do.

    That something is being sent, they say once it has begun; and what was asked of a session that
    has been processed is over.
    """
    if key == "delivery.sending":
        held = standing.library_next(library) == "send"
        return bool(library.waiting) and not standing.library_goes(library) and not held
    return key.partition(".")[0] in ABOUT and (key != "sessions.asking" or bool(library.uploads))


def _brought(run: Run) -> str:
    """Say what a run has brought so far, of each outcome."""
    counts = {
        "applied": run.applied, "noticed": run.noticed, "refused": run.refused,
        "unknown": run.unknown, "by_hand": run.by_hand, "left": run.left,
    }  # fmt: skip
    parts = [
        skin.words(say(f"runs.{what}", count=count)) for what, count in counts.items() if count
    ]
    return " · ".join(parts)


def _here(at: datetime, now: str) -> str:
    """Write a moment in the time of the library: over the link all of them come in UTC."""
    return at.astimezone(datetime.fromisoformat(now).tzinfo).isoformat()


def _session(session: Session, now: str) -> dict[str, str]:
    """Give what the card of an upload session says."""
    missing = session.who_not
    if session.asked is not None:
        zone = datetime.fromisoformat(now).tzinfo
        session = replace(session, asked=session.asked.astimezone(zone))
    how = say("sessions.and", first=say("plain.text", text=session.title), rest=session.how)
    return {
        "title": skin.words(how),
        "who": skin.words(session.who),
        "missing": skin.words(missing) if missing else "",
    }
