"""The desk: a pure state machine. Events in, a new state and effects out.

    event                 what it does
    --------------------  -----------------------------------------------------------------
    Scanned  a command    what the button of that name does
             a card       closes the visit before, opens the patron's; with the library away,
                          not that of a card which the block list refuses
             an item      checkout: recorded for the patron; with nobody there: who has it
                          checkin: recorded as returned
             an ISBN      refused: it names an edition, not the copy in hand
             doubtful     a question: use it anyway?
    Recorded              the line is acknowledged; nothing is before that
    RecordFailed          all lines on their way turn red, the alarm comes up
    ClockChanged          a book-drop day to come is forgotten; nothing is lent by a wrong clock
    OutcomeArrived        the line is confirmed or refused; a refusal comes off the receipt
    Pressed  done         waits for lines on their way to the disk, and at most two seconds
                          for the library's last answers; then receipt, and the visit closes

A line counts as lent from the moment it is recorded until it is refused or undone. While lines
are on their way to the disk, what would close the visit is held back and done right after.

Here stand the two tables: which function handles an event, and which a command. The procedures
themselves are modules beside this one, and all of them work on the same `Work`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.desk import (
    checkin,
    checkout,
    closing,
    commands,
    events,
    recording,
    scans,
    timekeeping,
    undo,
)
from kiosk.desk.answers import look, news
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import say, shown
from kiosk.desk.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.desk.events import Effect, Event, Memory
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.state import DeskState

BY_STAFF = (events.Scanned, events.DamagedScan, events.Pressed)


class Desk:
    """One circulation desk.

    `new_id` gives an id that is never given again, on any desk.
    """

    def __init__(
        self,
        settings: DeskSettings,
        session: DeskSession,
        memory: Memory,
        new_id: Callable[[], str],
    ) -> None:
        self._work = Work(settings, session, memory, new_id)

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

    def handle(self, event: Event) -> list[Effect]:
        """Take one event; give what is to be done about it, in order."""
        work = self._work
        work.effects = []
        before = self.standing
        self._dispatch(event)
        self._release_held()
        closing.close_if_due(work, event.at)
        if self.standing != before:
            work.want(events.Remember(self.standing))
        return work.effects

    def _dispatch(self, event: Event) -> None:
        """Let what staff do wait behind what is held back already; nothing overtakes."""
        work = self._work
        if work.state.held and isinstance(event, BY_STAFF):
            work.set(held=(*work.state.held, event))
        else:
            EVENTS[type(event)](work, event)

    def _release_held(self) -> None:
        """Do what was held back, in order; one of them may hold the rest back again."""
        work = self._work
        held = work.state.held
        if held and (work.state.visit is None or not work.state.visit.pending):
            work.set(held=())
            for event in held:
                self._dispatch(event)
                closing.close_if_due(work, event.at)

    def resume(self, standing: Standing, past: PastVisit | None, last: PastVisit | None) -> None:
        """Take up where the desk stood before a crash or restart."""
        work = self._work
        work.set(mode=standing.mode, bookdrop=standing.bookdrop)
        receipt = last.receipt(work.session.library) if last is not None else None
        if receipt is not None and receipt.lines and receipt.visit != standing.visit:
            work.set(last=receipt)
        if standing.visit:
            work.set(visit=(past or PastVisit(transactions=())).reopened(standing))

    def remember(self, memory: Memory) -> None:
        """Ask another memory from now on: the daybook was opened again."""
        self._work.memory = memory

    @property
    def standing(self) -> Standing:
        """What has to be kept so that a crash brings back the same picture."""
        state, visit = self.state, self.state.visit
        if visit is None or visit.block is not None:
            return Standing(mode=state.mode, bookdrop=state.bookdrop)
        return Standing(
            mode=state.mode,
            bookdrop=state.bookdrop,
            visit=visit.id,
            opened=visit.opened,
            patron=visit.patron,
            name=visit.name,
            note=visit.note,
            due=visit.due,
        )

    def due(self, at: datetime) -> datetime:
        """Give the due moment of an item lent now."""
        return checkout.due_of(self._work, at)


def _scanned(work: Work, event: events.Scanned) -> None:
    command = commands.parse(event.text)
    if command is not None:
        _command(work, command, event)
    elif event.text.strip().startswith(":"):
        work.refuse(say("command.unknown", text=shown(event.text)), say("help.commands"))
    elif work.state.alarm is not None:
        scans.not_recorded(work, event)
    else:
        scans.number(work, event)


def _pressed(work: Work, event: events.Pressed) -> None:
    command = commands.parse(event.command)
    if command is None:
        work.refuse(say("command.unknown", text=shown(event.command)), say("help.commands"))
    else:
        _command(work, command, event)


def _command(work: Work, command: commands.Command, event: Event) -> None:
    handler = COMMANDS.get(command.word)
    if handler is None:
        work.refuse(say("function.off", word=command.word), say("function.off_detail"))
        return
    if work.state.doubt is not None and command.word not in ("yes", "no"):
        recording.not_taken(work, work.state.doubt.reading, event.at)
    handler(work, event, command.value)


def _record_cut(work: Work, _: events.RecordCut) -> None:
    work.answer(look(say("cut.headline"), say("cut.detail")))


def _tick(_: Work, __: events.Tick) -> None:
    """Time alone changes nothing but a Done that has waited long enough."""


def _help(work: Work, _: Event, __: str) -> None:
    work.answer(news(say("help.title"), say("help.commands")))


EVENTS: dict[type[Event], Callable[[Work, Any], None]] = {
    events.Scanned: _scanned,
    events.DamagedScan: scans.damaged,
    events.Pressed: _pressed,
    events.Recorded: recording.recorded,
    events.RecordFailed: recording.record_failed,
    events.RecordingRestored: recording.recording_restored,
    events.RecordCut: _record_cut,
    events.PatronAnswered: checkout.patron_answered,
    events.OutcomeArrived: recording.outcome_arrived,
    events.LibraryReached: checkout.library_reached,
    events.PrintFailed: closing.print_failed,
    events.ClockChanged: timekeeping.clock_changed,
    events.Tick: _tick,
}

COMMANDS: dict[str, Callable[[Work, Event, str], None]] = {
    "checkout": closing.checkout_mode,
    "checkin": closing.checkin_mode,
    "done": closing.done,
    "done-noslip": closing.done_noslip,
    "undo": undo.undo,
    "due": checkout.choose_due,
    "bookdrop": checkin.bookdrop,
    "reprint": closing.reprint,
    "yes": scans.yes,
    "no": scans.no,
    "time": timekeeping.say_time,
    "help": _help,
}
