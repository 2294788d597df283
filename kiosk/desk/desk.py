"""The desk: a pure state machine. Events in, a new state and effects out.

    event                 what it does
    --------------------  -----------------------------------------------------------------
    Scanned  a command    what the button of that name does
             a card       closes the visit before, opens the patron's; with the library away,
                          not that of a card which the block list refuses, unless a supervisor
                          overrides it
             a badge      asks its owner for the PIN, where nobody is on duty
             an item      checkout: recorded for the patron; with nobody there: who has it
                          checkin: recorded as returned
                          renew: its loan made longer; inhouse: its use counted
             an ISBN      refused: it names an edition, not the copy in hand
             doubtful     a question: use it anyway?
    Recorded              the line is acknowledged; nothing is before that
    RecordFailed          all lines on their way turn red, the alarm comes up
    Started               the session of before a restart goes on, or it is asked who is on duty
    PinChecked            the form whose PIN it was goes on, or asks for it again
    Tick                  a new day, or a quiet time, locks the desk: then nothing is taken
    ClockChanged          a book-drop day to come is forgotten; nothing is lent by a wrong clock
    OutcomeArrived        the line is confirmed or refused; a refusal comes off the receipt
    Pressed  done         waits for lines on their way to the disk, and at most two seconds
                          for the library's last answers; then receipt, and the visit closes

A line counts as lent from the moment it is recorded until it is refused or undone. While lines
are on their way to the disk, what would close the visit is held back and done right after; so is
all that staff do while a PIN is checked.

Which function handles an event, and which a command, stands in the tables of kiosk.desk.dispatch.
The procedures themselves are modules beside it, and all of them work on the same `Work`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import done, effects, events
from kiosk.desk.afterwards import lookback, paper
from kiosk.desk.answers import look
from kiosk.desk.asking import forms
from kiosk.desk.batches import files
from kiosk.desk.checks import blocks
from kiosk.desk.checks.functions import EVERYTHING, recorded_only
from kiosk.desk.dates import due
from kiosk.desk.dates.duedates import Length
from kiosk.desk.dispatch import EVENTS, look_at_list_again
from kiosk.desk.returns import cart
from kiosk.desk.session import duty, onduty
from kiosk.desk.settling import report
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import say
from kiosk.desk.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.desk.dates.loans import Due
    from kiosk.desk.effects import Effect
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Memory
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.session.sessions import DutyChange
    from kiosk.desk.state import DeskState
    from kiosk.desk.transactions import Kind
    from kiosk.desk.words import Phrase

BY_STAFF = (events.Scanned, events.DamagedScan, events.Pressed)


class Desk:
    """One circulation desk.

    `new_id` gives an id that is never given again, on any desk. `carries`: the kinds of
    transactions that the library system takes.
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
        self._work = Work(settings, session, memory, new_id, carries, system=system)

    @property
    def state(self) -> DeskState:
        """Where the desk stands."""
        return self._work.state

    @property
    def settings(self) -> DeskSettings:
        """How the desk works here."""
        return self._work.settings

    @property
    def session(self) -> DeskSession:
        """Who is on duty and where."""
        return self._work.session

    @property
    def commands(self) -> tuple[str, ...]:
        """The command words that are of use here."""
        return self._work.commands

    @property
    def how_to_go_on_duty(self) -> Phrase:
        """Say what to do where nobody is on duty."""
        return onduty.how(self.state.roster)

    def handle(self, event: Event) -> list[Effect]:
        """Take one event; give what is to be done about it, in order."""
        work = self._work
        work.effects = []
        before, was_idle = self.standing, self.state.idle
        self._dispatch(event)
        self._release_held()
        done.close_if_due(work, event.at)
        if self.state.idle and not was_idle:
            duty.ask_if_due(work, event)
        paper.watch(work, event)
        report.watch(work, event)
        cart.advise(work)
        blocks.ask_no_more(work)
        forms.forget_meanwhile(work)
        if isinstance(event, events.Recorded | events.OutcomeArrived):
            look_at_list_again(work)
            lookback.follow(work)
            files.follow(work)
        if self.standing != before:
            work.want(effects.Remember(self.standing))
        return work.effects

    def _dispatch(self, event: Event) -> None:
        """Let what staff do wait behind what is held back already; nothing overtakes."""
        work = self._work
        if isinstance(event, BY_STAFF):
            if self._holds_back:
                work.set(held=(*work.state.held, event))
                return
            duty.acted(work, event)
            if not isinstance(event, events.Pressed):
                work.set(scans=work.state.scans + 1)
        EVENTS[type(event)](work, event)

    @property
    def _holds_back(self) -> bool:
        """Whether what staff do has to wait."""
        state = self._work.state
        return bool(state.held) or state.checking is not None or bool(state.going_on)

    def _release_held(self) -> None:
        """Do what was held back, in order; one of them may hold the rest back again.

        The rest is put back as a whole: where thousands of lines were piped in, each patron among
        them holds back all that come after.
        """
        work = self._work
        held = work.state.held
        if not held or work.state.pending or work.state.checking is not None:
            return
        work.set(held=())
        rest: list[Event] = []
        for event in held:
            if isinstance(event, BY_STAFF) and (rest or self._holds_back):
                rest.append(event)
                continue
            self._dispatch(event)
            done.close_if_due(work, event.at)
            report.watch(work, event)
        if rest:
            work.set(held=(*work.state.held, *rest))

    def resume(self, standing: Standing, past: PastVisit | None, last: PastVisit | None) -> None:
        """Take up where the desk stood before a crash or restart."""
        work = self._work
        work.set(mode=standing.mode, bookdrop=standing.bookdrop, uses=standing.uses)
        paper.take_up(work, standing.paper)
        receipt = last.receipt(work.session.library) if last is not None else None
        if receipt is not None and receipt.lines and receipt.visit != standing.visit:
            work.set(last=receipt)
        if standing.visit:
            visit = (past or PastVisit(transactions=())).reopened(standing)
            each = work.settings.receipts == "item"
            work.set(visit=visit.on_paper() if each else visit)
            work.answer(look(say("resume.headline"), say("resume.detail")))
            if visit.warning is not None:
                blocks.warn(work, visit, visit.warning)

    def remember(self, memory: Memory) -> None:
        """Ask another memory from now on: the daybook was opened again."""
        self._work.memory = memory

    @property
    def standing(self) -> Standing:
        """What has to be kept so that a crash brings back the same picture."""
        state, visit = self.state, self.state.visit
        here = Standing(
            mode=state.mode, bookdrop=state.bookdrop, uses=state.uses, paper=state.paper
        )
        if visit is None or visit.block is not None:
            return here
        return replace(here, visit=visit.id, opened=visit.opened, **visit.kept)

    @property
    def duty(self) -> DutyChange | None:
        """Who is on duty, or that the desk is locked; None where nobody has ever said who is."""
        session = self.session
        if session.since is None:
            return None
        return onduty.change(self._work, session.since, session, self.state.locked)

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The functions that are recorded here alone, for a person to enter them."""
        return recorded_only(self._work.carries)

    @property
    def can_be_overridden(self) -> bool:
        """Whether a supervisor may lend all the same to the patron at the desk."""
        return blocks.can_be_overridden(self._work)

    def due(self, at: datetime) -> Due:
        """Tell until when an item is lent now, and who says so."""
        return due.in_force(self._work, paper.now(self._work, at))

    def usual_due(self, at: datetime) -> Due:
        """Tell until when items are lent of which nobody says anything else."""
        return due.usual(self._work, paper.now(self._work, at))

    def due_in(self, days: int, at: datetime) -> datetime:
        """Give the due moment of a loan of so many days."""
        return due.after(self._work, Length(days), at)
