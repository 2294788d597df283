"""What the procedures of a desk work on: where it stands, and what it wants done.

A procedure (checkout, checkin, undo …) is a module of functions that take the `Work` first. Each
handles an event or a command: it reads `work.state`, changes it, and asks for effects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.desk import commandlist
from kiosk.desk.answers import Answer, look, refusal
from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.dates.closed_days import Calendar
from kiosk.desk.dates.loans import LoanRules
from kiosk.desk.effects import Tell
from kiosk.desk.state import DeskState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from kiosk.desk.asking.prompts import Form, Prompt
    from kiosk.desk.effects import Effect
    from kiosk.desk.events import Event, Scanned
    from kiosk.desk.memory import Memory
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.state import Asked
    from kiosk.desk.transactions import Kind
    from kiosk.desk.visits import Line, Visit
    from kiosk.desk.words import Phrase


_ASKED = {"form", "asked", "listing"}
"""What of the state asks something of staff."""


class Work:
    """Where one desk stands, what it may ask, and what is to be done.

    `new_id` gives an id that is never given again, on any desk. `carries`: what the library system
    takes; the rest is off, or entered there by hand. `system`: which one that is, as `[ils]
    offline` names it, for advice.
    """

    def __init__(
        self,
        settings: DeskSettings,
        session: DeskSession,
        memory: Memory,
        new_id: Callable[[], str],
        carries: frozenset[Kind] = EVERYTHING,
        *,
        system: str = "",
    ) -> None:
        self.settings = settings
        self.system = system
        self.carries = carries
        self.calendar = Calendar(settings.closed)
        self.commands = commandlist.available(settings, carries, system)
        self.loans = LoanRules(settings.loans)
        self.memory = memory
        self.new_id = new_id
        self.block_list = session.block_list
        """What is made of the block list whenever it is used."""
        self.staff = session.staff
        """Who is written down where staff do not say who they are."""
        self.state = DeskState(session=session)
        self.effects: list[Effect] = []

    @property
    def session(self) -> DeskSession:
        """Who is on duty and where."""
        return self.state.session

    @property
    def has_sessions(self) -> bool:
        """Whether what has happened goes to the library system in upload sessions."""
        return self.system == "evergreen"

    def set(self, **changes: Any) -> None:
        """Change where the desk stands. What is asked from now on has a name of its own."""
        before, self.state = self.state, replace(self.state, **changes)
        if not _ASKED.isdisjoint(changes):
            prompt = self._name(before)
            self.state = replace(self.state, prompt=prompt)

    def go_on_asking(self, form: Form) -> None:
        """Change the open form without asking anything else: its answers are answers to this."""
        self.state = replace(self.state, form=form)

    def _name(self, before: DeskState) -> Prompt:
        now, prompt = self.state, self.state.prompt
        if now.form != before.form:
            prompt = replace(prompt, form=self.new_id() if now.form else "")
        if now.asked != before.asked or _page(now) != _page(before):
            asks = now.asked is not None or now.listing is not None
            prompt = replace(prompt, beside=self.new_id() if asks else "")
        return prompt

    def want(self, effect: Effect) -> None:
        """Ask for something to be done."""
        self.effects.append(effect)

    def answer(self, answer: Answer, line: str = "") -> None:
        """Answer what staff did. `line`: the one that the answer is about."""
        self.set(answer=answer, answer_line=line, answers=self.state.answers + 1)
        self.want(Tell(answer))

    def ask(self, asked: Asked) -> None:
        """Ask staff something. It takes back a Done under way."""
        self.set(asked=asked, closing=None)
        self.answer(look(asked.question.headline, asked.question.detail))

    def steer(self, headline: Phrase, detail: Phrase) -> str:
        """Name a fact about delivery, and keep what is said once it is on the disk."""
        id_ = self.new_id()
        self.set(steering={**self.state.steering, id_: (headline, detail)})
        return id_

    def refuse(self, headline: Phrase, detail: Phrase) -> None:
        """Answer that something was not taken, and what to do."""
        self.answer(refusal(headline, detail))

    def today(self, at: datetime) -> date:
        """Give the library's day of a moment."""
        return at.astimezone(self.session.zone).date()

    def change(self, line: Line) -> None:
        """Put a line of the open visit in the place of the one with its id."""
        if self.state.visit is not None:
            self.set(visit=self.state.visit.changed(line.id, lambda _: line))

    def hold_back(self, event: Event) -> bool:
        """Put an event off while lines are on their way to the disk; it is done right after."""
        if not self.state.pending:
            return False
        self.set(held=(*self.state.held, event))
        return True

    def stamp(self, visit: Visit, item: str, event: Scanned) -> dict[str, Any]:
        """Give what every transaction carries."""
        session, paper = self.session, event.source == "paper"
        return {
            "id": self.new_id(),
            "visit": visit.id,
            "position": visit.next_number,
            "at": event.at,
            "boot": session.boot,
            "terminal": session.terminal,
            "library": session.library_code or session.library,
            "profile": session.profile_code or session.profile,
            "staff": session.staff,
            "desk_session": session.id,
            "source": event.source,
            "item": item,
            "uptime": None if paper else self.state.clock.uptime(event.at),
            "allowed_by": event.allowed_by or visit.allowed_by,
        }


def _page(state: DeskState) -> object:
    """Give what the numbers on the page of a list stand for."""
    listing = state.listing
    return listing and (listing.kind, listing.page, listing.entries)
